package convert

import (
	"fmt"
	"slices"

	"adder/snn"
)

// Prepare rewrites an ANN, without changing what it computes, into one whose activations are where
// neurons can be: maxima follow activations where they commute, pools that are not folded into the
// next layer are followed by an activation, and activations that do nothing are dropped. A network
// with neurons is returned unchanged; net itself is never changed. Choices are added to the
// Warnings.
func Prepare(net *snn.Network, c Options) (*snn.Network, error) {
	if !net.IsANN() {
		return net, nil
	}
	pool, err := parsePool(string(c.Pool))
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	g := newGraph(net)
	if !c.Grids {
		if err := g.dropGrids(); err != nil {
			return nil, fmt.Errorf("convert %s: %w", net.Name, err)
		}
	}
	g.commuteMaxima()
	if err := g.survey(); err != nil {
		return nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	if err := g.keepPools(pool, c.FanIn); err != nil {
		return nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	g.dropRelus()
	g.compact()
	return g.net, nil
}

// graph is a copy of a network that is rewritten. Operations are shared
// with the original and never changed.
type graph struct {
	net *snn.Network
	// kept are activations after pools that are kept although their input is never negative.
	kept map[int]bool
	// order and known are an order of evaluation and what is known of each
	// signal; survey renews them.
	order []int
	known extents
}

func newGraph(net *snn.Network) *graph {
	n := *net
	n.Nodes, n.Edges = slices.Clone(net.Nodes), slices.Clone(net.Edges)
	n.Warnings = slices.Clone(net.Warnings)
	return &graph{net: &n, kept: map[int]bool{}}
}

func (g *graph) note(format string, args ...any) {
	g.net.Warnings = append(g.net.Warnings, fmt.Sprintf(format, args...))
}

// source is the only node that feeds node i, -1 where there is not one.
func (g *graph) source(i int) int {
	in := g.net.Incoming(i)
	if len(in) != 1 {
		return -1
	}
	return in[0].From
}

// reader is the only node that node i feeds, -1 where there is not one.
func (g *graph) reader(i int) int {
	at := -1
	for _, e := range g.net.Edges {
		if e.From != i {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = e.To
	}
	return at
}

// swap exchanges the operations of node a and of b, which alone reads it;
// b's keeps the shape of what it acts on.
func (g *graph) swap(a, b int) {
	x, y := &g.net.Nodes[a], &g.net.Nodes[b]
	x.Op, y.Op = y.Op, x.Op
	x.Name, y.Name = y.Name, x.Name
	y.In, y.Out = x.In, x.Out
	x.Out = x.In
}

// insert inserts a node after node i, which then feeds the targets of i.
func (g *graph) insert(i int, name string, op snn.Op) int {
	shape := g.net.Nodes[i].Out
	at := g.net.AddNode(g.free(name), op, shape, shape)
	for k := range g.net.Edges {
		if g.net.Edges[k].From == i {
			g.net.Edges[k].From = at
		}
	}
	g.net.Connect(i, at)
	return at
}

// cutIfUnread takes a node that feeds nothing off its sources.
func (g *graph) cutIfUnread(i int) {
	if !slices.ContainsFunc(g.net.Edges, func(e snn.Edge) bool { return e.From == i }) {
		g.net.Edges = slices.DeleteFunc(g.net.Edges, func(e snn.Edge) bool { return e.To == i })
	}
}

// compact leaves out nodes that were cut off.
func (g *graph) compact() {
	joined := make([]bool, len(g.net.Nodes))
	for i := range g.net.Nodes {
		switch g.net.Nodes[i].Op.(type) {
		case *snn.Input, *snn.Output:
			joined[i] = true
		}
	}
	for _, e := range g.net.Edges {
		joined[e.From], joined[e.To] = true, true
	}
	index, nodes := make([]int, len(joined)), g.net.Nodes[:0]
	for i, node := range g.net.Nodes {
		index[i] = len(nodes)
		if joined[i] {
			nodes = append(nodes, node)
		}
	}
	g.net.Nodes = nodes
	for k, e := range g.net.Edges {
		g.net.Edges[k] = snn.Edge{From: index[e.From], To: index[e.To], Delayed: e.Delayed}
	}
}

// free is a name that no node has.
func (g *graph) free(name string) string {
	for {
		if _, taken := g.net.Find(name); !taken {
			return name
		}
		name += "_"
	}
}

// survey renews what is known of the graph.
func (g *graph) survey() (err error) {
	if g.order, err = g.net.Order(); err == nil {
		g.known = rangesOf(g.net, g.order)
	}
	return err
}

// idle reports whether activation i does nothing: nothing is below 0 or
// above its ceiling.
func (g *graph) idle(i int) bool {
	in := g.known.arriving(g.net, i)
	ceil := g.net.Nodes[i].Op.(*snn.Relu).Ceil
	return in.low && (ceil == 0 || in.high > 0 && in.high <= ceil)
}

// dropRelus puts a Reshape in the place of every activation that does nothing, except the kept
// ones.
func (g *graph) dropRelus() {
	for i := range g.net.Nodes {
		if _, ok := g.net.Nodes[i].Op.(*snn.Relu); ok && !g.kept[i] && g.idle(i) {
			g.net.Nodes[i].Op = &snn.Reshape{}
		}
	}
}
