package onnx

import (
	"errors"
	"fmt"
	"slices"

	"adder/snn"
)

// concatSignals is Concat where at least one input is a signal: each is put
// into its place in a frame of zeros, and they meet in a sum. Constants are
// added there.
func concatSignals(c *call) error {
	parts, err := c.concatParts()
	if err != nil {
		return err
	}
	given, err := c.intAttribute("axis", 1)
	if err != nil {
		return err
	}
	first := parts[0]
	axis, err := axisIn(given, len(first.dims))
	if err != nil {
		return err
	}
	dims, offsets, err := joined(parts, axis)
	if err != nil {
		return err
	}
	return c.join(parts, dims, axis, offsets)
}

// part is an input of a Concat with the extents that the graph sees.
type part struct {
	signal   *value
	constant *tensor
	dims     []int
}

func (c *call) concatParts() ([]part, error) {
	parts := make([]part, len(c.node.inputs))
	for i := range parts {
		v, err := c.need(i)
		if err != nil {
			return nil, err
		}
		if v.constant != nil {
			if err := c.checkFinite(i, v.constant); err != nil {
				return nil, err
			}
			parts[i] = part{constant: v.constant, dims: v.constant.dims}
			continue
		}
		if v, err = c.raw(i); err != nil {
			return nil, err
		}
		parts[i] = part{signal: v, dims: v.dims}
	}
	return parts, nil
}

// joined gives the extents of what a Concat gives and where each part
// begins.
func joined(parts []part, axis int) (dims, offsets []int, err error) {
	dims = slices.Clone(parts[0].dims)
	dims[axis] = 0
	for _, p := range parts {
		fits := len(p.dims) == len(dims)
		for i := range dims {
			fits = fits && (i == axis || p.dims[i] == dims[i])
		}
		if !fits {
			return nil, nil, fmt.Errorf("it joins %v and %v, which do not fit; export the model again", parts[0].dims, p.dims)
		}
		if p.signal != nil && p.signal.batch == axis {
			return nil, nil, fmt.Errorf("it joins signals along the batch; Adder runs one sample at a time")
		}
		offsets = append(offsets, dims[axis])
		dims[axis] += p.dims[axis]
	}
	return dims, offsets, checkSignal(dims)
}

// join puts the parts into their places.
func (c *call) join(parts []part, dims []int, axis int, offsets []int) error {
	var signals []*value
	for _, p := range parts {
		if p.signal != nil {
			signals = append(signals, p.signal)
		}
	}
	signals, err := c.looseAll(signals)
	if err != nil {
		return err
	}
	shift, err := c.constantParts(parts, dims, axis, offsets)
	if err != nil {
		return err
	}
	own := dims
	if c.perm != nil {
		back := inversePermutation(c.perm)
		own = make([]int, len(dims))
		for i, a := range back {
			own[i] = dims[a]
		}
	}
	next := 0
	for i, p := range parts {
		if p.signal == nil {
			continue
		}
		from := placed(signals[next].dims, own, c.axisOf(axis), offsets[i])
		if signals[next], err = c.take(fmt.Sprintf("_part%d", i), signals[next], own, signals[next].batch, from); err != nil {
			return err
		}
		next++
	}
	out := signals[0]
	if len(signals) > 1 {
		if out, err = c.meet(signals); err != nil {
			return err
		}
	}
	if shift != nil {
		if out, err = c.append("_constant", &snn.Scale{Factor: []float64{1}, Shift: shift}, out.dims, out.batch, out); err != nil {
			return err
		}
	}
	return c.give(0, out)
}

// constantParts gives the constants of a Concat in their places, in the
// order of axes of the signals; nil where there are none.
func (c *call) constantParts(parts []part, dims []int, axis int, offsets []int) ([]float64, error) {
	if !slices.ContainsFunc(parts, func(p part) bool { return p.constant != nil }) {
		return nil, nil
	}
	n, _ := product(dims)
	if err := c.b.budget.spend(2 * n); err != nil {
		return nil, err
	}
	all := &tensor{kind: kindFloat64, dims: dims, f64: make([]float64, n)}
	for k, p := range parts {
		if p.constant == nil {
			continue
		}
		from := placed(p.dims, dims, axis, offsets[k])
		for i := range n {
			if j := from(i); j >= 0 {
				all.f64[i] = p.constant.at(j)
			}
		}
	}
	if c.perm == nil {
		return all.f64, nil
	}
	back := inversePermutation(c.perm)
	from := strides(dims)
	turned, steps := make([]int, len(dims)), make([]int, len(dims))
	for i, a := range back {
		turned[i], steps[i] = dims[a], from[a]
	}
	return all.take(turned, n, walk(turned, steps, 0)).f64, nil
}

// placed gives, for the elements of a frame in turn, the element of a part
// that begins at an offset along an axis, -1 outside it.
func placed(part, frame []int, axis, offset int) func(int) int {
	inner, _ := product(frame[axis+1:])
	return func(i int) int {
		at := i/inner%frame[axis] - offset
		if at < 0 || at >= part[axis] {
			return -1
		}
		return (i/inner/frame[axis]*part[axis]+at)*inner + i%inner
	}
}

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
func (c *call) giveTaken(i int, suffix string, x *value, dims []int, batch int, from func(int) int) error {
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
		return fmt.Errorf("its output has %d axes, more than the %d that Adder reads", len(dims), maxRank)
	}
	return c.giveTaken(0, "", x, dims, gatheredBatch(x, axis, index), picked(picks, x.dims, axis))
}

// gatheredBatch is where the batch axis is after a Gather.
func gatheredBatch(x *value, axis int, index *tensor) int {
	switch {
	case x.batch < 0 || axis > x.batch || axis == x.batch && len(index.dims) == 1 && index.size() == 1:
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
		if err := c.giveTaken(i, fmt.Sprintf("_part%d", i), x, dims, x.batch, walk(dims, own, start)); err != nil {
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
			return nil, fmt.Errorf("it splits an axis of %d into %v; export the model again", n, list)
		}
		sizes[i] = int(size)
		total += sizes[i]
	}
	if total != n || len(sizes) != pieces {
		return nil, fmt.Errorf("it splits an axis of %d into %v for %d outputs; export the model again", n, list, pieces)
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
	if at := len(target) - len(x.dims) + x.batch; x.batch >= 0 && at >= 0 && target[at] == c.b.fixedBatch {
		target[at] = 1
	}
	dims, ok := broadcast(x.dims, target)
	if !ok {
		return fmt.Errorf("it expands %v to %v, which does not fit; export the model again", x.dims, target)
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
		return fmt.Errorf("its repeats are not one integer for each of the %d axes; export the model again", len(x.dims))
	}
	dims := slices.Clone(x.dims)
	for i, n := range t.ints {
		if n < 1 || n > maxSignal || i == x.batch && n != 1 {
			return fmt.Errorf("it repeats axis %d of %v %d times; export the model again", i, x.dims, n)
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
