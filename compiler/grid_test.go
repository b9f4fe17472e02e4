package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

func TestGrid(t *testing.T) {
	for _, tt := range []struct {
		name      string
		fractions []float64
		want      int
	}{
		{"nothing seen", nil, 1},
		{"signs", []float64{1, 0, 1}, 1},
		{"quarters of three", []float64{1, 1.0 / 3, 2.0 / 3}, 3},
		{"7 bits", []float64{1, 62.0 / 63, 5.0 / 63}, 63},
		{"in 32 bits", []float64{1, float64(float32(100.0/127.0)) / 1, float64(float32(3.0 / 127))}, 127},
		{"trained", []float64{1, 0.7312345, 0.2178321}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := fullGrid()
			for _, x := range tt.fractions {
				g.keep(x)
			}
			require.Equal(t, tt.want, g.coarsest())
		})
	}
}

// TestQuantisedWeightsStayExact: weights that are multiples of a step come
// back as those multiples, whatever the step, in as many bits as they need.
func TestQuantisedWeightsStayExact(t *testing.T) {
	for _, bits := range []int{4, 8, 16} {
		for _, end := range []snn.Model{snn.ModelIF, snn.ModelI} {
			const step = 0.0371
			g := newGraph(t, 4).add("w", &snn.Dense{W: &snn.Matrix32{Rows: 2, Cols: 4, Data: []float32{
				-5 * step, 3 * step, 0, step,
				2 * step, -7 * step, step, 4 * step,
			}}}, 4, 2).add("n", &snn.Neuron{Model: end, UnitStep: true, VThreshold: []float64{8 * step}}, 2, 2).add("out", &snn.Output{}, 2, 2)
			r, err := compileOn(t, "wide", g.edges("in", "w", "w", "n", "n", "out"), func(o *Options) { o.WeightBits = bits })
			require.NoError(t, err)
			require.Less(t, r.Report.Layers[0].WeightError, 1e-6, "%d bits, %s", bits, end)
			require.Less(t, r.Report.Layers[0].ThresholdError, 1e-6, "%d bits, %s", bits, end)
		}
	}
}
