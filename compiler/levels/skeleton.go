package levels

import (
	"fmt"

	"adder/quantised"
	"adder/snn"
)

// What a layer of a skeleton represents.
const (
	roleActivation = iota
	// rolePool is an activation after a pool that only gives the pool neurons.
	rolePool
	roleMaximum
	// roleQuantised is an activation that the model's file quantises.
	roleQuantised
	roleOutput
)

// role is what a population of the flat network represents.
type role struct {
	kind int
	// node is that of the prepared network.
	node int
	// pools, if not -1, is the population whose windows this one outputs: it then has no neurons.
	pools int
	// windows and shape are those of a maximum that the population's sums end in.
	windows *quantised.Windows
	shape   []int
	// positive says that nothing below 0 reaches a level, and ceil, if not 0, that
	// nothing above does: the activation in front is one with the quantisation.
	positive bool
	ceil     float64
}

// skeleton is a network with neurons in the place of everything that becomes a layer, so
// that linear chains between them can be folded. What the neurons do is in the roles.
type skeleton struct {
	from  *snn.Network
	net   *snn.Network
	input int // node of from
	roles []role
	// out maps each node of from to the node of net that replaces it.
	out []int
	// readers counts the edges that leave each node of from.
	readers []int
}

func newSkeleton(from *snn.Network) (*skeleton, error) {
	order, err := from.Order()
	if err != nil {
		return nil, err
	}
	s := &skeleton{
		from: from, net: &snn.Network{Name: from.Name, DT: from.DT},
		out: make([]int, len(from.Nodes)), readers: make([]int, len(from.Nodes)),
	}
	for _, e := range from.Edges {
		s.readers[e.From]++
	}
	for _, i := range order {
		if err := s.add(i); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// add adds the layer of node i to the skeleton.
func (s *skeleton) add(i int) error {
	node := &s.from.Nodes[i]
	switch op := node.Op.(type) {
	case *snn.Input:
		s.input = i
		s.out[i] = s.net.AddNode(node.Name, node.Op, node.In, node.Out)
	case *snn.Relu:
		if s.absorbed(i) {
			s.link(i, &snn.Reshape{})
			return nil
		}
		kind := roleActivation
		if op.Ceil == 0 && s.behindPool(i) {
			kind = rolePool
		}
		s.layer(i, role{kind: kind})
	case *snn.Quantise:
		if _, ok := s.fromInput(i); ok {
			s.link(i, &snn.Reshape{})
			return nil
		}
		ceil, rectified := s.rectified(i)
		s.layer(i, role{kind: roleQuantised, positive: op.Low >= op.Zero || rectified, ceil: ceil})
	case *snn.MaxPool:
		return s.maximum(i, op)
	case *snn.Output:
		at := s.link(i, readout())
		s.roles = append(s.roles, role{kind: roleOutput, node: i, pools: -1})
		s.out[i] = s.net.AddNode(node.Name+".out", node.Op, node.In, node.Out)
		s.net.Connect(at, s.out[i])
	default:
		if !snn.IsLinear(node.Op) {
			return fmt.Errorf("node %s is a %s, which no level stands for", node.Name,
				node.Op.Kind())
		}
		s.link(i, node.Op)
	}
	return nil
}

// link adds a node with the place and name of node i.
func (s *skeleton) link(i int, op snn.Op) int {
	node := &s.from.Nodes[i]
	s.out[i] = s.net.AddNode(node.Name, op, node.In, node.Out)
	for _, e := range s.from.Incoming(i) {
		s.net.Connect(s.out[e.From], s.out[i])
	}
	return s.out[i]
}

// layer adds neurons for node i.
func (s *skeleton) layer(i int, r role) {
	s.link(i, neuron())
	r.node, r.pools = i, -1
	s.roles = append(s.roles, r)
}

func neuron() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{1}, Reset: snn.ResetSubtract, AtLeast: true}
}

func readout() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelI, R: []float64{1}, UnitStep: true}
}

// maximum adds the windows of a maximum: to the layer that it alone reads, or to neurons
// that copy what it reads.
func (s *skeleton) maximum(i int, op *snn.MaxPool) error {
	node := &s.from.Nodes[i]
	windows, err := windowsOf(node, op.Window)
	if err != nil {
		return fmt.Errorf("node %s: %w", node.Name, err)
	}
	sums := s.onlySource(i)
	if sums < 0 {
		copied := s.net.AddNode(node.Name+".windows", neuron(), node.In, node.In)
		for _, e := range s.from.Incoming(i) {
			s.net.Connect(s.out[e.From], copied)
		}
		sums = len(s.roles)
		s.roles = append(s.roles, role{kind: roleMaximum, node: i, pools: -1})
	}
	s.roles[sums].windows, s.roles[sums].shape = windows, node.Out
	s.out[i] = s.net.AddNode(node.Name, neuron(), node.Out, node.Out)
	s.roles = append(s.roles, role{node: i, pools: sums})
	return nil
}

// onlySource is the layer whose sums node i may take the largest of: it is read by
// nothing else. -1 where there is none.
func (s *skeleton) onlySource(i int) int {
	for {
		in := s.from.Incoming(i)
		if len(in) != 1 || s.readers[in[0].From] != 1 {
			return -1
		}
		i = in[0].From
		switch s.from.Nodes[i].Op.(type) {
		case *snn.Reshape:
			continue
		case *snn.Relu, *snn.Quantise:
		default:
			return -1
		}
		for p := range s.roles {
			if s.roles[p].node == i && s.roles[p].kind != roleMaximum &&
				s.roles[p].windows == nil && s.roles[p].pools < 0 {
				return p
			}
		}
		return -1
	}
}

// source is the only node that feeds node i, through nodes that only rename axes, or -1.
func (s *skeleton) source(i int) int {
	for {
		in := s.from.Incoming(i)
		if len(in) != 1 {
			return -1
		}
		i = in[0].From
		if _, ok := s.from.Nodes[i].Op.(*snn.Reshape); !ok {
			return i
		}
	}
}

// behindPool reports whether the only source of node i is a pool.
func (s *skeleton) behindPool(i int) bool {
	at := s.source(i)
	if at < 0 {
		return false
	}
	_, ok := s.from.Nodes[at].Op.(*snn.Pool)
	return ok
}

// rectified reports whether the only source of node i is an activation, and its ceiling.
func (s *skeleton) rectified(i int) (ceil float64, ok bool) {
	at := s.source(i)
	if at < 0 {
		return 0, false
	}
	op, ok := s.from.Nodes[at].Op.(*snn.Relu)
	if !ok {
		return 0, false
	}
	return op.Ceil, true
}

// fromInput reports whether the only source of node i is the input, at most scaled, and the factor.
func (s *skeleton) fromInput(i int) (factor float64, ok bool) {
	factor = 1
	for {
		at := s.source(i)
		if at < 0 {
			return 0, false
		}
		switch op := s.from.Nodes[at].Op.(type) {
		case *snn.Input:
			return factor, true
		case *snn.Scale:
			if len(op.Factor) != 1 || op.Shift != nil || op.Factor[0] <= 0 {
				return 0, false
			}
			factor *= op.Factor[0]
		default:
			return 0, false
		}
		i = at
	}
}

// inputQuantised reports whether everything that reads the input quantises it.
func (s *skeleton) inputQuantised() bool {
	open := []int{s.input}
	for len(open) > 0 {
		at := open[0]
		open = open[1:]
		for _, e := range s.from.Edges {
			if e.From != at {
				continue
			}
			switch s.from.Nodes[e.To].Op.(type) {
			case *snn.Quantise:
			case *snn.Reshape, *snn.Scale:
				open = append(open, e.To)
			default:
				return false
			}
		}
	}
	return true
}

// absorbed reports whether activation i is one with the quantisation that alone reads it:
// levels do not go below 0 then.
func (s *skeleton) absorbed(i int) bool {
	if s.readers[i] != 1 {
		return false
	}
	for at := i; ; {
		next := -1
		for _, e := range s.from.Edges {
			if e.From == at {
				next = e.To
			}
		}
		if next < 0 || len(s.from.Incoming(next)) != 1 {
			return false
		}
		switch s.from.Nodes[next].Op.(type) {
		case *snn.Quantise:
			return true
		case *snn.Reshape:
			if s.readers[next] != 1 {
				return false
			}
			at = next
		default:
			return false
		}
	}
}

// windowsOf lists the elements of each window of a maximum.
func windowsOf(node *snn.Node, w snn.Window) (*quantised.Windows, error) {
	last := len(node.In) - 1
	height, width, across := 1, node.In[last], node.Out[last]
	if last == 2 {
		height = node.In[1]
	}
	out := &quantised.Windows{Start: []int32{0}}
	plane := node.Out.Size() / node.Out[0]
	for o := range node.Out.Size() {
		place, channel := o%plane, o/plane
		for ky := range w.KernelH {
			y := place/across*w.StrideH + ky*w.DilationH - w.PadTop
			for kx := range w.KernelW {
				x := place%across*w.StrideW + kx*w.DilationW - w.PadLeft
				if y >= 0 && y < height && x >= 0 && x < width {
					out.Member = append(out.Member, int32((channel*height+y)*width+x))
				}
			}
		}
		if int(out.Start[o]) == len(out.Member) {
			return nil, fmt.Errorf("window %d has no element", o)
		}
		out.Start = append(out.Start, int32(len(out.Member)))
	}
	return out, nil
}
