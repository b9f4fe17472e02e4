package convert

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/testnets"
	"adder/snn"
)

// TestNeurons holds the count against the neurons of converted networks.
func TestNeurons(t *testing.T) {
	c := testnets.NewChain("chain", 2, 4, 4)
	c.Add(&snn.Relu{}, 2, 4, 4)
	c.Add(&snn.MaxPool{Window: square(2)}, 2, 2, 2)
	c.Add(&snn.Pool{Window: square(2), Average: true}, 2, 1, 1)
	net := c.End()
	sample := make([]float64, 32)
	for i := range sample {
		sample[i] = 1
	}
	for _, form := range []MaxPool{MaxPoolOr, MaxPoolFirst} {
		for _, pool := range []Pool{PoolFold, PoolSpike} {
			opts := Options{Calibration: [][]float64{sample}, MaxPool: form, Pool: pool}
			spiking, _, err := Network(t.Context(), net, opts)
			require.NoError(t, err)
			want, err := Neurons(spiking, opts)
			require.NoError(t, err)
			got, err := Neurons(net, opts)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s, %s", form, pool)
			require.Equal(t, spiking.Summary().Neurons, got)
		}
	}
}
