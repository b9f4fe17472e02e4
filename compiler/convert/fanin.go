package convert

import "adder/snn"

// listens reports whether node i becomes neurons: an activation or the
// output.
func (g *graph) listens(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Relu, *snn.Output:
		return true
	}
	return false
}

// ends reports whether node i is a source of spikes, where a chain of
// linear nodes ends.
func (g *graph) ends(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Input, *snn.MaxPool:
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
		most = max(most, g.heardBy(i, element))
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

// heardBy counts the sources of one element of what arrives at node i.
func (g *graph) heardBy(i, element int) int {
	want := map[int][]bool{}
	ask := func(node, element int) {
		if want[node] == nil {
			want[node] = make([]bool, g.net.Nodes[node].Out.Size())
		}
		want[node][element] = true
	}
	for _, e := range g.net.Incoming(i) {
		ask(e.From, element)
	}
	total := 0
	for k := len(g.order) - 1; k >= 0; k-- {
		at := g.order[k]
		asked := want[at]
		if asked == nil {
			continue
		}
		if g.ends(at) {
			total += count(asked)
			continue
		}
		in := g.net.Incoming(at)
		for element, asks := range asked {
			if !asks {
				continue
			}
			reach(&g.net.Nodes[at], element, func(from int) {
				for _, e := range in {
					ask(e.From, from)
				}
			})
		}
	}
	return total
}

func count(marks []bool) int {
	n := 0
	for _, m := range marks {
		if m {
			n++
		}
	}
	return n
}

// reach calls visit with the elements of a linear node's input that reach
// an element of its output. Of a Dense every input does.
func reach(node *snn.Node, element int, visit func(int)) {
	switch op := node.Op.(type) {
	case *snn.Dense:
		rows, cols := op.W.Dims()
		first := element / rows * cols
		for c := range cols {
			visit(first + c)
		}
	case *snn.Conv:
		out := node.Out.Size() / op.OutChannels
		group := element / out / (op.OutChannels / op.Groups)
		per := op.InChannels / op.Groups
		for c := range per {
			window(op.Window, node, element%out, group*per+c, visit)
		}
	case *snn.Pool:
		out := node.Out.Size() / node.Out[0]
		window(op.Window, node, element%out, element/out, visit)
	case *snn.Gather:
		if from := op.From[element]; from >= 0 {
			visit(int(from))
		}
	default:
		visit(element)
	}
}

// window visits the elements of a channel in the window at a place.
func window(w snn.Window, node *snn.Node, place, channel int, visit func(int)) {
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
				visit((channel*height+y)*width + x)
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
