package typed_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile/profiletest"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/compiler/typed"
	"adder/core"
)

// fourTypes are the fields of a chip that stores weights by four types of axons.
var fourTypes = profiletest.Fields{"formats": "[typed]", "weights.axon_types": 4}

// network has one population with these weights, [sources][targets].
func network(weights ...[]int16) *ir.Network {
	size := len(weights[0])
	w := ir.Weights{Sources: len(weights), Targets: size}
	for _, row := range weights {
		w.Dense16 = append(w.Dense16, row...)
	}
	return &ir.Network{
		Name: "net", Input: ir.Input{Name: "in", Shape: []int{len(weights)}, Size: len(weights)},
		Widths: core.Widths{Potential: 20, Current: 20},
		Populations: []ir.Population{{
			Name: "out", Shape: []int{size}, Size: size, Groups: []core.Group{{Count: int32(size),
				DecayV: 4096}},
			Threshold: make([]int32, size), Bias: make([]int32, size), Reset: make([]int32, size),
			V0: make([]int32, size),
		}},
		Projections: []ir.Projection{{Name: "in-out", Source: ir.SourceInput, WeightBits: 9,
			Weights: w}},
	}
}

func TestTypes(t *testing.T) {
	on := profiletest.Variant(t, "adder", fourTypes)
	for _, c := range []struct {
		name    string
		weights [][]int16
		types   [][]uint8 // of each projection that is made
		misfit  string
	}{
		{"one type serves sources that agree", [][]int16{{1, -1, 0}, {1, 0, 5}, {0, -1, 5}},
			[][]uint8{{0, 0, 0}}, ""},
		{"a source that disagrees has the next", [][]int16{{1, -1}, {2, -1}, {1, 3}, {2, 0}},
			[][]uint8{{0, 1, 2, 1}}, ""},
		{
			"signs that mix take an axon each",
			[][]int16{{1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {1, -1, -1}, {-1, -1, -1}},
			[][]uint8{{1, 0, 0, 0, 0}, {0, 1, 1, 1, 0}}, "",
		},
		{
			"five values", [][]int16{{1}, {2}, {3}, {4}, {5}}, nil,
			"net does not fit chip adder: layer out needs 5 different weights to one neuron; the " +
				"chip has " +
				"4: a neuron has one weight for each of 4 types of axons: quantise to 2 bits, " +
				"whose weights " +
				"are -1, 0 and 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := typed.Network(network(c.weights...), on)
			if c.misfit != "" {
				require.EqualError(t, err, c.misfit)
				return
			}
			require.NoError(t, err)
			require.NoError(t, made.Validate())
			var types [][]uint8
			for k := range made.Projections {
				types = append(types, made.Projections[k].AxonTypes)
			}
			require.Equal(t, c.types, types)
		})
	}
}

// TestWeightsStay: whatever the types, the weights from each source to each neuron are
// those of the network, and nothing is refused that has few enough values, but for neurons
// of model shift whose sources need several axons.
func TestWeightsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := profiletest.Variant(t, "adder", fourTypes)
		net := irtest.Network(t, on, fit.Widths(on))
		made, err := typed.Network(net, on)
		if err != nil {
			require.ErrorContains(t, err, "axons of one source")
			t.Skip(err)
		}
		require.NoError(t, made.Validate())
		require.Equal(t, sums(net), sums(made))
	})
}

type place struct {
	source, target, delay int
	from, to, weight      int32
}

func sums(net *ir.Network) map[place]int {
	out := map[place]int{}
	for k := range net.Projections {
		p := &net.Projections[k]
		for s := range p.Weights.Sources {
			p.Weights.Each(s, func(target, weight int32) {
				out[place{p.Source, p.Target, p.Delay, int32(s), target, weight}]++
			})
		}
	}
	return out
}

// TestOtherChipsKeepTheNetwork has no types.
func TestOtherChipsKeepTheNetwork(t *testing.T) {
	net := network([]int16{1, 2})
	made, err := typed.Network(net, profiletest.Variant(t, "adder", nil))
	require.NoError(t, err)
	require.Same(t, net, made)
}
