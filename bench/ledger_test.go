package bench

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// fill gives every integer of a struct its own value, from *next on.
func fill(v reflect.Value, next *int64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	default:
		v.SetInt(*next)
		*next++
	}
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
	for name, n := range counts.All(router.Mesh{}.Classes()) {
		if _, known := energy.FindEvent(name); known {
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
		synapse: []energy.Bank{{Bytes: 8, Share: 0.4}, {Bytes: 12, Share: 0.6}},
		// three entries of 1 bit, the row, and one of 4, base and delay
		axon: []energy.Bank{{Bytes: 3.0 / 8, Share: 3.0 / 7}, {Bytes: 0.5, Share: 4.0 / 7}},
		// potentials alone: 4 x 24 and 12 x 16 bits
		state: []energy.Bank{{Bytes: 12, Share: 1.0 / 3}, {Bytes: 24, Share: 2.0 / 3}},
		// four words per neuron
		constant: []energy.Bank{{Bytes: 48, Share: 1.0 / 3}, {Bytes: 96, Share: 2.0 / 3}},
		// 4 and 12 words of 32 bits
		accumulator: []energy.Bank{{Bytes: 16, Share: 0.25}, {Bytes: 48, Share: 0.75}},
		axonBits:    7.0 / 4, wordBits: 288.0 / 16, largest: 12,
		links: []string{"east", "west", "north", "south"},
	}, NewMemories(img))
}

// TestMemoriesOfNothing: where there is no axon or word its width is 0, no NaN.
func TestMemoriesOfNothing(t *testing.T) {
	img := &layout.Image{Routes: router.Table{Mesh: router.Mesh{Width: 1, Height: 1}}}
	require.Equal(t, &Memories{links: router.Mesh{}.Classes()}, NewMemories(img))
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
