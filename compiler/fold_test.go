package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

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
