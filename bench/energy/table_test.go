package energy_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
)

func TestShippedTables(t *testing.T) {
	names := energy.ShippedTables()
	require.Equal(t, []string{
		"45nm", "45nm-ops", "45nm-ops-fp32", "lemaire2022", "loihi", "loihi-calibrated", "odin",
		"osu018-rtl", "seneca", "truenorth",
	}, names)
	tables, err := energy.LoadTables(nil)
	require.NoError(t, err)
	for i, table := range tables {
		require.Equal(t, names[i], table.Name, "the file is named after the table")
		require.NotEmpty(t, table.Description)
		for _, p := range table.Prices {
			require.NotEqual(t, energy.EvidenceUnverified, p.Evidence, "%s: %s is not verified",
				table.Name, p.Event)
		}
		compares, why := table.Comparable()
		require.Equal(t, table.Chip == "", compares, "%s: %s", table.Name, why)
		again, err := energy.ParseTable("again", table.Text())
		require.NoError(t, err)
		require.Equal(t, table, again)
	}
}

// TestShippedFigures holds the figures that comparisons rest on against
// their sources.
func TestShippedFigures(t *testing.T) {
	for _, c := range []struct {
		table, event, text string
		pj                 float64
	}{
		{"45nm-ops-int8", "ann_multiplications", "0.2 pJ", 0.2},
		{"45nm-ops-int8", "synaptic_adds", "0.1 pJ", 0.1},
		{"45nm-ops-fp32", "ann_macs", "4.6 pJ", 4.6},
		{"45nm-ops-fp32", "synaptic_adds", "0.9 pJ", 0.9},
		{"45nm-memory", "ann_additions", "0.1 pJ", 0.1},
		{"loihi", "synops", "23.6 pJ", 23.6},
		{"loihi", "active_updates", "81 pJ", 81},
		{"loihi", "idle_updates", "52 pJ", 52},
		{"loihi", "hops_east", "3.0 pJ", 3},
		{"loihi", "hops_south", "4.0 pJ", 4},
		{"loihi-calibrated", "synops", "35.5 pJ", 35.5},
		{"loihi-calibrated", "hops_north", "4.2 pJ", 4.2},
		{"seneca", "synops", "2.8 pJ", 2.8},
	} {
		table, err := energy.LoadTable(c.table)
		require.NoError(t, err)
		price, ok := table.Price(c.event)
		require.True(t, ok, "%s: %s", c.table, c.event)
		require.Equal(t, c.text, price.Text)
		require.Equal(t, c.pj, price.PJ)
	}
	fp32, err := energy.LoadTable("45nm-ops-fp32")
	require.NoError(t, err)
	require.Contains(t, fp32.Caution, "not meant for integer hardware")
}

func TestSRAMPerBit(t *testing.T) {
	table, err := energy.LoadTable("45nm-memory")
	require.NoError(t, err)
	for _, c := range []struct {
		bytes, perAccess float64
	}{
		{0, 0}, {256, 0.55}, {512, 1.1}, {8 << 10, 2.9}, {20 << 10, 4.35}, {32 << 10, 5.8},
		{80 << 10, 9.1}, {128 << 10, 12.4}, {1 << 20, 41}, {64 << 20, 41},
	} {
		require.InDelta(t, c.perAccess/64, table.SRAM.PerBit(c.bytes), 1e-12, "%v bytes", c.bytes)
	}
}

func TestParseTableFaults(t *testing.T) {
	prices := "prices:\n" + energytest.Price("synops", "1 pJ")
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"empty":         {"", 0, "the file is empty"},
		"no YAML":       {"name: [", 1, ""},
		"nested deep":   {strings.Repeat("[", 65000), 1, "nested deeper than 32"},
		"alias":         {"a: &a [1]\nb: [*a]\n", 1, "anchors and aliases"},
		"unknown field": {energytest.Head + "colour: red\n" + prices, 6, "colour"},
		"field twice":   {energytest.Head + "node: 45 nm\n" + prices, 6, "node"},
		"two documents": {energytest.Head + prices + "---\nname: x\n", 0,
			"more than one document"},
		"bad name": {strings.Replace(energytest.Head, "name: test", "name: a b", 1) + prices,
			1, `name "a b"`},
		"no node": {strings.Replace(energytest.Head, "node: 45 nm\n", "", 1) + prices, 0,
			`field "node" is missing`},
		"no prices": {energytest.Head, 0, "no prices"},
		"unknown event": {energytest.Head + "prices:\n" + energytest.Price("sinops", "1 pJ"), 7,
			`"sinops" is counted by nobody`},
		"no unit": {energytest.Head + "prices:\n" + energytest.Price("synops", "1"), 8,
			"write a number and fJ, pJ or nJ"},
		"wrong unit": {energytest.Head + "prices:\n" + energytest.Price("synops", "1 W"), 8,
			"write a number and fJ, pJ or nJ"},
		"negative": {energytest.Head + "prices:\n" + energytest.Price("synops", "-1 pJ"), 8,
			"plain digits"},
		"no number": {energytest.Head + "prices:\n" + energytest.Price("synops", "1.2.3 pJ"),
			8, "write a number up to"},
		"huge": {energytest.Head + "prices:\n" + energytest.Price("synops",
			"9999999999999999 pJ"), 8, "write a number up to"},
		"no source": {energytest.Head + "prices:\n" +
			strings.Replace(energytest.Price("synops", "1 pJ"), "a paper", "\"\"", 1), 7,
			"there is no source"},
		"grade": {energytest.Head + "prices:\n" +
			strings.Replace(energytest.Price("synops", "1 pJ"), "measured", "guessed", 1), 7,
			`grade "guessed"`},
		"evidence": {energytest.Head + "prices:\n" +
			strings.Replace(energytest.Price("synops", "1 pJ"), "evidence: S", "evidence: X", 1), 7,
			`evidence "X"`},
		"price twice": {energytest.Head + prices + energytest.Price("synops", "2 pJ"), 13,
			"two prices"},
		"paid for twice": {energytest.Head + "prices:\n" + energytest.Price("synops", "1 pJ",
			"includes: [synaptic_adds]") + energytest.Price("synaptic_adds", "1 pJ"), 13,
			"it would be paid for twice"},
		"unknown part": {energytest.Head + "prices:\n" + energytest.Price("synops", "1 pJ",
			"includes: [sums]"), 13, `includes "sums"`},
		"sram without": {energytest.Head + "prices:\n" + energytest.Price("synapse_bits",
			"sram"), 8, "no sram section"},
		"per of an add": {energytest.Head + "prices:\n" + energytest.Price("synaptic_adds",
			"1 pJ", "per: 16 bits"), 13, "moves no bits"},
		"per in bytes": {energytest.Head + "prices:\n" + energytest.Price("synapse_bits", "1 pJ",
			"per: 2 bytes"), 13, "write a number of bits"},
		"ANN undeclared": {energytest.Head + "prices:\n" + energytest.Price("ann_macs", "1 pJ"), 7,
			"add the ann section"},
		"ANN of 0 bits": {energytest.Head + "ann: {weight_bits: 0, activation_bits: 8, " +
			"accumulator_bits: 32}\n" + prices, 6, "ann.weight_bits is 0"},
		"points disorder": {energytest.Head + "sram:\n  access: 64 bits\n  grade: measured\n  " +
			"evidence: S\n  source: x\n  points: [{size: 2 KiB, price: 2 pJ}, {size: 1 KiB, " +
			"price: 1 pJ}]\n" + prices, 11, "put the points in order"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := energy.ParseTable("mine.yaml", []byte(c.text))
			var fault *energy.TableError
			require.ErrorAs(t, err, &fault)
			require.Equal(t, "mine.yaml", fault.File)
			require.Equal(t, c.line, fault.Line, fault.Error())
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func TestLoadTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t,
		os.WriteFile(path,
			[]byte(energytest.Head+"prices:\n"+energytest.Price("synops", "0.50 pJ")), 0o600))
	table, err := energy.LoadTable(path)
	require.NoError(t, err)
	require.Equal(t, "0.50 pJ", table.Prices[0].Text, "the figure is kept as it was written")
	require.Equal(t, 0.5, table.Prices[0].PJ)

	_, err = energy.LoadTable("44nm")
	require.ErrorContains(t, err, "use one of 45nm, 45nm-ops")
	former, err := energy.LoadTable("45nm-memory")
	require.NoError(t, err)
	require.Equal(t, "45nm", former.Name, "a former name still works")
	_, err = energy.LoadTable(path + ".missing")
	require.ErrorContains(t, err, "or an existing file")
	_, err = energy.LoadTables([]string{"loihi", "loihi"})
	require.ErrorContains(t, err, "asked for twice")
}

// FuzzParseTable asks that no text makes the parser panic or give a table
// that cannot price.
func FuzzParseTable(f *testing.F) {
	// Small texts that together have every field: the fuzzer shortens what it
	// finds, which takes long with whole tables.
	f.Add([]byte(energytest.Head + "prices:\n" + energytest.Price("synops", "1 pJ",
		"includes: [synaptic_adds]", "node: 28 nm")))
	f.Add([]byte(energytest.Head + "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: " +
		"32}\nprices:\n" + energytest.Price("ann_weight_reads", "3.7 fJ", "per: 16 bits")))
	f.Add([]byte(energytest.Head + "sram:\n  access: 64 bits\n  grade: measured\n  evidence: S\n " +
		" source: x\n  points: [{size: 2 KiB, price: 2 pJ}]\nprices:\n" +
		energytest.Price("synapse_bits", "sram")))
	f.Add([]byte("name: [\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := energy.ParseTable("fuzz", text)
		if err != nil {
			var fault *energy.TableError
			require.ErrorAs(t, err, &fault)
			return
		}
		l := &energy.Ledger{Samples: 1}
		for _, e := range energy.Events() {
			l.Entries = append(l.Entries, energy.Entry{Event: e.Name, Count: 3, Bits: 8,
				Bytes: 1000})
		}
		pj := table.Bill(l).PJ
		require.False(t, math.IsNaN(pj) || math.IsInf(pj, 0) || pj < 0)
	})
}
