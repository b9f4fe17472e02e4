package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// flatten joins the axes before and from axis on.
func flatten(c *call) error {
	return c.reshapeSignal(func(dims []int) ([]int, error) { return c.flatDims(dims) })
}

func (c *call) flatDims(dims []int) ([]int, error) {
	given, err := c.intAttribute("axis", 1)
	if err != nil {
		return nil, err
	}
	axis := len(dims)
	if given != int64(len(dims)) {
		if axis, err = axisIn(given, len(dims)); err != nil {
			return nil, err
		}
	}
	before, ok := product(dims[:axis])
	after, ok2 := product(dims[axis:])
	if !ok || !ok2 {
		return nil, fmt.Errorf("its input %v is larger than a model can hold", dims)
	}
	return []int{before, after}, nil
}

// reshapeSignal gives the signal new extents of the same product.
func (c *call) reshapeSignal(target func([]int) ([]int, error)) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	dims, err := target(x.dims)
	if err != nil {
		return err
	}
	y, err := c.rename("", x, dims, leadingBatch(dims))
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// reshape takes its extents from a constant.
func reshape(c *call) error {
	return c.reshapeSignal(func(dims []int) ([]int, error) {
		target, err := c.reshapeTarget()
		if err != nil {
			return nil, err
		}
		if len(target) > 1 && c.b.fixedBatch > 1 && target[0] == int64(c.b.fixedBatch) {
			target = slices.Clone(target)
			target[0] = 1
		}
		return c.resolve(target, dims)
	})
}

func (c *call) reshapeTarget() ([]int64, error) {
	t, err := c.constant(1)
	if err != nil {
		return nil, err
	}
	if t == nil || t.kind != kindInt || len(t.dims) != 1 {
		return nil, errors.New("its target shape is not a list of integers; export the model again")
	}
	return t.ints, nil
}

// resolve replaces 0 (keep the axis) and -1 (what is left) in a target
// shape and compares the sizes.
func (c *call) resolve(target []int64, dims []int) ([]int, error) {
	allowZero, err := c.intAttribute("allowzero", 0)
	if err != nil {
		return nil, err
	}
	if len(target) > maxRank {
		return nil, fmt.Errorf("its target has %d axes, more than the %d that Adder reads", len(target), maxRank)
	}
	total, _ := product(dims)
	out := make([]int, len(target))
	free := -1
	for i, d := range target {
		switch {
		case d == -1 && free < 0:
			free, out[i] = i, 1
		case d == 0 && allowZero == 0 && i < len(dims):
			out[i] = dims[i]
		case d < 0 || d > maxModelBytes:
			return nil, fmt.Errorf("its target %v is not a shape; export the model again", target)
		default:
			out[i] = int(d)
		}
	}
	known, ok := product(out)
	if ok && free >= 0 && known > 0 {
		out[free] = total / known
		known *= out[free]
	}
	if !ok || known != total {
		return nil, fmt.Errorf("it reshapes %v to %v, which has not as many elements%s; export the model again", dims, target, c.b.batchHint())
	}
	return out, nil
}

// batchHint reminds of an interpretation that may be why sizes disagree.
func (b *builder) batchHint() string {
	if b.fixedBatch == 0 {
		return ""
	}
	return fmt.Sprintf(" (the input's first axis of %d was taken as the batch)", b.fixedBatch)
}

// squeeze drops axes of 1.
func squeeze(c *call) error {
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return err
	}
	return c.renumber(func(x *value) ([]int, error) { return squeezedAxes(x.dims, axes) })
}

// squeezedAxes lists the axes that stay.
func squeezedAxes(dims []int, axes []int64) ([]int, error) {
	marks, err := axesIn(axes, len(dims))
	if err != nil {
		return nil, err
	}
	var stay []int
	for i, d := range dims {
		drop := marks[i] || axes == nil && d == 1
		if drop && d != 1 {
			return nil, fmt.Errorf("it drops axis %d of %v, which is not 1; export the model again", i, dims)
		}
		if !drop {
			stay = append(stay, i)
		}
	}
	return stay, nil
}

// unsqueeze inserts axes of 1.
func unsqueeze(c *call) error {
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return err
	}
	return c.renumber(func(x *value) ([]int, error) { return unsqueezedAxes(len(x.dims), axes) })
}

// unsqueezedAxes lists, for each axis of the result, the axis of the input
// or -1 for a new one.
func unsqueezedAxes(rank int, axes []int64) ([]int, error) {
	if axes == nil {
		return nil, errors.New("it names no axes; export the model again")
	}
	if rank+len(axes) > maxRank {
		return nil, fmt.Errorf("its output has %d axes, more than the %d that Adder reads", rank+len(axes), maxRank)
	}
	marks, err := axesIn(axes, rank+len(axes))
	if err != nil {
		return nil, err
	}
	out := make([]int, len(marks))
	next := 0
	for i, marked := range marks {
		out[i] = -1
		if !marked {
			out[i] = next
			next++
		}
	}
	return out, nil
}

// transpose reads permutations that move axes of 1 only: no element moves.
func transpose(c *call) error {
	return c.renumber(func(x *value) ([]int, error) {
		perm, err := c.permutation(len(x.dims))
		if err != nil {
			return nil, err
		}
		last := -1
		for _, axis := range perm {
			if x.dims[axis] == 1 {
				continue
			}
			if axis < last {
				return nil, fmt.Errorf("it moves the elements of %v by the permutation %v; Adder reads signals channels first: export the model so (N, C, H, W)", x.dims, perm)
			}
			last = axis
		}
		return perm, nil
	})
}

// permutation gives perm, by default the reversal of the axes.
func (c *call) permutation(rank int) ([]int, error) {
	list, err := c.intsAttribute("perm")
	if err != nil {
		return nil, err
	}
	if list == nil {
		for i := range rank {
			list = append(list, int64(rank-1-i))
		}
	}
	if len(list) != rank {
		return nil, fmt.Errorf("its perm %v does not fit %d axes; export the model again", list, rank)
	}
	if _, err := axesIn(list, rank); err != nil {
		return nil, err
	}
	out := make([]int, rank)
	for i, a := range list {
		out[i], _ = axisIn(a, rank)
	}
	return out, nil
}

// renumber gives the signal new axes: source lists the old axis of each,
// or -1 for a new axis of 1. No element moves. The batch axis goes along.
func (c *call) renumber(source func(*value) ([]int, error)) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	from, err := source(x)
	if err != nil {
		return err
	}
	dims, batch := make([]int, len(from)), -1
	for i, axis := range from {
		dims[i] = 1
		if axis >= 0 {
			dims[i] = x.dims[axis]
		}
		if axis >= 0 && axis == x.batch {
			batch = i
		}
	}
	if batch < 0 {
		batch = leadingBatch(dims)
	}
	y, err := c.rename("", x, dims, batch)
	if err != nil {
		return err
	}
	return c.give(0, y)
}
