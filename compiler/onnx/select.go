package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// sliceSignal is Slice of a signal.
func sliceSignal(c *call) error {
	x, err := c.loose(0)
	if err != nil {
		return err
	}
	ranges, err := c.sliceRanges(len(x.dims))
	if err != nil {
		return err
	}
	own := strides(x.dims)
	dims, steps, start := slices.Clone(x.dims), slices.Clone(own), 0
	for _, r := range ranges {
		axis := c.axisOf(r.axis)
		first, count := r.resolve(x.dims[axis])
		if axis == x.batch && (count != 1 || !r.whole(c.b.fixedBatch)) {
			return fmt.Errorf("it cuts the batch; Adder runs one sample at a time")
		}
		dims[axis] = count
		steps[axis] = own[axis] * int(r.step)
		start += own[axis] * first
	}
	return c.giveTaken(0, "", x, dims, x.batch, walk(dims, steps, start))
}

// giveTaken gives a Gather as output i.
func (c *call) giveTaken(i int, suffix string, x *value, dims []int, batch int,
	from func(int) int) error {
	y, err := c.take(suffix, x, dims, batch, from)
	if err != nil {
		return err
	}
	return c.give(i, y)
}

// gatherSignal is Gather of a signal by constant indices.
func gatherSignal(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	index, err := c.constant(1)
	if err != nil {
		return err
	}
	if index == nil {
		return errNoInput
	}
	picks, axis, err := c.picks(index, x.dims)
	if err != nil {
		return err
	}
	if axis == x.batch && c.b.fixedBatch > 1 {
		return errors.New("it picks samples of a batch; export the model with a batch of 1")
	}
	dims := slices.Concat(x.dims[:axis], index.dims, x.dims[axis+1:])
	if len(dims) > maxRank {
		return fmt.Errorf("its output has %d axes, more than the %d that Adder reads", len(dims),
			maxRank)
	}
	return c.giveTaken(0, "", x, dims, gatheredBatch(x, axis, index), picked(picks, x.dims, axis))
}

// gatheredBatch is the batch axis after a Gather.
func gatheredBatch(x *value, axis int, index *tensor) int {
	switch {
	case x.batch < 0 || axis > x.batch ||
		axis == x.batch && len(index.dims) == 1 && index.size() == 1:
		return x.batch
	case axis == x.batch:
		return -1
	default:
		return x.batch - 1 + len(index.dims)
	}
}

// split gives ranges of a signal or a constant along an axis.
func split(c *call) error {
	v, err := c.need(0)
	if err != nil {
		return err
	}
	seen := v.dims
	if v.constant != nil {
		seen = v.constant.dims
	}
	given, err := c.intAttribute("axis", 0)
	if err != nil {
		return err
	}
	axis, err := axisIn(given, len(seen))
	if err != nil {
		return err
	}
	sizes, err := c.splitSizes(seen[axis])
	if err != nil {
		return err
	}
	if v.constant != nil {
		return c.splitConstant(v.constant, axis, sizes)
	}
	if v.batch == axis {
		return errors.New("it splits the batch; Adder runs one sample at a time")
	}
	x, err := c.loose(0)
	if err != nil {
		return err
	}
	return c.splitSignal(x, c.axisOf(axis), sizes)
}

func (c *call) splitSignal(x *value, axis int, sizes []int) error {
	own, first := strides(x.dims), 0
	for i, size := range sizes {
		start := own[axis] * first
		first += size
		if i >= len(c.node.outputs) || c.b.uses[c.node.outputs[i]] == 0 {
			continue
		}
		dims := slices.Clone(x.dims)
		dims[axis] = size
		if err := c.giveTaken(i, fmt.Sprintf("_part%d", i), x, dims, x.batch,
			walk(dims, own, start)); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) splitConstant(t *tensor, axis int, sizes []int) error {
	own, first := strides(t.dims), 0
	for i, size := range sizes {
		start := own[axis] * first
		first += size
		dims := slices.Clone(t.dims)
		dims[axis] = size
		n, err := c.claim(dims)
		if err != nil {
			return err
		}
		if err := c.give(i, &value{constant: t.take(dims, n, walk(dims, own, start))}); err != nil {
			return err
		}
	}
	return nil
}

// splitSizes gives the extents of the pieces of an axis of n: the list that
// the node has, or equal ones, of which the last may be smaller.
func (c *call) splitSizes(n int) ([]int, error) {
	list, err := c.integerList("split", 1)
	if err != nil {
		return nil, err
	}
	pieces := len(c.node.outputs)
	if list == nil {
		each := (n + pieces - 1) / pieces
		for left := n; len(list) < pieces; left -= each {
			list = append(list, int64(min(max(left, 0), each)))
		}
	}
	total, sizes := 0, make([]int, len(list))
	for i, size := range list {
		if size < 0 || size > int64(n) {
			return nil, fmt.Errorf("it splits an axis of %d into %v; export the model again", n,
				list)
		}
		sizes[i] = int(size)
		total += sizes[i]
	}
	if total != n || len(sizes) != pieces {
		return nil, fmt.Errorf(
			"it splits an axis of %d into %v for %d outputs; export the model again", n, list,
			pieces)
	}
	return sizes, nil
}

// expand repeats axes of 1 of a signal.
func expand(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	shape, err := c.constant(1)
	if err != nil {
		return err
	}
	if shape == nil {
		return errNoInput
	}
	target, err := extents(shape)
	if err != nil {
		return err
	}
	if x, err = c.grown(x, len(target)); err != nil {
		return err
	}
	if at := len(target) - len(x.dims) + x.batch; x.batch >= 0 && at >= 0 &&
		target[at] == c.b.fixedBatch {
		target[at] = 1
	}
	dims, ok := broadcast(x.dims, target)
	if !ok {
		return fmt.Errorf("it expands %v to %v, which does not fit; export the model again", x.dims,
			target)
	}
	y, err := c.repeated("", x, dims, x.batch)
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// tile repeats a signal along its axes.
func tile(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	t, err := c.constant(1)
	if err != nil {
		return err
	}
	if t == nil || t.kind != kindInt || t.size() != len(x.dims) {
		return fmt.Errorf("its repeats are not one integer for each of the %d axes; export the "+
			"model again", len(x.dims))
	}
	dims := slices.Clone(x.dims)
	for i, n := range t.ints {
		if n < 1 || n > maxSignal || i == x.batch && n != 1 {
			return fmt.Errorf("it repeats axis %d of %v %d times; export the model again", i,
				x.dims, n)
		}
		dims[i] *= int(n)
	}
	if err := checkSignal(dims); err != nil {
		return err
	}
	own := strides(x.dims)
	return c.giveTaken(0, "", x, dims, x.batch, func(i int) int {
		from := 0
		for a := len(dims) - 1; a >= 0; a-- {
			from += i % dims[a] % x.dims[a] * own[a]
			i /= dims[a]
		}
		return from
	})
}
