package snn

import (
	"fmt"
	"slices"
	"strings"
)

// Network is a trained network as a directed graph. Nodes and Edges keep
// the order in which the front end added them; Order gives an evaluation
// order.
type Network struct {
	// Name is the model's name, without folder or extension.
	Name string
	// Nodes are the operations. A node is named by its index in edges.
	Nodes []Node
	// Edges carry signals between nodes.
	Edges []Edge
	// DT is the length of a tick in seconds, 0 where the model does not state it (a network without
	// time constants).
	DT float64
	// Encoder names the input coding of the model, empty where the model does not state it.
	Encoder string
	// Bytes is set if the model's file says that its input is bytes. A sample is then still
	// pixel/255.
	Bytes bool
	// Warnings are on unusual input that the front end could interpret.
	Warnings []string
}

// Node is one operation with the shapes of its signal before and after.
type Node struct {
	Name string
	Op   Op
	In   Shape
	Out  Shape
}

// Edge carries the output of node From to the input of node To. A Delayed
// edge carries the output of the previous tick (zeros in the first tick):
// it closes a loop through a stateful node.
type Edge struct {
	From, To int
	Delayed  bool
}

// Shape is the extent of a signal, channels first, without batch and time.
type Shape []int

// Size is the number of elements, 1 for an empty shape.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both shapes have the same extents.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// String writes the shape as "1x28x28".
func (s Shape) String() string {
	if len(s) == 0 {
		return "scalar"
	}
	parts := make([]string, len(s))
	for i, d := range s {
		parts[i] = fmt.Sprint(d)
	}
	return strings.Join(parts, "x")
}

// Op is an operation: one of Input, Output, Dense, Conv, Pool, Scale,
// Reshape, Gather, Relu, Quantise, MaxPool, Neuron, Delay, all used as pointers.
type Op interface {
	// Kind is the operation's name in messages, tables and reports.
	Kind() string
}

// Input is an input of the network, fed by the host.
type Input struct{}

// Output is an output of the network.
type Output struct{}

// Reshape renames the axes of a signal without moving an element.
type Reshape struct{}

// Relu is the analog activation min(max(x, 0), Ceil); Ceil 0 means no
// ceiling.
type Relu struct {
	Ceil float64
	// Levels, if not 0, rounds the result to the nearest multiple of Ceil / Levels, halves
	// up: an activation of so many levels above 0. It needs a ceiling.
	Levels int
}

// MaxPool is the analog maximum over windows of a CxHxW signal.
type MaxPool struct{ Window Window }

// Delay delays its input by Ticks ticks.
type Delay struct {
	// Ticks has one entry for all elements or one per element, each >= 0.
	Ticks []int
}

// Kind implements Op.
func (*Input) Kind() string { return "input" }

// Kind implements Op.
func (*Output) Kind() string { return "output" }

// Kind implements Op.
func (*Reshape) Kind() string { return "reshape" }

// Kind implements Op.
func (*Relu) Kind() string { return "relu" }

// Kind implements Op.
func (*MaxPool) Kind() string { return "maxpool" }

// Kind implements Op.
func (*Delay) Kind() string { return "delay" }

// AddNode appends a node and returns its index.
func (n *Network) AddNode(name string, op Op, in, out Shape) int {
	n.Nodes = append(n.Nodes, Node{Name: name, Op: op, In: in, Out: out})
	return len(n.Nodes) - 1
}

// Connect appends an edge that carries the signal of the same tick.
func (n *Network) Connect(from, to int) {
	n.Edges = append(n.Edges, Edge{From: from, To: to})
}

// Incoming lists the edges into node i in the order they were added.
func (n *Network) Incoming(i int) []Edge {
	var out []Edge
	for _, e := range n.Edges {
		if e.To == i {
			out = append(out, e)
		}
	}
	return out
}

// Inputs lists the indices of Input nodes in order.
func (n *Network) Inputs() []int { return n.indices("input") }

// Outputs lists the indices of Output nodes in order.
func (n *Network) Outputs() []int { return n.indices("output") }

func (n *Network) indices(kind string) []int {
	var out []int
	for i := range n.Nodes {
		if n.Nodes[i].Op.Kind() == kind {
			out = append(out, i)
		}
	}
	return out
}

// Find returns the index of the node with the given name.
func (n *Network) Find(name string) (int, bool) {
	i := slices.IndexFunc(n.Nodes, func(v Node) bool { return v.Name == name })
	return i, i >= 0
}

// stateful reports whether the network has at least one Neuron.
func (n *Network) stateful() bool {
	return slices.ContainsFunc(n.Nodes, func(v Node) bool { return v.Op.Kind() == "neuron" })
}

// IsANN reports whether the network is an ANN: it has no neurons, and its model has no ticks.
func (n *Network) IsANN() bool { return !n.stateful() && n.DT == 0 }

// Spiking reports whether the output of node i is spikes, 0 or 1 per element: it is a neuron with a
// threshold, or passes on the signal of one.
func (n *Network) Spiking(i int) bool {
	for range n.Nodes {
		switch op := n.Nodes[i].Op.(type) {
		case *Neuron:
			return op.Model.Spikes()
		case *Output, *Reshape, *Delay:
			in := n.Incoming(i)
			if len(in) != 1 {
				return false
			}
			i = in[0].From
		default:
			return false
		}
	}
	return false
}
