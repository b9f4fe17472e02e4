package snn

// IsLinear reports whether the operation is an affine map of its input:
// Dense, Conv, Pool, Scale, Reshape or Gather.
func IsLinear(op Op) bool {
	switch op.(type) {
	case *Dense, *Conv, *Pool, *Scale, *Reshape, *Gather:
		return true
	}
	return false
}

// Fanout enumerates column src of the linear part: it calls emit once for every output dst that
// input src reaches, with its weight, in rising order of dst. Weights of 0 are included where they
// are parameters; padding is not. A node that is not linear emits nothing. The node must be valid.
//
// For a Dense or Gather node a caller that needs many columns should use the rows of Transpose, or
// Gather.Targets.
func Fanout(node *Node, src int, emit func(dst int, w float64)) {
	switch op := node.Op.(type) {
	case *Dense:
		op.fanout(src, emit)
	case *Conv:
		op.fanout(node, src, emit)
	case *Pool:
		op.fanout(node, src, emit)
	case *Scale:
		emit(src, channelwise(op.Factor, node.In, src))
	case *Reshape:
		emit(src, 1)
	case *Gather:
		op.fanout(src, emit)
	}
}

// Biases returns the constant part of a linear node, one entry per output, or nil if it is 0
// everywhere.
func Biases(node *Node) []float64 {
	switch op := node.Op.(type) {
	case *Dense:
		return spread(op.Bias, node.Out.Size(), func(i int) float64 {
			return op.Bias[i%len(op.Bias)]
		})
	case *Conv:
		per := node.Out.Size() / op.OutChannels
		return spread(op.Bias, node.Out.Size(), func(i int) float64 { return op.Bias[i/per] })
	case *Scale:
		return spread(op.Shift, node.Out.Size(), func(i int) float64 {
			return channelwise(op.Shift, node.Out, i)
		})
	}
	return nil
}

func spread(p []float64, size int, at func(i int) float64) []float64 {
	if len(p) == 0 {
		return nil
	}
	out := make([]float64, size)
	for i := range out {
		out[i] = at(i)
	}
	return out
}

// channelwise reads element i of a parameter that has one entry for all
// elements, one per channel (the first axis) or one per element.
func channelwise(p []float64, s Shape, i int) float64 {
	switch size := s.Size(); len(p) {
	case 1:
		return p[0]
	case size:
		return p[i]
	default:
		return p[i/(size/len(p))]
	}
}

func (d *Dense) fanout(src int, emit func(dst int, w float64)) {
	rows, cols := d.W.Dims()
	base, col := src/cols*rows, src%cols
	switch m := d.W.(type) {
	case *Matrix64:
		for r := range rows {
			emit(base+r, m.Data[r*cols+col])
		}
	case *Matrix32:
		for r := range rows {
			emit(base+r, float64(m.Data[r*cols+col]))
		}
	default:
		buf := make([]float64, cols)
		for r := range rows {
			emit(base+r, m.Row(r, buf)[col])
		}
	}
}

func (c *Conv) fanout(node *Node, src int, emit func(dst int, w float64)) {
	_, h, w, _ := spatial(node.In)
	vertical, horizontal := c.Window.axes(h, w)
	down, across := vertical.taps(src/w%h), horizontal.taps(src%w)
	oh, ow := vertical.out(), horizontal.out()
	inGroup, outGroup := c.InChannels/c.Groups, c.OutChannels/c.Groups
	channel := src / (h * w)
	first := channel / inGroup * outGroup
	for o := first; o < first+outGroup; o++ {
		kernel := c.Weight[(o*inGroup+channel%inGroup)*c.Window.KernelH*c.Window.KernelW:]
		for _, d := range down {
			for _, a := range across {
				emit((o*oh+d.o)*ow+a.o, kernel[d.k*c.Window.KernelW+a.k])
			}
		}
	}
}

func (p *Pool) fanout(node *Node, src int, emit func(dst int, w float64)) {
	_, h, w, _ := spatial(node.In)
	vertical, horizontal := p.Window.axes(h, w)
	oh, ow := vertical.out(), horizontal.out()
	channel := src / (h * w)
	across := horizontal.taps(src % w)
	for _, d := range vertical.taps(src / w % h) {
		for _, a := range across {
			emit((channel*oh+d.o)*ow+a.o, p.weight(vertical, horizontal, d.o, a.o))
		}
	}
}

// weight is the factor of every element in the window at an output.
func (p *Pool) weight(vertical, horizontal axis, oh, ow int) float64 {
	switch {
	case !p.Average:
		return 1
	case p.ExcludePadding:
		return 1 / float64(vertical.insideAt(oh)*horizontal.insideAt(ow))
	default:
		return 1 / float64(p.Window.KernelH*p.Window.KernelW)
	}
}

// Transpose returns the matrix whose rows are the columns of m: row j of
// the result is the fan-out of input j. Float32 backing stays float32.
func Transpose(m Matrix) Matrix {
	if f, ok := m.(*Matrix32); ok {
		return &Matrix32{Rows: f.Cols, Cols: f.Rows, Data: transpose(f.Data, f.Rows, f.Cols)}
	}
	rows, cols := m.Dims()
	if f, ok := m.(*Matrix64); ok {
		return &Matrix64{Rows: cols, Cols: rows, Data: transpose(f.Data, rows, cols)}
	}
	data := make([]float64, rows*cols)
	buf := make([]float64, cols)
	for r := range rows {
		for c, w := range m.Row(r, buf) {
			data[c*rows+r] = w
		}
	}
	return &Matrix64{Rows: cols, Cols: rows, Data: data}
}

func transpose[T float32 | float64](data []T, rows, cols int) []T {
	out := make([]T, len(data))
	for r := range rows {
		for c, w := range data[r*cols : (r+1)*cols] {
			out[c*rows+r] = w
		}
	}
	return out
}
