package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

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
			return nil, fmt.Errorf("it joins constants that do not fit, %v and %v; export the "+
				"model again", first.dims, t.dims)
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
	picks, axis, err := c.picks(index, t.dims)
	if err != nil {
		return nil, err
	}
	dims := slices.Concat(t.dims[:axis], index.dims, t.dims[axis+1:])
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	return t.take(dims, n, picked(picks, t.dims, axis)), nil
}

// picks gives the positions along an axis of dims that the indices of a
// Gather name, and the axis.
func (c *call) picks(index *tensor, dims []int) ([]int, int, error) {
	given, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, 0, err
	}
	axis, err := axisIn(given, len(dims))
	if err != nil {
		return nil, 0, err
	}
	if index.kind != kindInt {
		return nil, 0, errors.New("its indices are not integers; export the model again")
	}
	picks := make([]int, index.size())
	for i, v := range index.ints {
		if picks[i], err = axisIn(v, dims[axis]); err != nil {
			return nil, 0, fmt.Errorf("index %d is outside axis %d of %v; export the model again",
				v, axis, dims)
		}
	}
	return picks, axis, nil
}

// picked gives, for the elements of what a Gather gives in turn, the
// element of its input.
func picked(picks, dims []int, axis int) func(int) int {
	inner, _ := product(dims[axis+1:])
	return func(i int) int {
		row := i / inner
		outer := row / len(picks)
		return (outer*dims[axis]+picks[row%len(picks)])*inner + i%inner
	}
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
	if starts == nil || len(ends) != len(starts) || len(axes) != len(starts) ||
		len(steps) != len(starts) {
		return nil, errors.New("its starts, ends, axes and steps differ in length; export the " +
			"model again")
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

// whole reports whether the range keeps all of a batch of n, where the
// model fixes one.
func (r sliceRange) whole(n int) bool {
	if n <= 1 {
		return true
	}
	_, count := r.resolve(n)
	return count == n && r.step == 1
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
		return nil, fmt.Errorf("it expands %v to %v, which does not fit; export the model again",
			t.dims, target)
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	return t.take(dims, n, walk(dims, broadcastSteps(t.dims, dims), 0)), nil
}
