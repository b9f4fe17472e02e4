package lockstep

import (
	"fmt"

	"adder/snn/stdp"
	"adder/train/setting"
)

// State is all that a network has learned and counted, between two batches: the content of a
// checkpoint.
type State struct {
	// Weights are the stored weights, [neurons][inputs], in units of 1/65280.
	Weights []uint16
	// Theta is the adaptive part of each threshold, in units of a potential.
	Theta []int32
	// Tally is the counts since the last call of Network.Tally, Work all work so far.
	Tally stdp.Tally
	Work  Work
}

// State returns the state. Its slices are the network's own: they change with the next
// batch and are not to be written.
func (n *Network) State() State {
	return State{Weights: n.columns, Theta: n.theta, Tally: n.tally, Work: n.work}
}

// SetState sets the state to a copy of s. The error says which lengths are not the network's.
func (n *Network) SetState(s State) error {
	if len(s.Weights) != len(n.columns) || len(s.Theta) != n.neurons {
		return fmt.Errorf("a state of %d weights and %d thetas: the network has %d and %d",
			len(s.Weights), len(s.Theta), len(n.columns), n.neurons)
	}
	for at, w := range s.Weights {
		n.setWeight(at%n.inputs, at/n.inputs, w)
	}
	copy(n.theta, s.Theta)
	n.tally, n.work = s.Tally, s.Work
	return nil
}

// Setting is the setting of the network.
func (n *Network) Setting() *setting.Setting { return n.setting }

// Inputs is the number of inputs.
func (n *Network) Inputs() int { return n.inputs }

// Weights returns the stored weights as a chip is loaded with them, [inputs][neurons].
func (n *Network) Weights() []uint16 {
	out := make([]uint16, len(n.columns))
	for at := range out {
		out[at] = n.columns[at%n.neurons*n.inputs+at/n.neurons]
	}
	return out
}

// Theta returns the adaptive thresholds in weights of 1.
func (n *Network) Theta() []float32 {
	theta := make([]float32, n.neurons)
	for j, x := range n.theta {
		theta[j] = float32(x) / setting.Unit
	}
	return theta
}
