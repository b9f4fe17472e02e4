package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/sample"
	"adder/snn"
)

// TestQuantiseByHand: weights of 3 bits are multiples of a third of the largest, inputs and
// activations of 2 bits have three levels above 0.
func TestQuantiseByHand(t *testing.T) {
	net := &snn.Network{Name: "two"}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{2}, snn.Shape{2})
	fc := net.AddNode("fc", &snn.Dense{W: &snn.Matrix64{Rows: 1, Cols: 2, Data: []float64{1.5, -0.6}}, Bias: []float64{0.07}}, snn.Shape{2}, snn.Shape{1})
	relu := net.AddNode("relu", &snn.Relu{}, snn.Shape{1}, snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	for _, e := range [][2]int{{in, fc}, {fc, relu}, {relu, out}} {
		net.Connect(e[0], e[1])
	}
	// Inputs are thirds of 1 already; activations of the calibration are 1.57 and 0.
	quantised, err := Quantise(net, [][]float64{{1, 0}, {0, 1}, {1.0 / 3, 2.0 / 3}}, 3, 2)
	require.NoError(t, err)
	analog, err := snn.NewAnalog(quantised)
	require.NoError(t, err)
	i, ok := quantised.Find("fc")
	require.True(t, ok)
	require.InDeltaSlice(t, []float64{1.5, -0.5}, quantised.Nodes[i].Op.(*snn.Dense).W.(*snn.Matrix64).Data, 1e-12)
	i, _ = quantised.Find("relu")
	ceiling := quantised.Nodes[i].Op.(*snn.Relu).Ceil
	for _, c := range []struct{ x, y, want float64 }{
		{1, 0, ceiling}, // 1.57 is at the ceiling or above
		{0.36, 0.62, ceiling / 3 * level(0.5-1.0/3+0.07, ceiling)},
		{0, 1, 0},
	} {
		got, err := analog.Run([]float64{c.x, c.y})
		require.NoError(t, err)
		require.InDelta(t, c.want, got[0], 1e-12)
	}
}

// level is the nearest of three levels up to a ceiling.
func level(v, ceiling float64) float64 {
	best := 0.0
	for k := 1.0; k <= 3; k++ {
		if v >= ceiling*(k-0.5)/3 {
			best = k
		}
	}
	return best
}

// TestQuantisedAccuracy: 8 bits lose nothing to speak of on digits, 1 bit does.
func TestQuantisedAccuracy(t *testing.T) {
	f, err := fixture()
	require.NoError(t, err)
	values := &sample.Values{Set: f.set}
	vectors, err := sample.Vectors(values, 60)
	require.NoError(t, err)
	run := ANNRun{Network: f.ann.Network, Samples: values, Workers: 2}
	got, err := EvaluateQuantised(context.Background(), run, vectors, []int{8, 1})
	require.NoError(t, err)
	unlike := func(classes []int) (n int) {
		for i, class := range classes {
			if class != f.ann.Classes[i] {
				n++
			}
		}
		return n
	}
	require.LessOrEqual(t, unlike(got[0].Classes), 2)
	require.Greater(t, unlike(got[1].Classes), 10)
	require.Equal(t, []int{8, 6}, QuantisedWidths(32))
	require.Equal(t, []int{8}, QuantisedWidths(255))
}
