package snn

import "fmt"

// Linear is a linear node prepared for repeated evaluation: its weights
// are laid out by input, so that inputs of 0 cost nothing. It is immutable
// and may be shared between goroutines.
type Linear struct {
	kernel kernel
}

// kernel evaluates y = L x + b. The terms of an output are added to its
// bias in rising order of the input, so the result depends on nothing
// else.
type kernel interface {
	// forward overwrites y and returns the multiply-accumulates whose
	// input was not 0.
	forward(x, y, scratch []float64) int64
	// scratch is the number of elements of scratch memory that forward needs in addition to y.
	scratch() int
}

// NewLinear prepares a linear node, which must be valid.
func NewLinear(node *Node) (*Linear, error) {
	k, err := newKernel(node)
	if err != nil {
		return nil, fmt.Errorf("node %q: %w", node.Name, err)
	}
	return &Linear{k}, nil
}

func newKernel(node *Node) (kernel, error) {
	switch op := node.Op.(type) {
	case *Dense:
		return newDenseKernel(op, node), nil
	case *Conv:
		return newConvKernel(op, node), nil
	case *Pool:
		return newPoolKernel(op, node), nil
	case *Scale:
		return newScaleKernel(op, node), nil
	case *Reshape:
		return reshapeKernel{}, nil
	case *Gather:
		return gatherKernel{op.From}, nil
	}
	return nil, fmt.Errorf("a %s is not linear", node.Op.Kind())
}

// Forward computes y = L x + b for one signal and returns the number of
// multiply-accumulates whose input was not 0. x and y have the sizes of
// the node's shapes.
func (l *Linear) Forward(x, y []float64) int64 {
	return l.kernel.forward(x, y, make([]float64, l.kernel.scratch()))
}

// Forward computes y = L x + b of a valid linear node for one signal; for other nodes y is
// unchanged. Use NewLinear to evaluate a node more than once.
func Forward(node *Node, x, y []float64) {
	if k, err := newKernel(node); err == nil {
		k.forward(x, y, make([]float64, k.scratch()))
	}
}

type reshapeKernel struct{}

func (reshapeKernel) scratch() int { return 0 }

func (reshapeKernel) forward(x, y, _ []float64) int64 {
	copy(y, x)
	return 0
}

// scaleKernel holds one factor and shift per element.
type scaleKernel struct{ factor, shift []float64 }

func newScaleKernel(op *Scale, node *Node) *scaleKernel {
	size := node.In.Size()
	k := &scaleKernel{shift: Biases(node)}
	k.factor = spread(op.Factor, size, func(i int) float64 {
		return channelwise(op.Factor, node.In, i)
	})
	if k.shift == nil {
		k.shift = make([]float64, size)
	}
	return k
}

func (k *scaleKernel) scratch() int { return 0 }

func (k *scaleKernel) forward(x, y, _ []float64) int64 {
	var macs int64
	for i, v := range x {
		if v != 0 {
			macs++
		}
		y[i] = k.shift[i] + float64(k.factor[i]*v)
	}
	return macs
}

// denseKernel holds the weights by input: columns[j*rows+i] is W[i][j].
type denseKernel[T float32 | float64] struct {
	columns    []T
	bias       []float64
	rows, cols int
}

func newDenseKernel(op *Dense, node *Node) kernel {
	rows, cols := op.W.Dims()
	if m, ok := Transpose(op.W).(*Matrix32); ok {
		return &denseKernel[float32]{m.Data, op.Bias, rows, cols}
	}
	return &denseKernel[float64]{Transpose(op.W).(*Matrix64).Data, op.Bias, rows, cols}
}

func (k *denseKernel[T]) scratch() int { return 0 }

func (k *denseKernel[T]) forward(x, y, _ []float64) int64 {
	var macs int64
	for len(x) > 0 {
		macs += k.vector(x[:k.cols], y[:k.rows])
		x, y = x[k.cols:], y[k.rows:]
	}
	return macs
}

// vector multiplies one vector, four nonzero inputs at a time.
func (k *denseKernel[T]) vector(x, y []float64) int64 {
	clear(y)
	copy(y, k.bias)
	var at [4]int
	pending, active := 0, int64(0)
	for j, v := range x {
		if v == 0 {
			continue
		}
		active++
		at[pending] = j
		if pending++; pending < len(at) {
			continue
		}
		pending = 0
		addFour(y, k.column(at[0]), k.column(at[1]), k.column(at[2]), k.column(at[3]),
			x[at[0]], x[at[1]], x[at[2]], x[at[3]])
	}
	for _, j := range at[:pending] {
		addOne(y, k.column(j), x[j])
	}
	return active * int64(k.rows)
}

func (k *denseKernel[T]) column(j int) []T { return k.columns[j*k.rows : (j+1)*k.rows] }

// addOne adds x w to y.
func addOne[T float32 | float64](y []float64, w []T, x float64) {
	for len(y) >= 4 && len(w) >= 4 {
		y[0] += float64(x * float64(w[0]))
		y[1] += float64(x * float64(w[1]))
		y[2] += float64(x * float64(w[2]))
		y[3] += float64(x * float64(w[3]))
		y, w = y[4:], w[4:]
	}
	for i := range min(len(y), len(w)) {
		y[i] += float64(x * float64(w[i]))
	}
}

// addFour adds a wa, then b wb, c wc and d wd to y in one pass.
func addFour[T float32 | float64](y []float64, wa, wb, wc, wd []T, a, b, c, d float64) {
	wa, wb, wc, wd = wa[:len(y)], wb[:len(y)], wc[:len(y)], wd[:len(y)]
	for i := range y {
		s := y[i] + float64(a*float64(wa[i]))
		s += float64(b * float64(wb[i]))
		s += float64(c * float64(wc[i]))
		y[i] = s + float64(d*float64(wd[i]))
	}
}
