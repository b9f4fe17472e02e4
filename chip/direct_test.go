package chip_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/spike"
)

// TestDirectInput feeds analog levels: the currents are the rounded products
// that rational arithmetic gives, and the neurons do with them what the
// reference does, in whatever cores they stand.
func TestDirectInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := randomChip(t)
		net := randomNetwork(t, on)
		target := rapid.IntRange(0, len(net.Populations)-1).Draw(t, "target")
		size := net.Populations[target].Size
		net.Host = &ir.Host{
			Target: target, WeightExp: rapid.OneOf(rapid.IntRange(-8, 8), rapid.IntRange(-31, 31)).Draw(t, "exponent"),
			Weights: rapid.SliceOfN(rapid.OneOf(rapid.Int16Range(-255, 255), rapid.Int16()), size*net.Input.Size, size*net.Input.Size).Draw(t, "host weights"),
		}
		top := rapid.SampledFrom([]int32{1, 255, 255, math.MaxInt32}).Draw(t, "largest level")
		sample := &chip.Sample{
			MaxLevel: top,
			Levels:   rapid.SliceOfN(rapid.Int32Range(0, top), net.Input.Size, net.Input.Size).Draw(t, "levels"),
		}
		if rapid.Bool().Draw(t, "has a train as well") { // which counts for nothing
			sample.Spikes = randomTrain(t, net.Input.Size)
		}
		const ticks = 6
		r, err := compiler.CompileIR(net, compiler.Options{Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderDirect, Ticks: ticks}})
		if fit := new(fit.Error); errors.As(err, &fit) {
			t.Skip(err)
		}
		require.NoError(t, err)
		c, err := chip.Load(r.Image)
		require.NoError(t, err)
		currents := make([][]int32, len(net.Populations))
		currents[target] = productsOf(net, sample)
		want, err := ir.NewInterpreter(net).Run(spike.NewTrain(net.Input.Size, ticks), currents)
		require.NoError(t, err)
		var all []int
		for p := range net.Populations {
			all = append(all, p)
		}
		opts := chip.Options{Spikes: all, Potentials: all, ByTick: true}
		got, err := c.NewFast(opts).Run(sample)
		require.NoError(t, err)
		cycle, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		clocked, err := cycle.Run(sample)
		require.NoError(t, err)
		clocked.Cycles = nil
		require.Equal(t, got, clocked)
		require.Equal(t, want.Spikes, got.Spikes)
		require.Equal(t, want.Potentials, got.Potentials)
		require.EqualValues(t, len(net.Host.Weights), got.Counts.HostMACs)
		require.Equal(t, got.Counts.HostMACs, got.Attribution.OfSlot(got.Attribution.Slot(chip.TickReset)).HostMACs, "the host multiplies once per sample")
	})
}

// productsOf rounds the exact currents to nearest, halves away from zero, and
// clips them to what a neuron takes.
func productsOf(net *ir.Network, s *chip.Sample) []int32 {
	inputs := len(s.Levels)
	out := make([]int32, len(net.Host.Weights)/inputs)
	for n := range out {
		sum := new(big.Rat)
		for i, level := range s.Levels {
			sum.Add(sum, big.NewRat(int64(net.Host.Weights[n*inputs+i])*int64(level), int64(s.MaxLevel)))
		}
		for range max(net.Host.WeightExp, 0) {
			sum.Mul(sum, big.NewRat(2, 1))
		}
		for range max(-net.Host.WeightExp, 0) {
			sum.Mul(sum, big.NewRat(1, 2))
		}
		text := sum.FloatString(0) // rounds halves away from zero
		rounded, _ := new(big.Int).SetString(text, 10)
		limit := big.NewInt(math.MaxInt32)
		if rounded.CmpAbs(limit) > 0 {
			rounded.Mul(limit, big.NewInt(int64(rounded.Sign())))
		}
		out[n] = int32(rounded.Int64())
	}
	return out
}

// TestRunRefuses lists samples that do not fit.
func TestRunRefuses(t *testing.T) {
	on := variant(t)
	net := &ir.Network{
		Name: "small", Input: ir.Input{Name: "in", Shape: []int{2}, Size: 2}, Widths: fit.Widths(on), Output: -1,
		Populations: []ir.Population{{Name: "a", Shape: []int{1}, Size: 1, Threshold: []int32{3}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0}}},
	}
	net.Populations[0].Groups = append(net.Populations[0].Groups, core.Group{Count: 1, DecayV: 4096})
	r, err := compiler.CompileIR(net, compiler.Options{Chip: on, Encoder: layout.Encoder{Kind: "spikes"}})
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
		{"too short", 5, chip.Sample{Number: 3, Spikes: spike.NewTrain(2, 4)}, "sample 3 has 4 ticks of 5"},
		{"no train", 4, chip.Sample{}, "does not have the 2 sources that small takes"},
		{"other sources", 4, chip.Sample{Spikes: spike.NewTrain(3, 4)}, "does not have the 2 sources"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			_, err := c.NewFast(chip.Options{Ticks: bad.ticks, ByTick: true}).Run(&bad.sample)
			require.ErrorContains(t, err, bad.want)
		})
	}
	out, err := c.NewFast(chip.Options{Ticks: 2, ByTick: true}).Run(&chip.Sample{Spikes: spike.NewTrain(2, 4)})
	require.NoError(t, err)
	require.Equal(t, -1, out.Class)
	require.Equal(t, []int{-1, -1}, out.ClassByTick)
}
