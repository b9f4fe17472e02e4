package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxFolded bounds the elements that one folded node may compute.
const maxFolded = 1 << 29

// fold computes a node whose inputs are all known when the model is read,
// such as the target of a Reshape, and reports whether it did. The shape
// of a signal is known too; its batch is 1.
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
	case "Add", "Sub", "Mul", "Div":
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

// claim checks the extents of a folded result and pays for it.
func (c *call) claim(dims []int) (int, error) {
	n, ok := product(dims)
	if !ok || n > maxFolded || len(dims) > maxRank {
		return 0, fmt.Errorf("the constant %v that it gives is too large; export the model with constants folded", dims)
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

// clampIndex resolves an index that may count from the end or lie outside.
func clampIndex(i int64, n int) int {
	if i < 0 {
		i += int64(n)
	}
	return int(min(max(i, 0), int64(n)))
}

// foldConstant is Constant in the forms that hold numbers.
func foldConstant(c *call, _ []*tensor) (*tensor, error) {
	if a, err := c.attribute("value", attributeTensor); err != nil {
		return nil, err
	} else if a != nil && a.t != nil {
		v, err := c.b.decode(a.t)
		if err != nil {
			return nil, fmt.Errorf("its value: %w", err)
		}
		return v.constant, nil
	}
	return c.inlineConstant()
}

// inlineConstant is a Constant whose numbers are attributes of the node.
func (c *call) inlineConstant() (*tensor, error) {
	single, err := c.attribute("value_float", attributeFloat)
	if err != nil {
		return nil, err
	}
	if single != nil {
		return &tensor{kind: kindFloat32, dims: []int{}, f32: []float32{single.f}}, nil
	}
	if single, err = c.attribute("value_int", attributeInt); err != nil {
		return nil, err
	}
	if single != nil {
		return &tensor{kind: kindInt, dims: []int{}, ints: []int64{single.i}}, nil
	}
	floats, err := c.attribute("value_floats", attributeFloats)
	if err != nil {
		return nil, err
	}
	if floats != nil {
		n, err := countElements(floats.floats, protowire.Fixed32Type)
		if err != nil {
			return nil, err
		}
		t := newTensor(kindFloat32, []int{n}, n)
		t.fillRaw(typeFloat, floats.floats, 0)
		return t, nil
	}
	list, err := c.intsAttribute("value_ints")
	if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("it holds no number (value, value_float, value_int and their lists are read); export the model again")
	}
	return intTensor(list...), nil
}

// foldFill is ConstantOfShape: one value, 0 by default.
func foldFill(c *call, in []*tensor) (*tensor, error) {
	shape, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	value := &tensor{kind: kindFloat32, dims: []int{1}, f32: []float32{0}}
	a, err := c.attribute("value", attributeTensor)
	if err != nil {
		return nil, err
	}
	if a != nil && a.t != nil {
		if value, err = a.t.decode(c.b.ext); err != nil {
			return nil, fmt.Errorf("its value: %w", err)
		}
	}
	dims, err := extents(shape)
	if err != nil {
		return nil, err
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	if value.size() != 1 {
		return nil, fmt.Errorf("its value has %d elements, not 1; export the model again", value.size())
	}
	return value.take(dims, n, func(int) int { return 0 }), nil
}

// extents reads a shape held in a constant.
func extents(t *tensor) ([]int, error) {
	if t.kind != kindInt || len(t.dims) > 1 || t.size() > maxRank {
		return nil, errors.New("its shape is not a short list of integers; export the model again")
	}
	dims := make([]int, t.size())
	for i, d := range t.ints {
		if d < 0 || d > maxModelBytes {
			return nil, fmt.Errorf("its shape %v is impossible; export the model again", t.ints)
		}
		dims[i] = int(d)
	}
	return dims, nil
}

func foldIdentity(_ *call, in []*tensor) (*tensor, error) { return operand(in, 0) }

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

// foldConcat joins constants along an axis.
func foldConcat(c *call, in []*tensor) (*tensor, error) {
	first, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	given, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	axis, err := axisIn(given, len(first.dims))
	if err != nil {
		return nil, err
	}
	dims := slices.Clone(first.dims)
	dims[axis] = 0
	for i := range in {
		t, err := operand(in, i)
		if err != nil {
			return nil, err
		}
		if !joins(t, first, axis) {
			return nil, fmt.Errorf("it joins constants that do not fit, %v and %v; export the model again", first.dims, t.dims)
		}
		dims[axis] += t.dims[axis]
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	return concat(in, dims, axis, n), nil
}

func joins(t, first *tensor, axis int) bool {
	if t.kind != first.kind || len(t.dims) != len(first.dims) {
		return false
	}
	for i, d := range t.dims {
		if i != axis && d != first.dims[i] {
			return false
		}
	}
	return true
}

func concat(in []*tensor, dims []int, axis, n int) *tensor {
	out := newTensor(in[0].kind, dims, n)
	outer, _ := product(dims[:axis])
	at := 0
	for o := range outer {
		for _, t := range in {
			part, _ := product(t.dims[axis:])
			switch t.kind {
			case kindFloat32:
				copy(out.f32[at:], t.f32[o*part:(o+1)*part])
			case kindFloat64:
				copy(out.f64[at:], t.f64[o*part:(o+1)*part])
			default:
				copy(out.ints[at:], t.ints[o*part:(o+1)*part])
			}
			at += part
		}
	}
	return out
}

// foldGather picks slices of a constant along an axis.
func foldGather(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	index, err := operand(in, 1)
	if err != nil {
		return nil, err
	}
	given, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	axis, err := axisIn(given, len(t.dims))
	if err != nil {
		return nil, err
	}
	if index.kind != kindInt {
		return nil, errors.New("its indices are not integers; export the model again")
	}
	picks := make([]int, index.size())
	for i, v := range index.ints {
		if picks[i], err = axisIn(v, t.dims[axis]); err != nil {
			return nil, fmt.Errorf("index %d is outside axis %d of %v; export the model again", v, axis, t.dims)
		}
	}
	dims := slices.Concat(t.dims[:axis], index.dims, t.dims[axis+1:])
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	inner, _ := product(t.dims[axis+1:])
	return t.take(dims, n, func(i int) int {
		row := i / inner
		outer := row / len(picks)
		return (outer*t.dims[axis]+picks[row%len(picks)])*inner + i%inner
	}), nil
}

// foldSlice cuts a range with a step out of some axes.
func foldSlice(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	ranges, err := c.sliceRanges(len(t.dims))
	if err != nil {
		return nil, err
	}
	own := strides(t.dims)
	dims, steps, start := slices.Clone(t.dims), slices.Clone(own), 0
	for _, r := range ranges {
		first, count := r.resolve(t.dims[r.axis])
		dims[r.axis] = count
		steps[r.axis] = own[r.axis] * int(r.step)
		start += own[r.axis] * first
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	return t.take(dims, n, walk(dims, steps, start)), nil
}

// sliceRange is a range along one axis.
type sliceRange struct {
	axis              int
	start, stop, step int64
}

// sliceRanges reads the ranges, attributes before operator set 10 and
// inputs since.
func (c *call) sliceRanges(rank int) ([]sliceRange, error) {
	var lists [4][]int64
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		var err error
		if lists[i], err = c.integerList(name, i+1); err != nil {
			return nil, err
		}
	}
	starts, ends, axes, steps := lists[0], lists[1], lists[2], lists[3]
	if axes == nil {
		for i := range starts {
			axes = append(axes, int64(i))
		}
	}
	if steps == nil {
		steps = slices.Repeat([]int64{1}, len(starts))
	}
	if starts == nil || len(ends) != len(starts) || len(axes) != len(starts) || len(steps) != len(starts) {
		return nil, errors.New("its starts, ends, axes and steps differ in length; export the model again")
	}
	if _, err := axesIn(axes, rank); err != nil {
		return nil, err
	}
	out := make([]sliceRange, len(starts))
	for i := range out {
		axis, _ := axisIn(axes[i], rank)
		if steps[i] == 0 || steps[i] > math.MaxInt32 || steps[i] < -math.MaxInt32 {
			return nil, fmt.Errorf("it steps by %d; export the model again", steps[i])
		}
		out[i] = sliceRange{axis: axis, start: starts[i], stop: ends[i], step: steps[i]}
	}
	return out, nil
}

// resolve clamps the range to an axis of n elements.
func (r sliceRange) resolve(n int) (first, count int) {
	if n == 0 {
		return 0, 0
	}
	from, to := r.start, r.stop
	if from < 0 {
		from += int64(n)
	}
	if to < 0 {
		to += int64(n)
	}
	if r.step > 0 {
		from, to = min(max(from, 0), int64(n)), min(max(to, 0), int64(n))
		return int(from), int(max((to-from+r.step-1)/r.step, 0))
	}
	from, to = min(max(from, 0), int64(n-1)), min(max(to, -1), int64(n-1))
	return int(from), int(max((to-from+r.step+1)/r.step, 0))
}

// foldExpand repeats a constant to larger extents.
func foldExpand(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	shape, err := operand(in, 1)
	if err != nil {
		return nil, err
	}
	target, err := extents(shape)
	if err != nil {
		return nil, err
	}
	dims, ok := broadcast(t.dims, target)
	if !ok {
		return nil, fmt.Errorf("it expands %v to %v, which does not fit; export the model again", t.dims, target)
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	return t.take(dims, n, walk(dims, broadcastSteps(t.dims, dims), 0)), nil
}
