package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/snn"
)

// TestFoldByHand folds each model at a tick of a hundredth of its second: tau
// 0.04, tausyn 0.02, gains 3 and 5, rest -2, threshold 7, reset -1, start 1.
func TestFoldByHand(t *testing.T) {
	for _, c := range []struct {
		model snn.Model
		want  constants
	}{
		{snn.ModelI, constants{keepV: 1, gain: 0.03, threshold: 7, reset: -1, v0: 1}},
		{snn.ModelIF, constants{keepV: 1, gain: 0.03, threshold: 7, reset: -1, v0: 1}},
		{snn.ModelThreshold, constants{gain: 1, threshold: 7}},
		{snn.ModelLI, constants{keepV: 0.75, gain: 0.75, rest: -2, threshold: 9, reset: 1, v0: 3}},
		{snn.ModelLIF, constants{keepV: 0.75, gain: 0.75, rest: -2, threshold: 9, reset: 1, v0: 3}},
		{snn.ModelCubaLI, constants{keepV: 0.75, keepU: 0.5, gain: 3 * 0.25 * 0.5 * 5, rest: -2, threshold: 9, reset: 1, v0: 3}},
		{snn.ModelCubaLIF, constants{keepV: 0.75, keepU: 0.5, gain: 3 * 0.25 * 0.5 * 5, rest: -2, threshold: 9, reset: 1, v0: 3}},
	} {
		n := &snn.Neuron{
			Model: c.model, Tau: []float64{0.04}, TauSyn: []float64{0.02}, R: []float64{3}, WIn: []float64{5},
			VLeak: []float64{-2}, VThreshold: []float64{7}, VReset: []float64{-1}, V0: []float64{1},
		}
		require.Equal(t, c.want, fold(n, 0, 0.01), "%v", c.model)
	}
	counting := &snn.Neuron{Model: snn.ModelIF, R: []float64{3}, VThreshold: []float64{7}, UnitStep: true, Reset: snn.ResetSubtract}
	require.Equal(t, constants{keepV: 1, gain: 3, threshold: 7, reset: 7}, fold(counting, 0, 0.01))
}

// TestInputPeak: where the encoder spikes less than once a tick for an input of
// 1, each spike counts for more.
func TestInputPeak(t *testing.T) {
	net := twoReLUs(1, 1)
	for _, peak := range []float64{0, 1, 0.25, 2} {
		spiking, scales, err := Convert(net, Conversion{Calibration: [][]float64{{4, 1}}, Percentile: 100, InputPeak: peak})
		require.NoError(t, err)
		require.Equal(t, "relus", spiking.Name)
		require.Equal(t, 4.0, scales[0].Lambda)
		f, err := lower(spiking)
		require.NoError(t, err)
		want := 0.25
		if peak > 0 {
			want /= peak
		}
		f.projections[0].weights.eachEntry(func(s, k int, v float64) {
			if s == k {
				require.Equal(t, want, v, "peak %v", peak)
			}
		})
	}
}

// TestSplitInhibition: 8 bits say an amount exactly or at most a step too
// much, and an amount that was split stays as it is.
func TestSplitInhibition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int32Range(0, 1<<23-1).Draw(t, "amount")
		weight, shift := splitInhibition(amount)
		require.LessOrEqual(t, weight, int32(255))
		if shift > 0 {
			require.GreaterOrEqual(t, weight, int32(128), "all of the bits are used")
		}
		made := weight << shift
		require.GreaterOrEqual(t, made, amount)
		require.Less(t, made-amount, int32(1)<<shift)
		weight, shift = splitInhibition(made)
		require.Equal(t, made, weight<<shift)
	})
	for amount, want := range map[int32]int32{0: 0, 1: 1, 255: 255, 256: 256, 257: 258, 1025: 1032} {
		weight, shift := splitInhibition(amount)
		require.Equal(t, want, weight<<shift)
	}
}
