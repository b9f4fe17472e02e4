package quantised

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// small is a network of two inputs, two neurons that share a window, and one output.
func small() *Network {
	return &Network{
		Name:  "small",
		Input: Input{Name: "in", Shape: []int{2}, Size: 2, Bits: 2, Scale: 0.25, Zero: 1},
		Populations: []Population{
			{
				Name: "hidden", Shape: []int{1}, Neurons: 2, Bits: 2, Theta: []int64{3, 3},
				Bias:    []int64{1, -1},
				Windows: &Windows{Start: []int32{0, 2}, Member: []int32{0, 1}},
				Unit:    []float64{0.5}, Scale: []float64{1.5},
			},
			{Name: "out", Shape: []int{1}, Neurons: 1, Bias: []int64{7}, Unit: []float64{2}},
		},
		Projections: []Projection{
			{Name: "in-hidden", Source: FromInput, WeightBits: 4,
				Weights: Weights{Sources: 2, Targets: 2, Dense: []int8{1, 2, -3, 4}}},
			{Name: "hidden-out", Source: 0, Target: 1, Exponent: 2, WeightBits: 8,
				Weights: Weights{Sources: 1, Targets: 1, Start: []int64{0, 1}, Target: []int32{0},
					Value: []int16{-5}}},
		},
		Output: 1,
	}
}

func TestBoundsByHand(t *testing.T) {
	n := small()
	require.NoError(t, n.Validate())
	low, high := n.Bounds(0)
	// Inputs stand for -1 to 2.
	require.Equal(t, []int64{-6, -7}, low) // 1-1-6 and -1-2-4
	require.Equal(t, []int64{1 + 2 + 3, -1 + 4 + 8}, high)
	low, high = n.Bounds(1)
	require.Equal(t, []int64{7 - 3*5*4}, low)
	require.Equal(t, []int64{7}, high)
}

func TestValidateRefuses(t *testing.T) {
	for _, c := range []struct {
		says  string
		spoil func(n *Network)
	}{
		{"bits of an activation: 0", func(n *Network) { n.Input.Bits = 0 }},
		{"zero point: 4", func(n *Network) { n.Input.Zero = 4 }},
		{"scale 0 is 0", func(n *Network) { n.Input.Scale = 0 }},
		{"2 elements in the shape [3]", func(n *Network) { n.Input.Shape = []int{3} }},
		{"output 2: there are 2 layers", func(n *Network) { n.Output = 2 }},
		{"layer out: the output is read by its sums", func(n *Network) {
			n.Populations[1].Bits = 3
		}},
		{"layer hidden: 1 biases for 2 neurons", func(n *Network) {
			n.Populations[0].Bias = []int64{0}
		}},
		{"layer hidden: theta of neuron 1: 0", func(n *Network) { n.Populations[0].Theta[1] = 0 }},
		{"layer hidden: window 0: neurons 0 and 1 have other boundaries", func(n *Network) {
			n.Populations[0].Theta[1] = 4
		}},
		{"layer hidden: a window has neuron 2 of 2", func(n *Network) {
			n.Populations[0].Windows.Member[1] = 2
		}},
		{"layer hidden: groups of 0 neurons in all, there are 2", func(n *Network) {
			n.Populations[0].Theta = nil
		}},
		{"layer hidden: group 0: boundary 2 is 1 behind 2", func(n *Network) {
			n.Populations[0].Theta = nil
			n.Populations[0].Groups = []Group{{Count: 2, Boundaries: []int64{2, 1}}}
		}},
		{"layer hidden: group 0: number of boundaries: 4", func(n *Network) {
			n.Populations[0].Theta = nil
			n.Populations[0].Groups = []Group{{Count: 2, Boundaries: []int64{1, 2, 3, Never}}}
		}},
		{"projection 0 (in-hidden): 2 x 3 weights", func(n *Network) {
			n.Projections[0].Weights.Targets = 3
		}},
		{"projection 0 (in-hidden): weight 3: 4 is not within -4 to 3", func(n *Network) {
			n.Projections[0].WeightBits = 3
		}},
		{"projection 1 (hidden-out): it leads from 1 to 1", func(n *Network) {
			n.Projections[1].Source = 1
		}},
		{"projection 1 (hidden-out): source 0 lists target 1", func(n *Network) {
			n.Projections[1].Weights.Target[0] = 1
		}},
		{"projection 1 (hidden-out): exponent: -1", func(n *Network) {
			n.Projections[1].Exponent = -1
		}},
		{"layer out: neuron 0 can reach sums", func(n *Network) {
			n.Populations[1].Bias[0] = 1 - maxSum
		}},
	} {
		n := small()
		c.spoil(n)
		require.ErrorContains(t, n.Validate(), c.says)
	}
}
