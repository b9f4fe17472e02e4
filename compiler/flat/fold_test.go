package flat

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
		want  Constants
	}{
		{snn.ModelI, Constants{KeepV: 1, Gain: 0.03, Threshold: 7, Reset: -1, V0: 1}},
		{snn.ModelIF, Constants{KeepV: 1, Gain: 0.03, Threshold: 7, Reset: -1, V0: 1}},
		{snn.ModelThreshold, Constants{Gain: 1, Threshold: 7}},
		{snn.ModelLI, Constants{KeepV: 0.75, Gain: 0.75, Rest: -2, Threshold: 9, Reset: 1, V0: 3}},
		{snn.ModelLIF, Constants{KeepV: 0.75, Gain: 0.75, Rest: -2, Threshold: 9, Reset: 1, V0: 3}},
		{snn.ModelCubaLI, Constants{KeepV: 0.75, KeepU: 0.5, Gain: 3 * 0.25 * 0.5 * 5, Rest: -2,
			Threshold: 9, Reset: 1, V0: 3}},
		{snn.ModelCubaLIF, Constants{KeepV: 0.75, KeepU: 0.5, Gain: 3 * 0.25 * 0.5 * 5, Rest: -2,
			Threshold: 9, Reset: 1, V0: 3}},
	} {
		n := &snn.Neuron{
			Model: c.model, Tau: []float64{0.04}, TauSyn: []float64{0.02}, R: []float64{3},
			WIn:   []float64{5},
			VLeak: []float64{-2}, VThreshold: []float64{7}, VReset: []float64{-1}, V0: []float64{1},
		}
		require.Equal(t, c.want, Fold(n, 0, 0.01), "%v", c.model)
	}
	counting := &snn.Neuron{Model: snn.ModelIF, R: []float64{3}, VThreshold: []float64{7},
		UnitStep: true, Reset: snn.ResetSubtract}
	require.Equal(t, Constants{KeepV: 1, Gain: 3, Threshold: 7, Reset: 7}, Fold(counting, 0, 0.01))
}
