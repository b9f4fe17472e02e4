package survey

import (
	"slices"

	"adder/snn"
)

// walk goes back from neurons through linear nodes to their sources.
type walk struct {
	net *snn.Network
	// layerOf is the layer of a node that has neurons, FromInput for an input.
	layerOf map[int]int
	// seen marks elements of nodes that were reached, by the number of the walk.
	seen   [][]int32
	number int32
	// from lists the nodes that feed each.
	from [][]int
}

func newWalk(net *snn.Network, layerOf map[int]int) *walk {
	w := &walk{net: net, layerOf: layerOf, seen: make([][]int32, len(net.Nodes)),
		from: make([][]int, len(net.Nodes))}
	for _, e := range net.Edges {
		w.from[e.To] = append(w.from[e.To], e.From)
	}
	return w
}

// sourcesOf lists the elements of layers that are sources of an element of a node's input, by the
// node of the layer, ascending.
func (w *walk) sourcesOf(node, element int) map[int][]int32 {
	w.number++
	found := map[int][]int32{}
	type step struct{ node, element int }
	var open []step
	reach := func(node, element int) {
		for _, from := range w.from[node] {
			if w.seen[from] == nil {
				w.seen[from] = make([]int32, w.net.Nodes[from].Out.Size())
			}
			if w.seen[from][element] == w.number {
				continue
			}
			w.seen[from][element] = w.number
			if _, ends := w.layerOf[from]; ends {
				found[from] = append(found[from], int32(element))
				continue
			}
			open = append(open, step{from, element})
		}
	}
	if pool, ok := w.net.Nodes[node].Op.(*snn.MaxPool); ok {
		at := &w.net.Nodes[node]
		plane := at.Out.Size() / at.Out[0]
		pool.Window.EachTap(at, element%plane, element/plane, func(from, _ int) {
			reach(node, from)
		})
	} else {
		reach(node, element)
	}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		snn.Fanin(&w.net.Nodes[at.node], at.element, func(from int, weight float64) {
			if weight != 0 {
				reach(at.node, from)
			}
		})
	}
	for _, elements := range found {
		slices.Sort(elements)
	}
	return found
}

// inputs are the inputs of the layer at a node, by source.
func (w *walk) inputs(node int) []Projection {
	out := map[int]*Projection{}
	shape := w.net.Nodes[node].Out
	middle := w.middle(node)
	for _, element := range w.places(node) {
		for from, elements := range w.sourcesOf(node, element) {
			if out[from] == nil {
				out[from] = &Projection{Source: w.layerOf[from]}
			}
			out[from].FanIn = max(out[from].FanIn, len(elements))
		}
	}
	var list []Projection
	nodes := make([]int, 0, len(out))
	for from := range out {
		nodes = append(nodes, from)
	}
	slices.Sort(nodes)
	for _, from := range nodes {
		p := out[from]
		p.geometry = w.geometry(node, from, shape, middle)
		p.Mixed = w.mixed(node, from)
		list = append(list, *p)
	}
	return list
}

// middle is an element in the middle of a signal, of its first channel where it has some.
func (w *walk) middle(node int) int {
	s := w.net.Nodes[node].Out
	if c, h, width, ok := plane(s); ok && c > 0 {
		return h/2*width + width/2
	}
	return s.Size() / 2
}

// places are elements with the largest fan-in: in the middle, at the ends and, after a matrix, that
// of the fullest row.
func (w *walk) places(node int) []int {
	size := w.net.Nodes[node].Out.Size()
	out := []int{w.middle(node), 0, size / 2, size - 1}
	for at := node; len(w.from[at]) == 1; {
		at = w.from[at][0]
		if op, ok := w.net.Nodes[at].Op.(*snn.Dense); ok {
			return append(out, fullestRow(op.W))
		}
		if _, ends := w.layerOf[at]; ends || w.net.Nodes[at].Out.Size() != size {
			break
		}
	}
	return out
}

// fullestRow is the row of a matrix with the fewest zeros.
func fullestRow(m snn.Matrix) int {
	rows, cols := m.Dims()
	best, most, buf := 0, -1, make([]float64, cols)
	for r := range rows {
		n := 0
		for _, v := range m.Row(r, buf) {
			if v != 0 {
				n++
			}
		}
		if n > most {
			best, most = r, n
		}
		if most == cols {
			break
		}
	}
	return best
}

// plane reads a shape as channels of rows and columns.
func plane(s snn.Shape) (channels, rows, columns int, ok bool) {
	switch len(s) {
	case 2:
		return s[0], 1, s[1], true
	case 3:
		return s[0], s[1], s[2], true
	}
	return 0, 0, 0, false
}

// geometry finds how the sources of neurons move with them, from a neuron in the middle and its
// neighbours.
func (w *walk) geometry(node, from int, shape snn.Shape, middle int) geometry {
	source := w.net.Nodes[from].Out
	g := geometry{Elements: source.Size()}
	c, rows, columns, layered := plane(shape)
	sc, h, width, there := plane(source)
	here := w.sourcesOf(node, middle)[from]
	other := func(element int) []int32 { return w.sourcesOf(node, element)[from] }
	if !layered || !there {
		// Neurons of a list: neighbours have the same sources, or each their own.
		next := (middle + 1) % shape.Size()
		g.Apart = shape.Size() > 1 && !slices.Equal(here, other(next))
		return g
	}
	box := newBox(here, h, width)
	g.Plane, g.H, g.W = true, h, width
	g.Channels, g.KernelH, g.KernelW = box.channels, box.y1-box.y0, box.x1-box.x0
	if rows > 1 {
		g.StepH = step(box.y0, box.y1, func(b region) (int, int) { return b.y0, b.y1 },
			newBox(other(middle+stride(middle/columns%rows, rows)*columns), h, width))
	}
	if columns > 1 {
		g.StepW = step(box.x0, box.x1, func(b region) (int, int) { return b.x0, b.x1 },
			newBox(other(middle+stride(middle%columns, columns)), h, width))
	}
	if c > 1 {
		g.Apart = sc > box.channels && newBox(other(middle+rows*columns), h,
			width).first != box.first
	}
	return g
}

// stride is 1 to the next row or column, or -1 at the end.
func stride(at, of int) int {
	if at+1 < of {
		return 1
	}
	return -1
}

// step is by how much a side moves.
func step(low, high int, side func(region) (int, int), next region) int {
	l, h := side(next)
	return max(abs(l-low), abs(h-high))
}

func abs(x int) int { return max(x, -x) }

// region is the part of a signal that some elements span.
type region struct{ y0, y1, x0, x1, channels, first int }

func newBox(elements []int32, h, w int) region {
	b := region{y0: h, x0: w, first: -1}
	last := -1
	for _, e := range elements {
		channel, y, x := int(e)/(h*w), int(e)/w%h, int(e)%w
		if channel != last {
			b.channels++
			last = channel
		}
		if b.first < 0 {
			b.first = channel
		}
		b.y0, b.y1 = min(b.y0, y), max(b.y1, y+1)
		b.x0, b.x1 = min(b.x0, x), max(b.x1, x+1)
	}
	if b.first < 0 {
		return region{}
	}
	return b
}

// maxMixed bounds the elements whose weights' signs are looked at one by one.
const maxMixed = 1 << 22

// mixed counts the elements of a source with weights of both signs into a layer. Where there
// are too many weights to look at, all are taken to have.
func (w *walk) mixed(node, from int) int {
	size := w.net.Nodes[from].Out.Size()
	if len(w.from[node]) != 1 {
		return size
	}
	for at := w.from[node][0]; ; at = w.from[at][0] {
		if _, ends := w.layerOf[at]; ends {
			return 0
		}
		switch op := w.net.Nodes[at].Op.(type) {
		case *snn.Dense:
			if rows, cols := op.W.Dims(); rows*cols > maxMixed || cols != size {
				return size
			}
			return mixedColumns(op.W)
		case *snn.Scale, *snn.Reshape:
		default:
			return size
		}
		if len(w.from[at]) != 1 {
			return size
		}
	}
}

func mixedColumns(m snn.Matrix) (n int) {
	rows, cols := m.Dims()
	signs, buf := make([]uint8, cols), make([]float64, cols)
	for r := range rows {
		for c, v := range m.Row(r, buf) {
			switch {
			case v > 0:
				signs[c] |= 1
			case v < 0:
				signs[c] |= 2
			}
		}
	}
	for _, s := range signs {
		if s == 3 {
			n++
		}
	}
	return n
}
