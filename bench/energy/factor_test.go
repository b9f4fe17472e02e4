package energy_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
)

// banded is a table of two factors and a price without one.
const banded = `ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: 32}
factors:
  - name: adder
    least: {times: 0.5, evidence: S, source: one}
    greatest: {times: 2, evidence: S2, source: another}
  - name: multiplier
    least: {times: 1, evidence: S, source: one}
    greatest: {times: 4, evidence: S, source: another}
prices:
`

func bandedTable(t testing.TB) *energy.Table {
	return energytest.Table(t, banded+energytest.Price("synaptic_adds", "0.1 pJ", "factor: adder")+
		energytest.Price("comparisons", "1 pJ")+
		energytest.Price("ann_multiplications", "0.2 pJ", "factor: multiplier")+
		energytest.Price("ann_additions", "0.1 pJ", "factor: adder"))
}

// of is a ledger of one sample.
func of(counts map[string]int64) *energy.Ledger {
	l := &energy.Ledger{Samples: 1}
	for _, e := range energy.Events() {
		if n := counts[e.Name]; n > 0 {
			l.Entries = append(l.Entries, energy.Entry{Event: e.Name, Count: n})
		}
	}
	return l
}

// TestBandByHand: 100 additions and 3 comparisons against 20 multiply-accumulates.
func TestBandByHand(t *testing.T) {
	table := bandedTable(t)
	snn := table.Bill(of(map[string]int64{"synaptic_adds": 100, "comparisons": 3}))
	ann := table.Bill(of(map[string]int64{"ann_multiplications": 20, "ann_additions": 20}))
	require.InDelta(t, 13, snn.PJ, 1e-12)
	require.InDelta(t, 6, ann.PJ, 1e-12)
	requireBand(t, 8, 23, table.Band(snn))
	requireBand(t, 5, 20, table.Band(ann))
	// 3 + 10 a - (4 m + 2 a) = 3 + 8 a - 4 m, with a in [0.5, 2] and m in [1, 4]
	requireBand(t, 3+4-16, 3+16-4, table.Difference(snn, ann))
	ratio, ok := table.Ratio(snn, ann)
	require.True(t, ok)
	// the adder moves both sides: (3 + 5) / (16 + 1) and (3 + 20) / (4 + 4)
	requireBand(t, 8.0/17, 23.0/8, ratio)
	_, ok = table.Ratio(snn, table.Bill(of(nil)))
	require.False(t, ok, "nothing has no ratio")
}

func requireBand(t require.TestingT, least, greatest float64, got energy.Band) {
	require.InDelta(t, least, got.Least, 1e-12)
	require.InDelta(t, greatest, got.Greatest, 1e-12)
}

// TestBandsAreTheBox: no price in the box gives less than the least or more than the
// greatest, and both are reached. A table whose prices were moved by hand says so.
func TestBandsAreTheBox(t *testing.T) {
	table := bandedTable(t)
	rapid.Check(t, func(rt *rapid.T) {
		count := func(name string) int64 { return rapid.Int64Range(0, 50).Draw(rt, name) }
		first := of(map[string]int64{"synaptic_adds": count("adds"), "comparisons": count("tests"),
			"ann_multiplications": count("mults")})
		second := of(map[string]int64{"ann_multiplications": count("mults"),
			"ann_additions": count("adds"), "comparisons": 1 + count("tests")})
		difference := table.Difference(table.Bill(first), table.Bill(second))
		ratio, ok := table.Ratio(table.Bill(first), table.Bill(second))
		require.True(rt, ok)
		seen := energy.Band{Least: math.Inf(1), Greatest: math.Inf(-1)}
		for _, adder := range []float64{0.5, 0.9, 2} {
			for _, multiplier := range []float64{1, 2.2, 4} {
				moved := energytest.Table(t, strings.Split(banded, "factors:")[0]+"prices:\n"+
					energytest.Price("synaptic_adds", pj(0.1*adder))+energytest.Price("comparisons",
					"1 pJ")+
					energytest.Price("ann_multiplications", pj(0.2*multiplier))+
					energytest.Price("ann_additions", pj(0.1*adder)))
				a, b := moved.Bill(first).PJ, moved.Bill(second).PJ
				require.GreaterOrEqual(rt, a-b, difference.Least-1e-9)
				require.LessOrEqual(rt, a-b, difference.Greatest+1e-9)
				require.GreaterOrEqual(rt, a/b, ratio.Least-1e-9)
				require.LessOrEqual(rt, a/b, ratio.Greatest+1e-9)
				seen = energy.Band{Least: min(seen.Least, a-b), Greatest: max(seen.Greatest, a-b)}
			}
		}
		require.InDelta(rt, difference.Least, seen.Least, 1e-9)
		require.InDelta(rt, difference.Greatest, seen.Greatest, 1e-9)
	})
}

func pj(x float64) string { return fmt.Sprintf("%.4f pJ", x) }

// TestStaticByHand: two routers of 2.5 mW and 0.31 pJ a cycle, and 10 KiB of 5 uW, for a
// millisecond of 500,000 cycles.
func TestStaticByHand(t *testing.T) {
	sections := "sram:\n  process: hp\n  access: 64 bits\n  leakage_per_kib: 5 uW\n  grade: " +
		"measured\n  evidence: S\n  source: x\n" +
		"  points: [{size: 1 KiB, price: 1 pJ}]\n" +
		"corners:\n  - {process: lstp, leakage_per_kib: 20 nW, grade: measured, evidence: S, " +
		"source: x}\n" +
		"static:\n  - {of: router, power: 2.5 mW, grade: measured, evidence: S, source: x}\n" +
		"  - {of: router, per_cycle: 0.31 pJ, grade: measured, evidence: S, source: x}\n" +
		"  - {of: chip, power: 1 W, grade: measured, evidence: S, source: x}\n" +
		"prices:\n" + energytest.Price("synapse_bits", "sram")
	table := energytest.Table(t, sections)
	use := energy.Usage{Seconds: 1e-3, Cycles: 5e5, Routers: 2, MemoryKiB: 10}
	routers := 2 * (2.5e-3*1e-3*1e12 + 0.31*5e5)
	require.InDelta(t, routers+10*5e-6*1e-3*1e12, table.StaticPJ(use), 1e-3)
	low, err := table.Corner("lstp")
	require.NoError(t, err)
	require.False(t, low.SRAM.Accesses())
	require.InDelta(t, routers+10*20e-9*1e-3*1e12, low.StaticPJ(use), 1e-3)
	use.Chip = true
	require.InDelta(t, routers+10*5e-6*1e-3*1e12+1e9, table.StaticPJ(use), 1e-3)
	_, err = table.Corner("lop")
	require.ErrorContains(t, err, `no corner "lop"`)
}

// TestDatum is the affine price of memory: 13.2 pJ and 0.0109 fJ per bit of 1 MiB, for a
// datum of any width.
func TestDatum(t *testing.T) {
	table, err := energy.LoadTable("lemaire2022")
	require.NoError(t, err)
	require.InDelta(t, 13.2+1.09e-5*(8<<20), table.SRAM.Datum(8, 1<<20), 1e-9)
	require.InDelta(t, 13.2, table.SRAM.Datum(32, 0), 1e-9)
	require.Zero(t, table.SRAM.Datum(0, 1<<20))
}

func TestFactorFaults(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown": {"factor: multiplier", "factor: divider",
			`"divider" is not in the table's factors`},
		"twice":      {"name: multiplier", "name: adder", "a name of its own"},
		"above 1":    {"times: 0.5", "times: 1.5", "write 0 < least <= 1"},
		"below 1":    {"times: 2", "times: 0.9", "write 0 < least <= 1"},
		"no source":  {"source: another", `source: ""`, "there is no source"},
		"no factors": {"evidence: S2", "evidence: X", "evidence"},
	} {
		t.Run(name, func(t *testing.T) {
			text := energytest.Head + banded + energytest.Price("ann_multiplications", "1 pJ",
				"factor: multiplier")
			require.Contains(t, text, c.old)
			_, err := energy.ParseTable("mine.yaml", []byte(strings.Replace(text, c.old, c.new, 1)))
			require.ErrorContains(t, err, c.want)
		})
	}
}
