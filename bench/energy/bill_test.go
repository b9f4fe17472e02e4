package energy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
)

func TestComparable(t *testing.T) {
	ann := "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: 32}\n"
	both := "prices:\n" + energytest.Price("synaptic_adds", "1 pJ") + energytest.Price("ann_macs",
		"1 pJ")
	for name, c := range map[string]struct{ sections, why string }{
		"both sides": {ann + both, ""},
		"no ANN": {"prices:\n" + energytest.Price("synops", "1 pJ"),
			"no prices for an ANN"},
		"another node": {ann + both + energytest.Price("packets", "1 pJ", "node: 28 nm"),
			"of another node"},
		"other voltage": {ann + both + energytest.Price("packets", "1 pJ", "voltage: 0.7 V"),
			"of another node"},
		"other boundary": {ann + both + energytest.Price("packets", "1 pJ", "boundary: all-in"),
			"another boundary"},
		"all-in": {ann + both + energytest.Price("synops", "1 pJ",
			"includes: [comparisons]"), "is all-in"},
		"one memory": {ann + both + energytest.Price("synapse_bits", "1 pJ", "per: 1 bit"),
			"memory of one side only"},
		"an unverified one": {ann + both + strings.Replace(energytest.Price("synapse_bits", "1 pJ",
			"per: 1 bit"), "evidence: S", "evidence: U", 1), ""},
		"both memories": {ann + both + energytest.Price("synapse_bits", "1 pJ", "per: 1 bit") +
			energytest.Price("ann_weight_reads", "1 pJ"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ok, why := energytest.Table(t, c.sections).Comparable()
			require.Equal(t, c.why == "", ok)
			require.Contains(t, why, c.why)
		})
	}
}

// TestWhatHappenedIsPricedOrMissed: under a table that prices one of the chip's
// views of the rest, all that happened is missing but these views.
func TestWhatHappenedIsPricedOrMissed(t *testing.T) {
	table := energytest.Table(t, "prices:\n"+energytest.Price("synops", "1 pJ"))
	l := &energy.Ledger{Samples: 1}
	var want []string
	for _, e := range energy.Events() {
		l.Entries = append(l.Entries, energy.Entry{Event: e.Name, Count: 1})
		if !e.View && e.Part != energy.PartPads {
			want = append(want, e.Name)
		}
	}
	require.Equal(t, want, table.Bill(l).Unpriced)
}

// TestBillLine: entries of one event are one line, which says what its table
// says.
func TestBillLine(t *testing.T) {
	table := energytest.Table(t, "prices:\n"+energytest.Price("axon_reads", "1 fJ", "per: 1 bit")+
		energytest.Price("comparisons", "2 pJ"))
	bill := table.Bill(&energy.Ledger{Samples: 2, Entries: []energy.Entry{
		{Event: "axon_reads", Count: 4, Bits: 10}, {Event: "comparisons", Count: 6},
		{Event: "axon_reads", Count: 2, Bits: 5},
	}})
	line := energy.BillLine{Unit: "one", Grade: energy.GradeMeasured,
		Evidence: energy.EvidenceSource, Source: "a paper"}
	reads, comparisons := line, line
	reads.Event, reads.Part, reads.Count, reads.Price, reads.PJ =
		"axon_reads", energy.PartMemory, 3, "1 fJ", (4*10+2*5)*0.001/2
	comparisons.Event, comparisons.Part, comparisons.Count, comparisons.Price, comparisons.PJ =
		"comparisons", energy.PartOperations, 3, "2 pJ", 6
	require.Len(t, bill.Lines, 2)
	require.InDelta(t, reads.PJ, bill.Lines[0].PJ, 1e-12)
	reads.PJ = bill.Lines[0].PJ
	require.Equal(t, []energy.BillLine{reads, comparisons}, bill.Lines)
	require.InDelta(t, 6.025, bill.PJ, 1e-12)
	require.False(t, bill.Partial())

	missing := table.Bill(&energy.Ledger{Samples: 1,
		Entries: []energy.Entry{{Event: "packets", Count: 1}}})
	require.True(t, missing.Partial(), "one missing event is enough")
}

// TestOutsideTheBoundary: what a table leaves out on purpose is named and does not make
// its sum partial; pads are outside unless they have a price, which no sum holds.
func TestOutsideTheBoundary(t *testing.T) {
	l := &energy.Ledger{Samples: 1}
	for _, e := range []string{"synaptic_adds", "synapse_bits", "axon_reads", "host_adds",
		"pad_bits"} {
		l.Entries = append(l.Entries, energy.Entry{Event: e, Count: 3, Bits: 1})
	}
	prices := "prices:\n" + energytest.Price("synaptic_adds", "1 pJ")
	bill := energytest.Table(t, "outside: [memory, host_adds]\n"+prices).Bill(l)
	require.False(t, bill.Partial())
	require.Equal(t, []string{"synapse_bits", "axon_reads", "host_adds", "pad_bits"}, bill.Outside)

	bill = energytest.Table(t, prices+energytest.Price("pad_bits", "2 pJ", "per: 1 bit")).Bill(l)
	require.Equal(t, []string{"synapse_bits", "axon_reads", "host_adds"}, bill.Unpriced)
	require.Equal(t, 3.0, bill.PJ)
	require.Equal(t, 6.0, bill.PadsPJ)
}

// TestWholeMACs: a price of a multiply-accumulate is that of its multiplication and its
// addition.
func TestWholeMACs(t *testing.T) {
	ann := "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: 32}\nprices:\n"
	l := &energy.Ledger{Samples: 1, Entries: []energy.Entry{
		{Event: "ann_macs", Count: 5}, {Event: "ann_multiplications", Count: 5},
		{Event: "ann_additions", Count: 5},
	}}
	whole := energytest.Table(t, ann+energytest.Price("ann_macs", "4.6 pJ")).Bill(l)
	parts := energytest.Table(t, ann+energytest.Price("ann_multiplications", "3.7 pJ")+
		energytest.Price("ann_additions", "0.9 pJ")).Bill(l)
	require.InDelta(t, 23, whole.PJ, 1e-12)
	require.InDelta(t, 23, parts.PJ, 1e-12)
	require.False(t, whole.Partial() || parts.Partial())
}

func TestEvidenceHasMeanings(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range energy.EvidenceLetters() {
		require.NotEqual(t, energy.Evidence("?").Meaning(), e.Meaning())
		require.False(t, seen[e.Meaning()], "%s means what another letter does", e)
		seen[e.Meaning()] = true
	}
	require.Contains(t, energy.EvidenceSecond.Meaning(), "secondary")
	require.True(t, strings.HasPrefix(energy.EvidenceUnverified.Meaning(), "not verified"))
}
