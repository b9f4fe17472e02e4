package snn

import "fmt"

// Analog evaluates a network of linear and analog nodes (an ANN) in
// float64, one sample at a time. It reuses its buffers, so an instance
// serves one goroutine; Clone makes more of them.
type Analog struct {
	plan    *plan
	signals *signals
	macs    []int64
	output  []float64
}

// NewAnalog prepares a network. One with neurons or delays is refused: it
// has a state and needs a Reference.
func NewAnalog(n *Network) (*Analog, error) {
	p, err := newPlan(n)
	if err != nil {
		return nil, err
	}
	for i := range n.Nodes {
		switch op := n.Nodes[i].Op.(type) {
		case *Neuron, *Delay:
			return nil, fmt.Errorf(
				"network %s: node %q is a %s; a network with state runs tick by tick", n.Name,
				n.Nodes[i].Name, op.Kind())
		}
	}
	return p.newAnalog(), nil
}

// Clone returns an evaluator of the same network with its own buffers. The prepared weights are
// shared.
func (a *Analog) Clone() *Analog { return a.plan.newAnalog() }

func (p *plan) newAnalog() *Analog {
	return &Analog{
		plan: p, signals: p.newSignals(),
		macs:   make([]int64, len(p.net.Nodes)),
		output: make([]float64, p.size(p.outputs)),
	}
}

// Run evaluates one sample. x holds the signals of the Input nodes one
// after the other in the order of Network.Inputs; the result holds those
// of the Output nodes likewise and is valid until the next Run.
func (a *Analog) Run(x []float64) ([]float64, error) { return a.RunWith(x, nil) }

// RunWith is Run that calls replace, if not nil, with each node, inputs included, and its output,
// which replace may change.
func (a *Analog) RunWith(x []float64, replace func(node int, y []float64)) ([]float64, error) {
	if want := a.plan.size(a.plan.inputs); len(x) != want {
		return nil, fmt.Errorf("network %s: the sample has %d elements, the inputs take %d",
			a.plan.net.Name, len(x), want)
	}
	a.plan.feed(a.signals, x)
	for _, i := range a.plan.order {
		a.macs[i] = a.plan.stateless(a.signals, i)
		if replace != nil {
			replace(i, a.signals.out[i])
		}
	}
	a.plan.gather(a.signals, a.output)
	return a.output, nil
}

// Activation returns the output of node i in the last Run. It is valid until the next Run and must
// not be written to.
func (a *Analog) Activation(i int) []float64 { return a.signals.out[i] }

// EffectiveMACs is the number of multiply-accumulates of node i in the last Run with a nonzero
// input; MACs is the count with zeros.
func (a *Analog) EffectiveMACs(i int) int64 { return a.macs[i] }
