package snn

import (
	"fmt"
	"math"
	"sync"
)

// plan is a validated network prepared for evaluation. It is immutable
// and shared by evaluators.
type plan struct {
	net     *Network
	order   []int
	sources [][]Edge // per node, in the order of Network.Edges
	linear  []*Linear
	inputs  []int
	outputs []int
	scratch int
	// reached is made when it is asked for: most evaluations count no zeros.
	reached []lazyReach
}

// lazyReach is the lazy result of reach for a node.
type lazyReach struct {
	once sync.Once
	of   []int32
}

// newPlan validates the network and prepares its linear nodes.
func newPlan(n *Network) (*plan, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	order, err := n.Order()
	if err != nil {
		return nil, err
	}
	p := &plan{
		net: n, order: order,
		sources: make([][]Edge, len(n.Nodes)),
		linear:  make([]*Linear, len(n.Nodes)),
		reached: make([]lazyReach, len(n.Nodes)),
		inputs:  n.Inputs(), outputs: n.Outputs(),
	}
	for _, e := range n.Edges {
		p.sources[e.To] = append(p.sources[e.To], e)
	}
	for i := range n.Nodes {
		if !IsLinear(n.Nodes[i].Op) {
			continue
		}
		if p.linear[i], err = NewLinear(&n.Nodes[i]); err != nil {
			return nil, fmt.Errorf("network %s: %w", n.Name, err)
		}
		p.scratch = max(p.scratch, p.linear[i].kernel.scratch())
	}
	return p, nil
}

// signals are the buffers of one evaluator.
type signals struct {
	out     [][]float64 // per node, what it puts out
	before  [][]float64 // what it put out in the previous tick; nil where no edge asks
	sum     [][]float64 // per node with several sources, their sum
	scratch []float64
}

func (p *plan) newSignals() *signals {
	n := len(p.net.Nodes)
	s := &signals{
		out: make([][]float64, n), before: make([][]float64, n), sum: make([][]float64, n),
		scratch: make([]float64, p.scratch),
	}
	for i := range n {
		s.out[i] = make([]float64, p.net.Nodes[i].Out.Size())
		if len(p.sources[i]) != 1 {
			s.sum[i] = make([]float64, p.net.Nodes[i].In.Size())
		}
	}
	for _, e := range p.net.Edges {
		if e.Delayed && s.before[e.From] == nil {
			s.before[e.From] = make([]float64, len(s.out[e.From]))
		}
	}
	return s
}

// arriving gives the signal that arrives at node i: the sum over its edges
// in the order they were added, 0 without any. The result is only valid
// until the next evaluation and must not be written to.
func (p *plan) arriving(s *signals, i int) []float64 {
	edges := p.sources[i]
	if len(edges) == 1 {
		return s.carried(edges[0])
	}
	clear(s.sum[i])
	for k, e := range edges {
		x := s.carried(e)
		if k == 0 {
			copy(s.sum[i], x)
			continue
		}
		for j, v := range x {
			s.sum[i][j] += v
		}
	}
	return s.sum[i]
}

func (s *signals) carried(e Edge) []float64 {
	if e.Delayed {
		return s.before[e.From]
	}
	return s.out[e.From]
}

// size is the number of elements of the given nodes' output signals.
func (p *plan) size(nodes []int) int {
	total := 0
	for _, i := range nodes {
		total += p.net.Nodes[i].Out.Size()
	}
	return total
}

// feed passes x to the Input nodes in order.
func (p *plan) feed(s *signals, x []float64) {
	for _, i := range p.inputs {
		n := copy(s.out[i], x)
		x = x[n:]
	}
}

// gather writes the signals of the Output nodes to y, one after the other.
func (p *plan) gather(s *signals, y []float64) {
	for _, i := range p.outputs {
		n := copy(y, s.out[i])
		y = y[n:]
	}
}

// stateless evaluates node i if it has no state, and returns the
// multiply-accumulates whose input was not 0.
func (p *plan) stateless(s *signals, i int) int64 {
	y := s.out[i]
	if l := p.linear[i]; l != nil {
		return l.kernel.forward(p.arriving(s, i), y, s.scratch)
	}
	switch op := p.net.Nodes[i].Op.(type) {
	case *Output:
		copy(y, p.arriving(s, i))
	case *Relu:
		op.forward(p.arriving(s, i), y)
	case *Quantise:
		op.forward(p.arriving(s, i), y)
	case *MaxPool:
		maxPool(op, p.net.Nodes[i].In, p.arriving(s, i), y)
	}
	return 0
}

func (r *Relu) forward(x, y []float64) {
	for i, v := range x {
		v = max(v, 0)
		if r.Ceil > 0 {
			v = min(v, r.Ceil)
		}
		if r.Levels > 0 {
			v = r.Ceil * math.Floor(v/r.Ceil*float64(r.Levels)+0.5) / float64(r.Levels)
		}
		y[i] = v
	}
}
