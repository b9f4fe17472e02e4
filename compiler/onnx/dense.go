package onnx

import (
	"errors"
	"fmt"
	"slices"

	"adder/snn"
)

// gemm is Y = alpha A' B' + beta C with constant B and C.
func gemm(c *call) error {
	x, err := c.gemmInput()
	if err != nil {
		return err
	}
	b, err := c.weights(1)
	if err != nil {
		return err
	}
	if len(b.dims) != 2 {
		return fmt.Errorf("its weights have %d axes, not 2; export the model again", len(b.dims))
	}
	alpha, err := c.floatAttribute("alpha", 1)
	if err != nil {
		return err
	}
	transB, err := c.intAttribute("transB", 0)
	if err != nil {
		return err
	}
	w, err := c.b.matrix(b, transB == 0, alpha)
	if err != nil {
		return err
	}
	rows, _ := w.Dims()
	bias, whole, err := c.gemmBias(rows, x.dims[0])
	if err != nil {
		return err
	}
	if !whole {
		return c.giveDense(x, w, bias)
	}
	y, err := c.dense("", x, w, nil)
	if err != nil {
		return err
	}
	if y, err = c.append("_bias", &snn.Scale{Factor: []float64{1}, Shift: bias}, y.dims, y.batch,
		y); err != nil {
		return err
	}
	return c.give(0, y)
}

// gemmInput gives A'.
func (c *call) gemmInput() (*value, error) {
	x, err := c.raw(0)
	if err != nil {
		return nil, err
	}
	if len(x.dims) != 2 {
		return nil, fmt.Errorf("its input has %d axes, not 2; put a Flatten before it", len(x.dims))
	}
	transA, err := c.intAttribute("transA", 0)
	if err != nil || transA == 0 {
		return c.materialInput(x, err)
	}
	return c.swapped(x)
}

// swapped is x with its last two axes exchanged.
func (c *call) swapped(x *value) (*value, error) {
	perm := make([]int, len(x.dims))
	for i := range perm {
		perm[i] = i
	}
	last := len(perm) - 1
	perm[last-1], perm[last] = last, last-1
	v := viewed(x, perm, c.nodeName()+"_transposed")
	if v.view != nil && !moves(v.view.of.dims, v.view.perm) {
		// The new first axis serves as the batch, where it has one item.
		of, err := c.b.materialise(v.view.of)
		if err != nil {
			return nil, err
		}
		return c.rename("_transposed", of, v.dims, leadingBatch(v.dims))
	}
	return c.b.materialise(v)
}

// gemmBias gives beta C as one value per output, or for all of an output
// of several rows.
func (c *call) gemmBias(outputs, items int) ([]float64, bool, error) {
	beta, err := c.floatAttribute("beta", 1)
	if err != nil {
		return nil, false, err
	}
	given, err := c.input(2)
	if err != nil || given == nil || beta == 0 {
		return nil, false, err
	}
	t, err := c.weights(2)
	if err != nil {
		return nil, false, err
	}
	frame := []int{items, outputs}
	own, err := alignTo(t.dims, frame)
	if err != nil {
		return nil, false, fmt.Errorf("its bias: %w", err)
	}
	whole := own[0] != 1
	if !whole {
		frame[0] = 1
	}
	n, _ := product(frame)
	if err := c.b.budget.spend(n); err != nil {
		return nil, false, err
	}
	bias, from := make([]float64, n), walk(frame, broadcastSteps(own, frame), 0)
	for i := range bias {
		bias[i] = beta * t.at(from(i))
	}
	return bias, whole, nil
}

// matMul is a product of a signal with a constant matrix on either side.
func matMul(c *call) error {
	left, err := c.need(0)
	if err != nil {
		return err
	}
	if left.constant != nil {
		return c.matrixOnLeft()
	}
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	right, err := c.need(1)
	if err != nil {
		return err
	}
	if right.constant == nil {
		return errors.New("it multiplies two signals, which adders cannot; Adder reads products " +
			"with constant weights")
	}
	w, err := c.matMulWeights(1, len(x.dims), true)
	if err != nil {
		return err
	}
	return c.giveDense(x, w, nil)
}

// giveDense gives W x + b over the last axis.
func (c *call) giveDense(x *value, w snn.Matrix, bias []float64) error {
	y, err := c.dense("", x, w, bias)
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// matrixOnLeft is W x: of a vector, or over the last axis but one.
func (c *call) matrixOnLeft() error {
	x, err := c.raw(1)
	if err != nil {
		return err
	}
	w, err := c.matMulWeights(0, len(x.dims), false)
	if err != nil {
		return err
	}
	rank := len(x.dims)
	if rank < 2 {
		if x, err = c.b.materialise(x); err != nil {
			return err
		}
		return c.giveDense(x, w, nil)
	}
	if x, err = c.swapped(x); err != nil {
		return err
	}
	y, err := c.dense("", x, w, nil)
	if err != nil {
		return err
	}
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = i
	}
	perm[rank-2], perm[rank-1] = rank-1, rank-2
	if y, err = c.permuted(y, perm); err != nil {
		return err
	}
	return c.give(0, y)
}

// matMulWeights gives input i as a matrix with one row per output; the
// matrix may have leading axes of 1.
func (c *call) matMulWeights(i, rank int, transposed bool) (snn.Matrix, error) {
	t, err := c.weights(i)
	if err != nil {
		return nil, err
	}
	lead := len(t.dims) - 2
	if lead < 0 || lead > max(rank-2, 0) || slices.ContainsFunc(t.dims[:lead], func(d int) bool {
		return d != 1
	}) {
		return nil, fmt.Errorf(
			"its weights %v are not one matrix; use a matrix of inputs by outputs", t.dims)
	}
	if lead > 0 {
		t = c.b.flatMatrix(t)
	}
	return c.b.matrix(t, transposed, 1)
}

// flatMatrix drops leading axes of 1, once per tensor.
func (b *builder) flatMatrix(t *tensor) *tensor {
	if m, ok := b.flat[t]; ok {
		return m
	}
	m := t.reshaped(t.dims[len(t.dims)-2:])
	b.flat[t] = m
	return m
}

// dense adds W x + b over the last axis of x.
func (c *call) dense(suffix string, x *value, w snn.Matrix, bias []float64) (*value, error) {
	rows, cols := w.Dims()
	last := len(x.dims) - 1
	if rows == 0 || cols == 0 {
		return nil, fmt.Errorf("its weights of %d outputs by %d inputs are empty; export the "+
			"model again", rows, cols)
	}
	if last < 0 || x.dims[last] != cols || x.batch == last {
		return nil, fmt.Errorf("its weights take %d inputs, but the signal %v that reaches it "+
			"has another last axis; export the model again, or put a Flatten before it", cols,
			x.dims)
	}
	dims := slices.Clone(x.dims)
	dims[last] = rows
	return c.append(suffix, &snn.Dense{W: w, Bias: bias}, dims, x.batch, x)
}

// matrix gives a tensor of two axes as a matrix, transposed and scaled.
// float32 data is not copied unless it must be; a transposed copy is made
// once per tensor.
func (b *builder) matrix(t *tensor, transposed bool, scale float64) (snn.Matrix, error) {
	if scale != 1 {
		return b.scaledMatrix(t, transposed, scale)
	}
	if !transposed {
		return matrixOver(t), nil
	}
	if m, ok := b.matrices[t]; ok {
		return m, nil
	}
	if err := b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	m := matrixOver(transposedTensor(t))
	b.matrices[t] = m
	return m, nil
}

func (b *builder) scaledMatrix(t *tensor, transposed bool, scale float64) (snn.Matrix, error) {
	if err := b.budget.spend(2 * t.size()); err != nil {
		return nil, err
	}
	if transposed {
		t = transposedTensor(t)
	}
	data := t.floats()
	for i := range data {
		data[i] *= scale
	}
	if err := finite(data); err != nil {
		return nil, err
	}
	return &snn.Matrix64{Rows: t.dims[0], Cols: t.dims[1], Data: data}, nil
}

func matrixOver(t *tensor) snn.Matrix {
	if t.kind == kindFloat32 {
		return &snn.Matrix32{Rows: t.dims[0], Cols: t.dims[1], Data: t.f32}
	}
	return &snn.Matrix64{Rows: t.dims[0], Cols: t.dims[1], Data: t.converted(kindFloat64).f64}
}

// transposedTensor exchanges two axes, block by block so that both sides
// stay in the cache.
func transposedTensor(t *tensor) *tensor {
	rows, cols := t.dims[0], t.dims[1]
	out := newTensor(t.kind, []int{cols, rows}, t.size())
	switch t.kind {
	case kindFloat32:
		transposeInto(out.f32, t.f32, rows, cols)
	case kindFloat64:
		transposeInto(out.f64, t.f64, rows, cols)
	default:
		transposeInto(out.ints, t.ints, rows, cols)
	}
	return out
}

func transposeInto[T any](dst, src []T, rows, cols int) {
	const block = 32
	for r0 := 0; r0 < rows; r0 += block {
		for c0 := 0; c0 < cols; c0 += block {
			for r := r0; r < min(r0+block, rows); r++ {
				for c := c0; c < min(c0+block, cols); c++ {
					dst[c*rows+r] = src[r*cols+c]
				}
			}
		}
	}
}

// leadingBatch is the batch axis of a shape whose first axis can serve as
// one: of two or more axes, with one item.
func leadingBatch(dims []int) int {
	if len(dims) > 1 && dims[0] == 1 {
		return 0
	}
	return -1
}
