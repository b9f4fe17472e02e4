package onnx

import (
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
			return nil, nil, fmt.Errorf(
				"it joins %v and %v, which do not fit; export the model again", parts[0].dims,
				p.dims)
		}
		if p.signal != nil && p.signal.batch == axis {
			return nil, nil, fmt.Errorf("it joins signals along the batch; Adder runs one sample " +
				"at a time")
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
		if signals[next], err = c.take(fmt.Sprintf("_part%d", i), signals[next], own,
			signals[next].batch, from); err != nil {
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
		if out, err = c.append("_constant", &snn.Scale{Factor: []float64{1}, Shift: shift},
			out.dims, out.batch, out); err != nil {
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
