package nir

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adder/snn"
)

// infer gives every node its shapes and its operation. Shapes spread from
// the Inputs along the edges; a part of the graph that no Input feeds
// starts where a node's own parameters tell its shape.
func (g *graph) infer(opts Options) error {
	next := g.targets()
	if err := g.inputShapes(next); err != nil {
		return err
	}
	var queue []int
	for i, n := range g.nodes {
		if n.kind == "Input" && !n.boundary {
			if err := g.resolve(i, next, opts); err != nil {
				return err
			}
			queue = append(queue, i)
		}
	}
	for from := 0; ; {
		if err := g.flood(queue, next, opts); err != nil {
			return err
		}
		seed, err := g.seed(&from)
		if err != nil {
			return err
		}
		if seed < 0 {
			return g.checkEdges()
		}
		if err := g.resolve(seed, next, opts); err != nil {
			return err
		}
		queue = []int{seed}
	}
}

// flood resolves everything within reach of the given nodes.
func (g *graph) flood(queue []int, next [][]int, opts Options) error {
	for ; len(queue) > 0; queue = queue[1:] {
		for _, to := range next[queue[0]] {
			n := g.nodes[to]
			if n.in != nil {
				continue
			}
			n.in = g.nodes[queue[0]].out
			if err := g.resolve(to, next, opts); err != nil {
				return err
			}
			queue = append(queue, to)
		}
	}
	return nil
}

// seed finds the next node without a shape and takes it from the node's
// own parameters; -1 when every node has one. A node that does not tell
// its shape waits for another to be found.
func (g *graph) seed(from *int) (int, error) {
	for *from < len(g.nodes) && g.nodes[*from].in != nil {
		*from++
	}
	blind := -1
	for i := *from; i < len(g.nodes); i++ {
		n := g.nodes[i]
		if n.in != nil {
			continue
		}
		own, err := n.ownInput()
		if err != nil {
			return 0, n.failed(err)
		}
		if own != nil {
			n.in = own
			return i, nil
		}
		if blind < 0 {
			blind = i
		}
	}
	if blind >= 0 {
		return 0, g.nodes[blind].failed(errors.New("no Input leads to it, and its parameters do " +
			"not tell its shape"))
	}
	return -1, nil
}

// resolve makes the operation of a node whose input shape is known.
func (g *graph) resolve(i int, next [][]int, opts Options) error {
	n := g.nodes[i]
	b := &builder{graph: g, node: n, opts: opts}
	for _, to := range next[i] {
		b.consumers = append(b.consumers, g.nodes[to])
	}
	if err := b.build(); err != nil {
		return n.failed(err)
	}
	if err := g.warnUnread(n); err != nil {
		return n.failed(err)
	}
	n.read = nil
	return nil
}

// warnUnread says which datasets of a node mean nothing to its kind: NIR's own reader
// refuses them, and older ones passed over them.
func (g *graph) warnUnread(n *node) error {
	if n.data == nil {
		return nil
	}
	names, err := n.data.members()
	if err != nil {
		return err
	}
	known := []string{"type", "metadata", "input_type", "output_type", "shape", "input_shape"}
	var unread []string
	for _, name := range names {
		if n.read[name] == nil && !slices.Contains(known, name) {
			unread = append(unread, strconv.Quote(name))
		}
	}
	if len(unread) > 0 {
		g.warn("node %q (%s): it has %s, which means nothing to this kind of node and is left out",
			n.name, n.kind, strings.Join(unread, ", "))
	}
	return nil
}

// checkEdges refuses edges between shapes that differ.
func (g *graph) checkEdges() error {
	for _, e := range g.edges {
		from, to := g.nodes[e.from], g.nodes[e.to]
		if !from.out.Equal(to.in) {
			return fmt.Errorf("%s: the source puts out %s, the target takes %s", g.label(e),
				from.out, to.in)
		}
	}
	return nil
}

// inputShapes reads what the Inputs of the outermost graph declare.
func (g *graph) inputShapes(next [][]int) error {
	for i, n := range g.nodes {
		if n.kind != "Input" || n.boundary {
			continue
		}
		declared, err := n.declaredShape()
		if err != nil {
			return n.failed(err)
		}
		if declared == nil {
			if declared, err = g.shapeOfConsumer(next[i]); err != nil {
				return n.failed(err)
			}
		}
		n.in = declared
		if rank := g.wantedRank(i, next); rank > 0 && len(declared) == rank+1 && declared[0] == 1 {
			n.in = declared[1:]
			g.warn("node %q (Input): the shape %s has a batch axis, which is dropped", n.name,
				declared)
		}
	}
	return nil
}

// shapeOfConsumer is for an Input that does not say its shape.
func (g *graph) shapeOfConsumer(targets []int) (snn.Shape, error) {
	for _, to := range targets {
		own, err := g.nodes[to].ownInput()
		if err != nil {
			return nil, g.nodes[to].failed(err)
		}
		if own != nil {
			return own, nil
		}
	}
	return nil, errors.New("it has no dataset \"shape\", and nothing that it feeds tells the shape")
}

// wantedRank is the number of axes that the first convolution or pooling after node i requires of
// its signal, 0 without one.
func (g *graph) wantedRank(i int, next [][]int) int {
	seen := make([]bool, len(g.nodes))
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		for _, to := range next[queue[0]] {
			switch g.nodes[to].kind {
			case "Conv1d":
				return 2
			case "Conv2d", "SumPool2d", "AvgPool2d":
				return 3
			case "Affine", "Linear", "Flatten":
				continue
			}
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return 0
}

// ownInput is the shape of a node's input as far as its own parameters
// tell it, or nil.
func (n *node) ownInput() (snn.Shape, error) {
	switch n.kind {
	case "Input", "Output":
		return n.declaredShape()
	case "Affine", "Linear":
		w, err := n.array("weight")
		if err != nil || w == nil || len(w.extents) == 0 {
			return nil, err
		}
		return snn.Shape{w.extents[len(w.extents)-1]}, nil
	case "Conv1d", "Conv2d":
		return n.ownConvInput()
	case "SumPool2d", "AvgPool2d", "Flatten":
		return nil, nil
	}
	return n.largestParameter()
}

func (n *node) ownConvInput() (snn.Shape, error) {
	w, err := n.array("weight")
	if err != nil || w == nil || len(w.extents) < 2 {
		return nil, err
	}
	size, err := n.array("input_shape")
	if err != nil || size == nil {
		return nil, err
	}
	extents, err := size.integers()
	if err != nil {
		return nil, fmt.Errorf("input_shape %w", err)
	}
	groups, err := n.integer("groups", 1)
	if err != nil {
		return nil, err
	}
	return append(snn.Shape{w.extents[1] * groups}, extents...), nil
}

// largestParameter is the shape of the parameter with the most elements;
// scalars tell nothing.
func (n *node) largestParameter() (snn.Shape, error) {
	names, err := n.data.members()
	if err != nil {
		return nil, err
	}
	var best snn.Shape
	most := 0
	for _, name := range names {
		if !slices.Contains(parameterNames, name) {
			continue
		}
		a, err := n.array(name)
		if err != nil {
			return nil, err
		}
		if a != nil && len(a.extents) > 0 && a.size() > most {
			best, most = trimmed(a.shape()), a.size()
		}
	}
	return best, nil
}
