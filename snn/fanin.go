package snn

// Fanin is the inverse of Fanout: it calls visit with the elements of a node's input that reach an
// element of its output, and their weights, without padding. A pool's weights are those of a full
// window. A node that is not linear passes each element on.
func Fanin(node *Node, element int, visit func(from int, weight float64)) {
	switch op := node.Op.(type) {
	case *Dense:
		rows, cols := op.W.Dims()
		first := element / rows * cols
		for c, w := range op.W.Row(element%rows, make([]float64, cols)) {
			visit(first+c, w)
		}
	case *Conv:
		out := node.Out.Size() / op.OutChannels
		channel, per := element/out, op.InChannels/op.Groups
		group := channel / (op.OutChannels / op.Groups)
		for c := range per {
			kernel := op.Weight[(channel*per+c)*op.Window.KernelH*op.Window.KernelW:]
			op.Window.EachTap(node, element%out, group*per+c, func(from, tap int) {
				visit(from, kernel[tap])
			})
		}
	case *Pool:
		out := node.Out.Size() / node.Out[0]
		op.Window.EachTap(node, element%out, element/out, func(from, _ int) {
			visit(from, poolWeight(op))
		})
	case *Scale:
		visit(element, op.Factor[element/(node.In.Size()/len(op.Factor))])
	case *Gather:
		if from := op.From[element]; from >= 0 {
			visit(int(from), 1)
		}
	default:
		visit(element, 1)
	}
}

// poolWeight is about the weight of an element of a pool's window: that of
// a window which nothing cuts.
func poolWeight(op *Pool) float64 {
	if !op.Average {
		return 1
	}
	return 1 / float64(op.Window.KernelH*op.Window.KernelW)
}

// EachTap visits the elements of a channel of a node's input in the window at a position of its
// output, with their position in the window.
func (w Window) EachTap(node *Node, place, channel int, visit func(from, tap int)) {
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
