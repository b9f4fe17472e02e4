package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// maxFolded bounds the elements that one folded node may compute.
const maxFolded = 1 << 29

// fold computes a node whose inputs are all known when the model is read,
// such as the target of a Reshape, and reports whether it did. The shape
// of a signal is known too; its batch is 1 where the model does not fix it.
func (c *call) fold() (bool, error) {
	if c.node.op == "Shape" || c.node.op == "Size" {
		return true, c.foldShape()
	}
	run := folder(c.node.op)
	if run == nil {
		return false, nil
	}
	in := make([]*tensor, len(c.node.inputs))
	for i := range in {
		v, err := c.input(i)
		if err != nil {
			return false, err
		}
		if v == nil {
			continue
		}
		if v.constant == nil {
			return false, nil
		}
		in[i] = v.constant
	}
	t, err := run(c, in)
	if err != nil {
		return false, err
	}
	return true, c.giveConstant(t)
}

// folder gives the computation of an operator on constants, nil where it
// has none.
func folder(op string) func(*call, []*tensor) (*tensor, error) {
	switch op {
	case "Constant":
		return foldConstant
	case "ConstantOfShape":
		return foldFill
	case "Identity", "Dropout":
		return foldIdentity
	case "Cast":
		return foldCast
	case "CastLike":
		return foldCastLike
	case "DequantizeLinear":
		return foldDequantize
	case "QuantizeLinear":
		return foldQuantize
	case "Reshape", "Flatten", "Squeeze", "Unsqueeze":
		return foldReshape
	case "Transpose":
		return foldTranspose
	case "Concat":
		return foldConcat
	case "Gather":
		return foldGather
	case "Slice":
		return foldSlice
	case "Expand":
		return foldExpand
	case "Add", "Sub", "Mul", "Div", "Max", "Min":
		return foldArithmetic
	case "Neg", "Sqrt", "Reciprocal":
		return foldUnary
	default:
		return nil
	}
}

var errNoInput = errors.New("an input is missing; export the model again")

// operand gives input i of a folded node.
func operand(in []*tensor, i int) (*tensor, error) {
	if i >= len(in) || in[i] == nil {
		return nil, errNoInput
	}
	return in[i], nil
}

// claim checks the extents of a folded result and subtracts its size from the budget.
func (c *call) claim(dims []int) (int, error) {
	n, ok := product(dims)
	if !ok || n > maxFolded || len(dims) > maxRank {
		return 0, fmt.Errorf("the constant %v that it gives is too large; export the model with "+
			"constants folded", dims)
	}
	return n, c.b.budget.spend(n)
}

func (c *call) foldShape() error {
	v, err := c.need(0)
	if err != nil {
		return err
	}
	dims := v.dims
	if v.constant != nil {
		dims = v.constant.dims
	} else if v.batch >= 0 && c.b.fixedBatch > 1 {
		dims = slices.Clone(dims)
		dims[v.batch] = c.b.fixedBatch
	}
	if c.node.op == "Size" {
		n, _ := product(dims)
		return c.giveConstant(&tensor{kind: kindInt, dims: []int{}, ints: []int64{int64(n)}})
	}
	first, err := c.intAttribute("start", 0)
	if err != nil {
		return err
	}
	last, err := c.intAttribute("end", int64(len(dims)))
	if err != nil {
		return err
	}
	from, to := clampIndex(first, len(dims)), clampIndex(last, len(dims))
	sizes := []int64{}
	for i := from; i < to; i++ {
		sizes = append(sizes, int64(dims[i]))
	}
	return c.giveConstant(intTensor(sizes...))
}

// clampIndex resolves an index that may count from the end or be out of range.
func clampIndex(i int64, n int) int {
	if i < 0 {
		i += int64(n)
	}
	return int(min(max(i, 0), int64(n)))
}

func foldIdentity(c *call, in []*tensor) (*tensor, error) {
	if c.node.op == "Dropout" {
		if err := c.checkDropout(); err != nil {
			return nil, err
		}
	}
	return operand(in, 0)
}

func foldCast(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	to, err := c.intAttribute("to", typeFloat)
	if err != nil {
		return nil, err
	}
	et, err := elementTypeOf(to)
	if err != nil {
		return nil, err
	}
	if et.kind == t.kind {
		return t, nil
	}
	if err := c.b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	return t.converted(et.kind), nil
}

func foldCastLike(_ *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	like, err := operand(in, 1)
	if err != nil {
		return nil, err
	}
	return t.converted(like.kind), nil
}

// foldReshape gives a constant other extents without copying it.
func foldReshape(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	dims, err := c.reshapedDims(t)
	if err != nil {
		return nil, err
	}
	return t.reshaped(dims), nil
}

func (c *call) reshapedDims(t *tensor) ([]int, error) {
	switch c.node.op {
	case "Flatten":
		return c.flatDims(t.dims)
	case "Reshape":
		target, err := c.reshapeTarget()
		if err != nil {
			return nil, err
		}
		return c.resolve(target, t.dims)
	}
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return nil, err
	}
	var from []int
	if c.node.op == "Squeeze" {
		from, err = squeezedAxes(t.dims, axes)
	} else {
		from, err = unsqueezedAxes(len(t.dims), axes)
	}
	dims := make([]int, len(from))
	for i, axis := range from {
		dims[i] = 1
		if axis >= 0 {
			dims[i] = t.dims[axis]
		}
	}
	return dims, err
}

func foldTranspose(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	perm, err := c.permutation(len(t.dims))
	if err != nil {
		return nil, err
	}
	n, err := c.claim(t.dims)
	if err != nil {
		return nil, err
	}
	if slices.Equal(perm, []int{1, 0}) {
		return transposedTensor(t), nil
	}
	own := strides(t.dims)
	dims, steps := make([]int, len(perm)), make([]int, len(perm))
	for i, axis := range perm {
		dims[i], steps[i] = t.dims[axis], own[axis]
	}
	return t.take(dims, n, walk(dims, steps, 0)), nil
}
