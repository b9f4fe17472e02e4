package convert

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/lower"
	"adder/compiler/testnets"
)

// TestInputPeak: where the encoder spikes less than once a tick for an input of
// 1, each spike counts for more.
func TestInputPeak(t *testing.T) {
	net := testnets.TwoReLUs(1, 1)
	for _, peak := range []float64{0, 1, 0.25, 2} {
		spiking, scales, err := Network(t.Context(), net, Options{Calibration: [][]float64{{4, 1}},
			Percentile: 100, InputPeak: peak})
		require.NoError(t, err)
		require.Equal(t, "relus", spiking.Name)
		require.Equal(t, 4.0, scales[0].Lambda)
		f, err := lower.Network(spiking)
		require.NoError(t, err)
		want := 0.25
		if peak > 0 {
			want /= peak
		}
		f.Projections[0].Weights.EachEntry(func(s, k int, v float64) {
			if s == k {
				require.Equal(t, want, v, "peak %v", peak)
			}
		})
	}
}
