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
	l := ledgerOf(counts, 1, tinyMemories())
	want := map[string]int64{
		"accumulator_reads":  counts.Core.SynapticAdds,
		"accumulator_writes": counts.Core.SynapticAdds,
		"accumulator_clears": 2 * counts.Core.NeuronUpdates,
		"constant_reads":     2*counts.Core.NeuronUpdates + counts.Core.BoundaryReads,
		"queue_writes":       counts.Core.AxonReads, "queue_reads": counts.Core.AxonReads,
		"table_reads": counts.BufferWrites(),
		"route_reads": counts.Traffic.Packets, "router_passes": counts.BufferWrites(),
		"host_state_reads": counts.HostAdds, "host_state_writes": counts.HostAdds,
		"readout_comparisons": 0,
		"pad_bits":            32 * (counts.InputSpikes + counts.OutputReads),
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

	outside := tinyMemories()
	for k := range outside.kinds {
		outside.kinds[k].offChip = true
	}
	got = map[string]int64{}
	for _, e := range ledgerOf(counts, 1, outside).Entries {
		got[e.Event] = e.Count
	}
	want["off_chip_bits"] = want["synapse_bits"]
	delete(want, "synapse_bits")
	require.Equal(t, want, got)
}

// TestMemoriesByHand measures two cores of 4 and 12 neurons.
func TestMemoriesByHand(t *testing.T) {
	small := core.Config{
		Widths: core.Widths{Potential: 24}, Groups: []core.Group{{Count: 4}},
		Threshold: make([]int32, 4),
		Rows:      []core.Row{{Count: 4, WeightBits: 8}, {Count: 4, WeightBits: 8}},
		Axons:     []core.Axon{{}, {}, {Row: 1}},
	}
	large := core.Config{
		Widths: core.Widths{Potential: 16}, Groups: []core.Group{{Count: 12}},
		Threshold: make([]int32, 12),
		Rows:      []core.Row{{Count: 12, WeightBits: 8}}, Axons: []core.Axon{{Base: 4, Delay: 1}},
	}
	img := &layout.Image{
		Cores: []layout.PlacedCore{{Tile: 0, Config: small}, {Tile: 1, Config: large}},
		Routes: router.Table{Mesh: router.Mesh{Width: 2, Height: 1},
			Neurons: make([]router.Routes, 2)},
	}
	require.Equal(t, &Memories{
		kinds: []coreMemory{{
			synapse: 8,       // 2 x 4 weights of a byte
			axon:    3.0 / 8, // three entries of 1 bit, the row
			state:   12,      // potentials alone: 4 x 24 bits
			// four words per neuron, and 4 words of 32 bits
			constant: 48, accumulator: 16, axonBits: 1, wordBits: 24,
			queue: 3 * 2.0 / 8, queueBits: 2, // three entries take 2 bits to name
		}, {
			// 12 weights of a byte, an entry of 4 bits, base and delay, 12 x 16 bits
			synapse: 12, axon: 0.5, state: 24, constant: 96, accumulator: 48, axonBits: 4,
			wordBits: 16,
		}},
		kind: []int{0, 1}, tiles: []int{0, 1}, links: []string{"east", "west", "north", "south"},
		elements: 1,
	}, NewMemories(img))
	img.Cores = append(img.Cores, img.Cores[0])
	img.Cores[2].Tile, img.Routes.Mesh.Width, img.Routes.Neurons = 2, 3, make([]router.Routes, 3)
	require.Equal(t, []int{0, 1, 0}, NewMemories(img).kind, "cores alike have one kind of memories")
}

// TestMemoriesOfNothing: where there is no axon or word its width is 0, no NaN.
func TestMemoriesOfNothing(t *testing.T) {
	img := &layout.Image{Routes: router.Table{Mesh: router.Mesh{Width: 1, Height: 1}}}
	require.Equal(t, &Memories{links: router.Mesh{}.Classes(), elements: 1}, NewMemories(img))
	require.Equal(t, 3.0, ratio(3, 1))
}

// TestWideInputsAreNoInt8: 9 bits of input keep the host's products off the
// price of 8 bits.
func TestWideInputsAreNoInt8(t *testing.T) {
	for inputBits, event := range map[uint8]string{8: "host_layer_macs", 9: "host_macs"} {
		img := &layout.Image{
			Input:   layout.Input{Shape: []int32{2}},
			Encoder: layout.Encoder{Kind: layout.EncoderDirect, Bits: inputBits},
			Host:    &layout.HostLayer{Weights: []int16{1, 2}},
		}
		require.Equal(t, 2.0, ledgerOf(&chip.Counts{HostMACs: 2}, 1, NewMemories(img)).Count(event))
	}
}

// TestSourcesOfAnImage: inputs count where the host sends spikes, neurons
// where they spike.
func TestSourcesOfAnImage(t *testing.T) {
	img := &layout.Image{
		Input: layout.Input{Shape: []int32{2, 3}},
		Populations: []layout.Population{
			{Spikes: true, Segments: []layout.Segment{{Count: 4}, {Count: 3}}},
			{Segments: []layout.Segment{{Count: 100}}},
		},
	}
	require.EqualValues(t, 6+7, sources(img))
	img.Host = &layout.HostLayer{}
	require.EqualValues(t, 7, sources(img))
}
