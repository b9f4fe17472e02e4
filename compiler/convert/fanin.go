package convert

import (
	"math"

	"adder/snn"
)

// listens reports whether node i becomes neurons: an activation or the
// output.
func (g *graph) listens(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Relu, *snn.Quantise, *snn.Output:
		return true
	}
	return false
}

// ends reports whether node i is a source of spikes, where a chain of
// linear nodes ends.
func (g *graph) ends(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Input, *snn.MaxPool, *snn.Quantise:
		return true
	case *snn.Relu:
		return g.kept[i] || !g.idle(i)
	}
	return false
}

// hears is the largest number of sources that one of a few neurons of node
// i hears: those at the corners and in the middle of its shape, of which one
// has a window that nothing cuts.
func (g *graph) hears(i int) int {
	most := 0
	for _, element := range places(g.net.Nodes[i].In) {
		total := 0
		for _, weights := range g.heardBy(i, element) {
			total += above(weights, 0)
		}
		most = max(most, total)
	}
	return most
}

// places lists the first, middle and last element of a signal, and the
// middle of its first plane.
func places(s snn.Shape) []int {
	size := s.Size()
	out := []int{0, size / 2, size - 1}
	if len(s) == 3 {
		out = append(out, s[1]/2*s[2]+s[2]/2)
	}
	return out
}

// heardBy gives the weights with which one element of what arrives at node
// i hears its sources, by source.
func (g *graph) heardBy(i, element int) map[int][]float64 {
	reached := map[int][]float64{}
	// sources are the weights of the nodes that feed a node.
	sources := func(node int) [][]float64 {
		var out [][]float64
		for _, e := range g.net.Incoming(node) {
			if reached[e.From] == nil {
				reached[e.From] = make([]float64, g.net.Nodes[e.From].Out.Size())
			}
			out = append(out, reached[e.From])
		}
		return out
	}
	for _, weights := range sources(i) {
		weights[element]++
	}
	heard := map[int][]float64{}
	for k := len(g.order) - 1; k >= 0; k-- {
		at := g.order[k]
		weights := reached[at]
		if weights == nil {
			continue
		}
		if g.ends(at) {
			heard[at] = weights
			continue
		}
		in := sources(at)
		for element, weight := range weights {
			if weight == 0 {
				continue
			}
			reach(&g.net.Nodes[at], element, func(from int, w float64) {
				for _, to := range in {
					to[from] += float64(w * weight)
				}
			})
		}
	}
	return heard
}

// above counts the weights whose magnitude exceeds a share of the largest.
func above(weights []float64, share float64) int {
	largest, n := 0.0, 0
	for _, w := range weights {
		largest = max(largest, math.Abs(w))
	}
	for _, w := range weights {
		if math.Abs(w) > share*largest {
			n++
		}
	}
	return n
}

// reach calls visit with the elements of a linear node's input that reach
// an element of its output, and their weights.
func reach(node *snn.Node, element int, visit func(from int, weight float64)) {
	switch op := node.Op.(type) {
	case *snn.Dense:
		rows, cols := op.W.Dims()
		first := element / rows * cols
		for c, w := range op.W.Row(element%rows, make([]float64, cols)) {
			visit(first+c, w)
		}
	case *snn.Conv:
		out := node.Out.Size() / op.OutChannels
		channel, per := element/out, op.InChannels/op.Groups
		group := channel / (op.OutChannels / op.Groups)
		for c := range per {
			kernel := op.Weight[(channel*per+c)*op.Window.KernelH*op.Window.KernelW:]
			window(op.Window, node, element%out, group*per+c, func(from, tap int) {
				visit(from, kernel[tap])
			})
		}
	case *snn.Pool:
		out := node.Out.Size() / node.Out[0]
		window(op.Window, node, element%out, element/out, func(from, _ int) {
			visit(from, poolWeight(op))
		})
	case *snn.Scale:
		visit(element, op.Factor[element/(node.In.Size()/len(op.Factor))])
	case *snn.Gather:
		if from := op.From[element]; from >= 0 {
			visit(int(from), 1)
		}
	default:
		visit(element, 1)
	}
}

// poolWeight is about the weight of an element of a pool's window: that of
// a window which nothing cuts.
func poolWeight(op *snn.Pool) float64 {
	if !op.Average {
		return 1
	}
	return 1 / float64(op.Window.KernelH*op.Window.KernelW)
}

// window visits the elements of a channel in the window at a place, with
// their place in the window.
func window(w snn.Window, node *snn.Node, place, channel int, visit func(from, tap int)) {
	last := len(node.In) - 1
	height, width, across := 1, node.In[last], node.Out[last]
	if last == 2 {
		height = node.In[1]
	}
	for ky := range w.KernelH {
		y := place/across*w.StrideH + ky*w.DilationH - w.PadTop
		if y < 0 || y >= height {
			continue
		}
		for kx := range w.KernelW {
			x := place%across*w.StrideW + kx*w.DilationW - w.PadLeft
			if x >= 0 && x < width {
				visit((channel*height+y)*width+x, ky*w.KernelW+kx)
			}
		}
	}
}

// nearestPool is a pool between node i and its sources that may have
// neurons, the one with the fewest nodes to go; -1 where there is none.
func (g *graph) nearestPool(i int) int {
	seen := map[int]bool{i: true}
	level := []int{i}
	for len(level) > 0 {
		var next []int
		for _, at := range level {
			for _, e := range g.net.Incoming(at) {
				if seen[e.From] || g.ends(e.From) {
					continue
				}
				if g.keepable(e.From) {
					return e.From
				}
				seen[e.From] = true
				next = append(next, e.From)
			}
		}
		level = next
	}
	return -1
}
