package compiler

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/compiler/verify"
	"adder/core"
)

// ofModel is a network whose layer b is of one model, behind a plain layer a.
func ofModel(row *core.ModelRow, on *profile.Profile) *ir.Network {
	layer := func(p int, name string) ir.Population {
		return ir.Population{
			Name: name, Shape: []int{2}, Size: 2, Depth: p,
			Groups: []core.Group{{Count: 2, Population: int32(p), Depth: int32(p),
				DecayV: 4096}},
			Threshold: []int32{3, 4}, Bias: make([]int32, 2), Reset: make([]int32, 2),
			V0: make([]int32, 2),
		}
	}
	net := &ir.Network{
		Name: "two", Input: ir.Input{Name: "in", Shape: []int{2}, Size: 2}, Widths: fit.Widths(on),
		Populations: []ir.Population{layer(0, "a"), layer(1, "b")}, Output: 1,
	}
	for p := range net.Populations {
		net.Projections = append(net.Projections, ir.Projection{
			Name: "w", Source: p - 1, Target: p, WeightBits: 8,
			Weights: ir.Weights{Sources: 2, Targets: 2, Dense: []int8{1, 2, 3, 4}},
		})
	}
	net.Escape = []core.EscapeTable{{Probability: []uint32{1 << 31}}}
	g := &net.Populations[1].Groups[0]
	high := func(_, high int32) int32 { return high }
	switch base := baseOf(row); base {
	case core.ModelIF:
		row.Draw(g, high)
	default: // a code, which has no leak
		g.DecayV = 0
		models := core.Models()
		models[slices.Index(core.ModelNames(), base)].Draw(g, high)
		row.Draw(g, high)
		g.Code.Run = min(g.Code.Run, 2)
		table := make(core.BoundaryTable, 1<<g.Code.Bits-1)
		net.Boundaries = []core.BoundaryTable{table}
	}
	return net
}

// baseOf is the model of the membrane that a network of a model stands on.
func baseOf(row *core.ModelRow) core.Model {
	switch {
	case row.Extends:
		return row.On[0]
	case row.Model == core.ModelRadix || row.Model == core.ModelLevel:
		return row.Model
	}
	return core.ModelIF
}

// without is a chip that lacks a model.
func without(on *profile.Profile, model core.Model) *profile.Profile {
	lacking := *on
	lacking.Models = slices.DeleteFunc(slices.Clone(on.Models), func(m core.Model) bool {
		return m == model
	})
	return &lacking
}

// TestEveryModelIsRefusedWithoutIt: a network of each model, on a chip without
// any one model, is refused with the layers that need it and with no other, by
// the passes as by verify.
func TestEveryModelIsRefusedWithoutIt(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	stay := place.Options{Moves: -1} // where the cores lie does not matter
	for _, row := range core.Models() {
		net := ofModel(&row, on)
		r, err := CompileIR(t.Context(), net, Options{Chip: on, Check: true, Placement: stay})
		require.NoError(t, err)
		img := r.Image
		for _, lacking := range core.ModelNames() {
			t.Run(string(row.Model)+" without "+string(lacking), func(t *testing.T) {
				var layers []string
				if lacking == core.ModelIF {
					layers = append(layers, "a")
				}
				if lacking == row.Model || row.Extends && lacking == row.On[0] {
					layers = append(layers, "b")
				}
				chip := without(on, lacking)
				_, err := CompileIR(t.Context(), net, Options{Chip: chip, Placement: stay})
				if len(layers) == 0 {
					require.NotErrorAs(t, err, new(*fit.Error))
					require.NoError(t, verify.Image(img, chip, nil))
					return
				}
				var misfit *fit.Error
				require.ErrorAs(t, err, &misfit)
				require.Len(t, misfit.Limits, len(layers))
				for i, layer := range layers {
					require.Equal(t, layer, misfit.Limits[i].Layer)
					require.Equal(t, string(lacking)+" neurons", misfit.Limits[i].Limit)
				}
				require.ErrorContains(t, verify.Image(img, chip, nil),
					"layer "+layers[0]+": neurons of kind "+string(lacking))
			})
		}
	}
}
