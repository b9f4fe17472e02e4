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
	dims, err := c.perSample(x, target)
	if err != nil {
		return err
	}
	y, err := c.rename("", x, dims, leadingBatch(dims))
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// perSample gives the extents of a reshaped signal without the batch. Where the model fixes a batch
// the new extents must keep the first axis, which counts its samples.
func (c *call) perSample(x *value, target func([]int) ([]int, error)) ([]int, error) {
	batch := c.b.fixedBatch
	if batch <= 1 {
		return target(x.dims)
	}
	if x.batch > 0 || len(x.dims) == 0 {
		return nil, fmt.Errorf("it reshapes %v, whose batch is not the first axis; export the "+
			"model with a batch of 1", x.dims)
	}
	full := slices.Clone(x.dims)
	full[0] *= batch
	dims, err := target(full)
	if err != nil {
		return nil, err
	}
	if len(dims) == 0 || dims[0]%batch != 0 {
		return nil, fmt.Errorf("it reshapes %v to %v, which mixes the samples of a batch; export "+
			"the model with a batch of 1", full, dims)
	}
	dims[0] /= batch
	return dims, nil
}

// reshape takes its extents from a constant.
func reshape(c *call) error {
	return c.reshapeSignal(func(dims []int) ([]int, error) {
		target, err := c.reshapeTarget()
		if err != nil {
			return nil, err
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
		return nil, fmt.Errorf("its target has %d axes, more than the %d that Adder reads",
			len(target), maxRank)
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
		return nil, fmt.Errorf("it reshapes %v to %v, which has not as many elements; export the "+
			"model again", dims, target)
	}
	return out, nil
}

// squeeze drops axes of 1.
func squeeze(c *call) error {
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return err
	}
	return c.renumber(func(x *value) ([]int, error) {
		if x.batch >= 0 && c.b.fixedBatch > 1 {
			return c.squeezedInBatch(x, axes)
		}
		return squeezedAxes(x.dims, axes)
	})
}

// squeezedInBatch lists the axes that are kept if the batch is larger than 1.
func (c *call) squeezedInBatch(x *value, axes []int64) ([]int, error) {
	full := slices.Clone(x.dims)
	full[x.batch] = c.b.fixedBatch
	return squeezedAxes(full, axes)
}

// squeezedAxes lists the axes that are kept.
func squeezedAxes(dims []int, axes []int64) ([]int, error) {
	marks, err := axesIn(axes, len(dims))
	if err != nil {
		return nil, err
	}
	var stay []int
	for i, d := range dims {
		drop := marks[i] || axes == nil && d == 1
		if drop && d != 1 {
			return nil, fmt.Errorf("it drops axis %d of %v, which is not 1; export the model again",
				i, dims)
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
		return nil, fmt.Errorf("its output has %d axes, more than the %d that Adder reads",
			rank+len(axes), maxRank)
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

// transpose moves axes: the elements where it must, later (view).
func transpose(c *call) error {
	x, err := c.raw(0)
	if err != nil {
		return err
	}
	perm, err := c.permutation(len(x.dims))
	if err != nil {
		return err
	}
	y, err := c.permuted(x, perm)
	if err != nil {
		return err
	}
	y.fresh = y.fresh && c.exclusive(0, x)
	return c.give(0, y)
}

// permuted is x with its axes permuted: renamed where no element moves.
func (c *call) permuted(x *value, perm []int) (*value, error) {
	y := viewed(x, perm, c.nodeName())
	if y.view == nil || moves(y.view.of.dims, y.view.perm) {
		return y, nil
	}
	of, err := c.b.materialise(y.view.of)
	if err != nil {
		return nil, err
	}
	return c.renumbered(of, y.view.perm)
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
		return nil, fmt.Errorf("its perm %v does not fit %d axes; export the model again", list,
			rank)
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
	y, err := c.renumbered(x, from)
	if err != nil {
		return err
	}
	return c.give(0, y)
}

func (c *call) renumbered(x *value, from []int) (*value, error) {
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
	return c.rename("", x, dims, batch)
}
