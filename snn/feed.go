package snn

import (
	"fmt"
	"slices"
)

// Feed replaces the samples x at a network's input by u, with x = Factor * u + Shift. Signed gives
// each element two lines, of which u is the difference, plus less minus, so that a line carries
// numbers from 0 only.
type Feed struct {
	// Factor and Shift have one entry for all elements or one per element; Shift may
	// be nil for 0.
	Factor, Shift []float64
	Signed        bool
}

// Refeed returns a network that computes from u what n computes from x: nodes after its one input
// compute x from u. They are linear, so that lowering folds them into the first layer, exactly also
// for padded convolutions. With Signed, the input has twice the channels (the first axis), and the
// lines of a channel follow each other, plus before minus. n is not changed.
func Refeed(n *Network, f Feed) (*Network, error) {
	inputs := n.Inputs()
	if len(inputs) != 1 {
		return nil, fmt.Errorf("network %s has %d inputs: samples are prepared for one",
			n.Name, len(inputs))
	}
	in := inputs[0]
	shape := n.Nodes[in].Out
	for _, x := range [][]float64{f.Factor, f.Shift} {
		if len(x) > 1 && len(x) != shape.Size() {
			return nil, fmt.Errorf(
				"network %s takes %d elements and is fed by %d factors and %d shifts",
				n.Name, shape.Size(), len(f.Factor), len(f.Shift))
		}
	}
	out := *n
	out.Nodes, out.Edges = slices.Clone(n.Nodes), slices.Clone(n.Edges)
	from := in
	add := func(name string, op Op, before, after Shape) {
		i := out.AddNode(n.Nodes[in].Name+name, op, before, after)
		out.Connect(from, i)
		from = i
	}
	if f.Signed {
		out.joinLines(in, add)
	}
	add(".normal", &Scale{Factor: f.Factor, Shift: f.Shift}, shape, shape)
	for i := range n.Edges {
		if out.Edges[i].From == in {
			out.Edges[i].From = from
		}
	}
	return &out, nil
}

// joinLines doubles the lines of an input and subtracts each pair.
func (n *Network) joinLines(in int, add func(string, Op, Shape, Shape)) {
	shape := n.Nodes[in].Out
	channels := 1
	if len(shape) > 0 {
		channels = shape[0]
	}
	inner := shape.Size() / channels
	lines := Shape{2 * channels, 1, inner}
	wide := Shape{2 * channels}
	if len(shape) > 1 {
		wide = append(wide, shape[1:]...)
	}
	n.Nodes[in].In, n.Nodes[in].Out = wide, wide
	point := Window{KernelH: 1, KernelW: 1, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1}
	add(".lines", &Reshape{}, wide, lines)
	add(".sign", &Conv{
		InChannels: 2 * channels, OutChannels: channels, Groups: channels, Window: point,
		Weight: slices.Repeat([]float64{1, -1}, channels),
	}, lines, Shape{channels, 1, inner})
	add(".signed", &Reshape{}, Shape{channels, 1, inner}, shape)
}
