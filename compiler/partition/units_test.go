package partition

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
)

// competing is a layer of groups of the given sizes behind one input; those below zero
// compete.
func competing(chip *profile.Profile, sizes ...int32) *ir.Network {
	pop, weights := ir.Population{Name: "winners"}, []int8{}
	for _, size := range sizes {
		g := core.Group{First: int32(pop.Size), Count: max(size, -size), DecayV: 4096}
		if size < 0 {
			g.Winner.Arbiter = core.ArbiterFair
		}
		pop.Groups = append(pop.Groups, g)
		pop.Size += int(g.Count)
	}
	for n := range pop.Size {
		weights = append(weights, int8(n+1))
	}
	pop.Shape = []int{pop.Size}
	pop.Threshold, pop.Bias = make([]int32, pop.Size), make([]int32, pop.Size)
	pop.Reset, pop.V0 = make([]int32, pop.Size), make([]int32, pop.Size)
	return &ir.Network{
		Name: "compete", Input: ir.Input{Name: "in", Shape: []int{1}, Size: 1}, Output: -1,
		Widths: fit.Widths(chip), Populations: []ir.Population{pop},
		Projections: []ir.Projection{{
			Name: "in-winners", Source: ir.SourceInput, WeightBits: 8,
			Weights: ir.Weights{Sources: 1, Targets: pop.Size, Dense: weights},
		}},
	}
}

// TestGroupsThatCompeteAreNotCut: cuts move to where a group begins.
func TestGroupsThatCompeteAreNotCut(t *testing.T) {
	chip := profiletest.Variant(t, "adder", profiletest.Fields{"neurons": 4})
	for _, c := range []struct {
		name  string
		sizes []int32
		want  [][]int32 // neurons of the parts
	}{
		{"all fit", []int32{-4}, [][]int32{{0, 1, 2, 3}}},
		{"nobody competes", []int32{2, 4}, [][]int32{{0, 1, 2}, {3, 4, 5}}},
		{"the second begins before the middle", []int32{2, -4}, [][]int32{{0, 1}, {2, 3, 4, 5}}},
		{"each in a core of its own", []int32{-3, -3, -3},
			[][]int32{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}},
		{"others fill up", []int32{-2, 5}, [][]int32{{0, 1, 2}, {3, 4, 5, 6}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Network(t.Context(), competing(chip, c.sizes...), chip)
			require.NoError(t, err)
			require.NoError(t, m.Validate())
			var got [][]int32
			for i := range m.Parts {
				got = append(got, m.Parts[i].Pieces[0].Neurons)
			}
			require.Equal(t, c.want, got)
		})
	}
	_, err := Network(t.Context(), competing(chip, 2, -5), chip)
	var misfit *fit.Error
	require.ErrorAs(t, err, &misfit)
	require.ErrorContains(t, err, "layer winners needs 5 neurons in one core; the chip has 4: "+
		"neurons that compete must lie in one core")
}

// TestCrossbarsRefuseGroupsThatCompete: columns of a crossbar are a limit like another for
// neurons that are not cut.
func TestCrossbarsRefuseGroupsThatCompete(t *testing.T) {
	chip := profiletest.Variant(t, "adder", profiletest.Fields{
		"formats": "[dense]", "shared_rows": false, "input_axons": 32,
		"core.crossbar": "{axons: 16, columns: 64}",
	})
	on20 := func(size int32) *ir.Network { // each neuron on 20 axons: twice the columns
		net := competing(chip, -size)
		net.Input.Shape, net.Input.Size = []int{20}, 20
		w := &net.Projections[0].Weights
		w.Sources, w.Dense = 20, slices.Repeat(w.Dense, 20)
		return net
	}
	_, err := Network(t.Context(), on20(4), chip)
	require.NoError(t, err)
	_, err = Network(t.Context(), on20(5), chip)
	require.ErrorContains(t, err, "layer winners needs 10 columns of a crossbar in one core; the "+
		"chip has 8: neurons that compete must lie in one core")
}

// TestMappingsAreValid: whatever is drawn and fits is cut by the rules.
func TestMappingsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chip := irtest.Chip(t)
		m, err := Network(t.Context(), irtest.Network(t, chip, fit.Widths(chip)), chip)
		if misfit := new(fit.Error); errors.As(err, &misfit) {
			require.NotEmpty(t, misfit.Limits, "a refusal without a reason")
			t.Skip(err)
		}
		require.NoError(t, err)
		require.NoError(t, m.Validate())
	})
}

// TestValidateRefuses breaks a mapping in one place at a time.
func TestValidateRefuses(t *testing.T) {
	chip := profiletest.Variant(t, "adder", profiletest.Fields{"neurons": 4})
	for _, c := range []struct {
		name  string
		spoil func(m *Mapping)
		want  string
	}{
		{"lost neuron", func(m *Mapping) {
			m.Parts[0].Pieces[0].Neurons = []int32{1}
			m.Parts[0].Load.Neurons = 1
		}, "neuron 0 of layer winners has no place"},
		{"two places", func(m *Mapping) {
			m.Parts[1].Pieces[0].Neurons[0] = 1
		}, "part 1: neuron 1 of layer winners, which has 6, is in no layer or in two places"},
		{"no such neuron", func(m *Mapping) {
			m.Parts[1].Pieces[0].Neurons[0] = 6
		}, "neuron 6 of layer winners"},
		{"no such layer", func(m *Mapping) {
			m.Parts[0].Pieces[0].Population = 1
		}, "part 0: neurons of layer 1: there are 1"},
		{"load", func(m *Mapping) { m.Parts[0].Load.Neurons = 3 }, "2 neurons, its load says 3"},
		{"too large", func(m *Mapping) {
			m.Parts[0].Load.Axons = 5000
		}, "exceeds the input axons of a core"},
		{"order", func(m *Mapping) {
			n := m.Parts[1].Pieces[0].Neurons
			n[1], n[2] = n[2], n[1]
		}, "layer winners: neuron 3 of group 1, which is not cut"},
		{"tiles", func(m *Mapping) { m.Tiles = []int{1} }, "1 tiles for 2 parts"},
		{"one tile", func(m *Mapping) { m.Tiles = []int{1, 1} }, "part 1 is on tile 1"},
		{"no tile", func(m *Mapping) {
			m.Tiles = []int{0, 64}
		}, "part 1 is on tile 64: the chip has 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Network(t.Context(), competing(chip, 2, -4), chip)
			require.NoError(t, err)
			c.spoil(m)
			require.ErrorContains(t, m.Validate(), "mapping of compete to adder: ")
			require.ErrorContains(t, m.Validate(), c.want)
		})
	}
}
