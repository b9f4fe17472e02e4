package bench

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// fill gives every integer of a struct its own value, from *next on.
func fill(v reflect.Value, next *int64) {
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
		return
	}
	v.SetInt(*next)
	*next++
}

// TestLedgerKeepsItsCountersApart: an event that bears a counter's name has
// its count, and the others follow as Events says.
func TestLedgerKeepsItsCountersApart(t *testing.T) {
	counts, next := &chip.Counts{}, int64(1000)
	fill(reflect.ValueOf(counts).Elem(), &next)
	l := NewLedger(counts, 1, tinyMemories())
	want := map[string]int64{
		"accumulator_reads": counts.Core.SynapticAdds, "accumulator_writes": counts.Core.SynapticAdds,
		"constant_reads": 2 * counts.Core.NeuronUpdates,
	}
	for name, n := range counts.All() {
		if _, known := findEvent(name); known {
			want[name] = n
		}
	}
	got := map[string]int64{}
	for _, e := range l.Entries {
		got[e.Event] = e.Count
	}
	require.Equal(t, want, got)
}

// TestMemoriesByHand measures two cores of 4 and 12 neurons.
func TestMemoriesByHand(t *testing.T) {
	small := core.Config{
		Widths: core.Widths{Potential: 24}, Groups: []core.Group{{Count: 4}}, Threshold: make([]int32, 4),
		Rows: []core.Row{{Count: 4, WeightBits: 8}, {Count: 4, WeightBits: 8}}, Axons: []core.Axon{{}, {}, {Row: 1}},
	}
	large := core.Config{
		Widths: core.Widths{Potential: 16}, Groups: []core.Group{{Count: 12}}, Threshold: make([]int32, 12),
		Rows: []core.Row{{Count: 12, WeightBits: 8}}, Axons: []core.Axon{{Base: 4, Delay: 1}},
	}
	img := &layout.Image{
		Cores:  []layout.PlacedCore{{Tile: 0, Config: small}, {Tile: 1, Config: large}},
		Routes: router.Table{Mesh: router.Mesh{Width: 2, Height: 1}, Neurons: make([]router.Routes, 2)},
	}
	require.Equal(t, &Memories{
		// 2 x 4 and 12 weights of a byte
		synapse: []Bank{{Bytes: 8, Share: 0.4}, {Bytes: 12, Share: 0.6}},
		// three entries of 1 bit, the row, and one of 4, base and delay
		axon: []Bank{{Bytes: 3.0 / 8, Share: 3.0 / 7}, {Bytes: 0.5, Share: 4.0 / 7}},
		// potentials alone: 4 x 24 and 12 x 16 bits
		state: []Bank{{Bytes: 12, Share: 1.0 / 3}, {Bytes: 24, Share: 2.0 / 3}},
		// four words per neuron
		constant: []Bank{{Bytes: 48, Share: 1.0 / 3}, {Bytes: 96, Share: 2.0 / 3}},
		// 4 and 12 words of 32 bits
		accumulator: []Bank{{Bytes: 16, Share: 0.25}, {Bytes: 48, Share: 0.75}},
		axonBits:    7.0 / 4, wordBits: 288.0 / 16, largest: 12,
	}, NewMemories(img))
}

// TestMemoriesOfNothing: where there is no axon or word its width is 0, no NaN.
func TestMemoriesOfNothing(t *testing.T) {
	img := &layout.Image{Routes: router.Table{Mesh: router.Mesh{Width: 1, Height: 1}}}
	require.Equal(t, &Memories{}, NewMemories(img))
	require.Equal(t, 3.0, ratio(3, 1))
}

// TestWideInputsAreNoInt8: 9 bits of input keep the host's products off the
// price of 8 bits.
func TestWideInputsAreNoInt8(t *testing.T) {
	for inputBits, event := range map[uint8]string{8: "host_layer_macs", 9: "host_macs"} {
		img := &layout.Image{
			Input: layout.Input{Shape: []int32{2}}, Encoder: layout.Encoder{Kind: layout.EncoderDirect, Bits: inputBits},
			Host: &layout.HostLayer{Weights: []int16{1, 2}},
		}
		require.Equal(t, 2.0, NewLedger(&chip.Counts{HostMACs: 2}, 1, NewMemories(img)).Count(event))
	}
}

// TestSourcesOfAnImage: inputs count where the host sends spikes, neurons
// where they spike.
func TestSourcesOfAnImage(t *testing.T) {
	img := &layout.Image{
		Input: layout.Input{Shape: []int32{2, 3}},
		Populations: []layout.Population{
			{Spikes: true, Segments: []layout.Segment{{Count: 4}, {Count: 3}}}, {Segments: []layout.Segment{{Count: 100}}},
		},
	}
	require.EqualValues(t, 6+7, sources(img))
	img.Host = &layout.HostLayer{}
	require.EqualValues(t, 7, sources(img))
}

// TestWhatHappenedIsPricedOrMissed: under a table that prices one of the chip's
// views of the rest, all that happened is missing but these views.
func TestWhatHappenedIsPricedOrMissed(t *testing.T) {
	table := parseTable(t, "prices:\n"+onePrice("synops", "1 pJ"))
	l := &Ledger{Samples: 1}
	var want []string
	for _, e := range Events() {
		l.Entries = append(l.Entries, Entry{Event: e.Name, Count: 1})
		if e.Part != PartChip {
			want = append(want, e.Name)
		}
	}
	require.Equal(t, want, table.Bill(l).Unpriced)
}

// TestBillLine: entries of one event are one line, which says what its table
// says.
func TestBillLine(t *testing.T) {
	table := parseTable(t, "prices:\n"+onePrice("axon_reads", "1 fJ", "per: 1 bit")+onePrice("comparisons", "2 pJ"))
	bill := table.Bill(&Ledger{Samples: 2, Entries: []Entry{
		{Event: "axon_reads", Count: 4, Bits: 10}, {Event: "comparisons", Count: 6}, {Event: "axon_reads", Count: 2, Bits: 5},
	}})
	line := BillLine{Unit: "one", Grade: GradeMeasured, Evidence: EvidenceSource, Source: "a paper"}
	reads, comparisons := line, line
	reads.Event, reads.Part, reads.Count, reads.Price, reads.PJ = "axon_reads", PartMemory, 3, "1 fJ", (4*10+2*5)*0.001/2
	comparisons.Event, comparisons.Part, comparisons.Count, comparisons.Price, comparisons.PJ = "comparisons", PartOperations, 3, "2 pJ", 6
	require.Len(t, bill.Lines, 2)
	require.InDelta(t, reads.PJ, bill.Lines[0].PJ, 1e-12)
	reads.PJ = bill.Lines[0].PJ
	require.Equal(t, []BillLine{reads, comparisons}, bill.Lines)
	require.InDelta(t, 6.025, bill.PJ, 1e-12)
	require.False(t, bill.Partial())

	missing := table.Bill(&Ledger{Samples: 1, Entries: []Entry{{Event: "packets", Count: 1}}})
	require.True(t, missing.Partial(), "one missing event is enough")
}

// TestPartsOutsideATable: the price of an ANN's memory says nothing of the
// SNN's.
func TestPartsOutsideATable(t *testing.T) {
	ann := "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: 32}\n"
	table := parseTable(t, ann+"prices:\n"+onePrice("synaptic_adds", "1 pJ", "includes: [packets]")+onePrice("ann_weight_reads", "1 pJ"))
	require.Equal(t, []Part{PartChip, PartMemory, PartHost}, table.outside())
}

func TestEvidenceHasMeanings(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range EvidenceLetters() {
		require.NotEqual(t, Evidence("?").Meaning(), e.Meaning())
		require.False(t, seen[e.Meaning()], "%s means what another letter does", e)
		seen[e.Meaning()] = true
	}
	require.Contains(t, EvidenceSecond.Meaning(), "secondary")
	require.True(t, strings.HasPrefix(EvidenceUnverified.Meaning(), "not verified"))
}
