package flat

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

// two is a network of two layers: a matrix with scales into the first, a list from the
// first into the second.
func two() *Network {
	return &Network{
		Name: "two", InputShape: snn.Shape{2}, Output: 1,
		Populations: []Population{
			{Name: "a", Shape: snn.Shape{3}, Neuron: &snn.Neuron{}, Bias: []float64{1}},
			{Name: "b", Shape: snn.Shape{2}, Neuron: &snn.Neuron{}, Depth: 1},
		},
		Projections: []Projection{
			{Source: FromInput, Weights: Weights{
				Sources: 2, Targets: 3,
				Matrix: &snn.Matrix64{Rows: 3, Cols: 2, Data: []float64{1, 2, 3, 4, 5, 6}},
				Row:    []float64{1, 2, 3}, Column: []float64{4},
			}},
			{Source: 0, Target: 1, Weights: Weights{Sources: 3, Targets: 2,
				Start: []int64{0, 2, 2, 3}, Target: []int32{0, 1, 1}, Value: []float64{1, 2, 3}}},
		},
	}
}

// TestValidateRefuses breaks a network in one place at a time.
func TestValidateRefuses(t *testing.T) {
	require.NoError(t, two().Validate())
	for _, c := range []struct {
		name  string
		spoil func(n *Network)
		want  string
	}{
		{"no neurons", func(n *Network) { n.Populations[1].Neuron = nil }, "layer b: neurons"},
		{"depth", func(n *Network) { n.Populations[1].Depth = -1 }, "at depth -1"},
		{"biases", func(n *Network) {
			n.Populations[0].Bias = []float64{1, 2}
		}, "layer a: 2 biases for 3 neurons"},
		{"bias", func(n *Network) {
			n.Populations[0].Bias[0] = math.NaN()
		}, "layer a: bias 0 is NaN"},
		{"source", func(n *Network) {
			n.Projections[1].Source = 2
		}, "projection 1: from 2 to 1: there are 2 layers"},
		{"size", func(n *Network) {
			n.Projections[1].Weights.Targets = 3
		}, "3 x 3 weights for 3 sources and 2 targets"},
		{"delay", func(n *Network) { n.Projections[1].Delay = -2 }, "is delayed by -2"},
		{"matrix", func(n *Network) {
			n.Projections[0].Weights.Matrix = &snn.Matrix64{Rows: 2, Cols: 3}
		}, "a matrix of 2 x 3 for 3 targets and 2 sources"},
		{"scales", func(n *Network) {
			n.Projections[0].Weights.Row = []float64{1, 2}
		}, "2 and 1 scales for 3 targets and 2 sources"},
		{"scale", func(n *Network) {
			n.Projections[0].Weights.Column[0] = math.Inf(1)
		}, "weight to neuron 0 of source 0 is +Inf"},
		{"list", func(n *Network) {
			n.Projections[1].Weights.Value = nil
		}, "a list of 3 sources, 3 targets and 0 weights"},
		{"list end", func(n *Network) {
			n.Projections[1].Weights.Start[2] = 1
		}, "the list of source 1 ends at 1"},
		{"list order", func(n *Network) {
			n.Projections[1].Weights.Target[1] = 0
		}, "source 0 lists target 0 behind 0, of 2"},
		{"weight", func(n *Network) {
			n.Projections[1].Weights.Value[2] = math.Inf(-1)
		}, "weight 2 is -Inf"},
		{"output", func(n *Network) { n.Output = 2 }, "output 2: there are 2 layers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := two()
			c.spoil(n)
			require.ErrorContains(t, n.Validate(), "network two: ")
			require.ErrorContains(t, n.Validate(), c.want)
		})
	}
}
