package convert

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

func TestPercentilesOutsideTheirRangeAreRefused(t *testing.T) {
	net := &snn.Network{Name: "one"}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{1}, snn.Shape{1})
	relu := net.AddNode("relu", &snn.Relu{}, snn.Shape{1}, snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	net.Connect(in, relu)
	net.Connect(relu, out)
	for _, percentile := range []float64{-1, 100.5, math.NaN(), math.Inf(1)} {
		_, _, err := Network(t.Context(), net,
			Options{Calibration: [][]float64{{1}}, Percentile: percentile})
		require.ErrorContains(t, err, "outside (0, 100]", "percentile %g", percentile)
	}
}

// TestScalesThatNothingHolds are refused by the layer's name.
func TestScalesThatNothingHolds(t *testing.T) {
	for _, factor := range []float64{1e300, 3e38, 1e-40} {
		net := &snn.Network{Name: "one"}
		in := net.AddNode("in", &snn.Input{}, snn.Shape{1}, snn.Shape{1})
		scale := net.AddNode("scale", &snn.Scale{Factor: []float64{factor}}, snn.Shape{1},
			snn.Shape{1})
		relu := net.AddNode("relu", &snn.Relu{}, snn.Shape{1}, snn.Shape{1})
		out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
		net.Connect(in, scale)
		net.Connect(scale, relu)
		net.Connect(relu, out)
		_, _, err := Network(t.Context(), net, Options{Calibration: [][]float64{{2}}})
		require.ErrorContains(t, err, "convert one: layer relu: its activations reach ",
			"factor %g", factor)
	}
}
