package chip_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
	"adder/layout"
	"adder/spike"
)

// TestDirectInput feeds analog levels: the engines agree with the interpreter, which
// multiplies by big integers, and count a multiplication per weight and sample.
func TestDirectInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		irtest.Host(t, net)
		const ticks = 6
		levels, most := irtest.Levels(t, net.Input.Size)
		img := compileOrSkip(t, net, on, ticks, 1)
		c, err := chip.Load(img)
		require.NoError(t, err)
		r, err := ir.NewInterpreter(net, ir.Options{})
		require.NoError(t, err)
		want, err := r.Run(&ir.Sample{Levels: levels, MaxLevel: most, Ticks: ticks})
		require.NoError(t, err)
		opts, sample := recordAll(img, chip.Options{ByTick: true}), &chip.Sample{Levels: levels,
			MaxLevel: most}
		got, err := c.NewFast(opts).Run(t.Context(), sample)
		require.NoError(t, err)
		cycle, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		clocked, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		clocked.Cycles = nil
		require.Equal(t, got, clocked)
		requireActivity(t, want, got)
		heard := int64(0)
		for _, level := range levels {
			if level != 0 {
				heard++
			}
		}
		neurons := int64(len(net.Host.Weights)) / int64(len(levels))
		require.Equal(t, heard*neurons, got.Counts.HostMACs, "levels of 0 take no multiplication")
		require.Equal(t, got.Counts.HostMACs,
			got.Attribution.OfBin(got.Attribution.Bin(chip.TickReset)).HostMACs,
			"the host multiplies once per sample")
	})
}

// TestRunRefuses lists samples that do not fit.
func TestRunRefuses(t *testing.T) {
	on := profiletest.Variant(t, "adder", nil)
	net := &ir.Network{
		Name: "small", Input: ir.Input{Name: "in", Shape: []int{2}, Size: 2},
		Widths: fit.Widths(on), Output: -1,
		Populations: []ir.Population{{Name: "a", Shape: []int{1}, Size: 1, Threshold: []int32{3},
			Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0}}},
	}
	net.Populations[0].Groups = append(net.Populations[0].Groups,
		core.Group{Count: 1, DecayV: 4096})
	r, err := compiler.CompileIR(t.Context(), net,
		compiler.Options{Chip: on, Encoder: layout.Encoder{Kind: "spikes"}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	for _, bad := range []struct {
		name   string
		ticks  int
		sample chip.Sample
		want   string
	}{
		{"no ticks", 0, chip.Sample{Spikes: spike.NewTrain(2, 4)}, "a run of 0 ticks"},
		{"too short", 5, chip.Sample{Number: 3, Spikes: spike.NewTrain(2, 4)},
			"sample 3 has 4 ticks of 5"},
		{"no train", 4, chip.Sample{}, "does not have the 2 sources that small takes"},
		{"other sources", 4, chip.Sample{Spikes: spike.NewTrain(3, 4)},
			"does not have the 2 sources"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			_, err := c.NewFast(chip.Options{Ticks: bad.ticks, ByTick: true}).Run(t.Context(),
				&bad.sample)
			require.ErrorContains(t, err, bad.want)
		})
	}
	out, err := c.NewFast(chip.Options{Ticks: 2, ByTick: true}).Run(t.Context(),
		&chip.Sample{Spikes: spike.NewTrain(2, 4)})
	require.NoError(t, err)
	require.Equal(t, -1, out.Class)
	require.Equal(t, []int{-1, -1}, out.ClassByTick)
}
