package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

// view says that the axes of a signal wait to be moved: axis i is axis
// perm[i] of the signal of. Operators that act element by element leave
// them waiting, so that the pairs of Transposes around the layers of a
// channels-last model cancel; others get the signal with its axes moved, by
// a Gather.
type view struct {
	of   *value
	perm []int
	// name is that of the Transpose.
	name string
}

// viewed is x with its axes permuted, later or never.
func viewed(x *value, perm []int, name string) *value {
	of := x
	if x.view != nil {
		of, name = x.view.of, x.view.name
		first := x.view.perm
		both := make([]int, len(perm))
		for i, axis := range perm {
			both[i] = first[axis]
		}
		perm = both
	}
	out := of.alias()
	out.fresh, out.ended, out.integer, out.grid = x.fresh, x.ended, x.integer, x.grid
	if slices.IsSorted(perm) {
		return out
	}
	out.view = &view{of: of, perm: perm, name: name}
	out.dims, out.batch = make([]int, len(perm)), -1
	for i, axis := range perm {
		out.dims[i] = of.dims[axis]
		if axis == of.batch {
			out.batch = i
		}
	}
	return out
}

// moves reports whether a permutation moves elements of a signal of these
// extents: one of axes of 1 does not.
func moves(dims, perm []int) bool {
	last := -1
	for _, axis := range perm {
		if dims[axis] == 1 {
			continue
		}
		if axis < last {
			return true
		}
		last = axis
	}
	return false
}

// materialise gives a signal as a node of the network gives it: its margin is
// filled and its axes are moved.
func (b *builder) materialise(v *value) (*value, error) {
	if v.view == nil {
		if v.margin.empty() {
			return v, nil
		}
		return b.fillMargin(v)
	}
	if done, ok := b.materialised[v.view]; ok {
		out := done.alias()
		out.integer = v.integer
		return out, nil
	}
	of, err := b.materialise(v.view.of)
	if err != nil {
		return nil, err
	}
	own := strides(of.dims)
	steps := make([]int, len(v.dims))
	for i, axis := range v.view.perm {
		steps[i] = own[axis]
	}
	c := &call{b: b, node: &nodeProto{op: "Transpose", name: v.view.name}}
	out, err := c.take("", of, v.dims, v.batch, walk(v.dims, steps, 0))
	if err != nil {
		return nil, err
	}
	out.fresh, out.integer, out.grid = false, v.integer, v.grid
	b.materialised[v.view] = out
	return out, nil
}

// loose gives input i with its axes where its node has them. What the node
// gives then waits in the same way, and its constants must be turned by
// turned.
func (c *call) loose(i int) (*value, error) {
	v, err := c.raw(i)
	if err != nil || v.view == nil {
		return c.materialInput(v, err)
	}
	c.perm = v.view.perm
	c.permName = v.view.name
	of, err := c.b.materialise(v.view.of)
	if err != nil {
		return nil, err
	}
	u := of.alias()
	u.integer, u.grid = v.integer, v.grid
	u.fresh = v.fresh && v.view.of.fresh
	return u, nil
}

// materialInput materialises an input that was found.
func (c *call) materialInput(v *value, err error) (*value, error) {
	if err != nil {
		return nil, err
	}
	return c.b.materialise(v)
}

// turned gives a constant that meets the signal of loose the signal's
// order of axes: t is aligned with the axes that the graph sees, dims.
func (c *call) turned(t *tensor, dims []int) (*tensor, error) {
	if c.perm == nil || t.size() == 1 {
		return t, nil
	}
	own, err := alignTo(t.dims, c.seen(dims))
	if err != nil {
		return nil, err
	}
	if err := c.b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	back := inversePermutation(c.perm)
	from := strides(own)
	turned, steps := make([]int, len(own)), make([]int, len(own))
	for i, axis := range back {
		turned[i], steps[i] = own[axis], from[axis]
	}
	return t.take(turned, t.size(), walk(turned, steps, 0)), nil
}

// seen are the extents that the graph sees of a signal that loose gave.
func (c *call) seen(dims []int) []int {
	if c.perm == nil {
		return dims
	}
	out := make([]int, len(dims))
	for i, axis := range c.perm {
		out[i] = dims[axis]
	}
	return out
}

// axisOf is the axis of the signal that loose gave for an axis of the
// graph.
func (c *call) axisOf(axis int) int {
	if c.perm == nil {
		return axis
	}
	return c.perm[axis]
}

func inversePermutation(perm []int) []int {
	out := make([]int, len(perm))
	for i, axis := range perm {
		out[axis] = i
	}
	return out
}

// take adds a Gather whose element i, in the row-major order of dims, is
// element from(i) of x, or 0 where from(i) is -1. From is called with 0, 1,
// 2, ... Nothing is added where no element moves.
func (c *call) take(suffix string, x *value, dims []int, batch int,
	from func(i int) int) (*value, error) {
	if err := checkSignal(dims); err != nil {
		return nil, err
	}
	n, _ := product(dims)
	if err := c.b.budget.spend(n/2 + 1); err != nil {
		return nil, err
	}
	list := make([]int32, n)
	same := n == x.shape().Size()
	for i := range list {
		list[i] = int32(from(i))
		same = same && int(list[i]) == i
	}
	if same {
		return c.rename(suffix, x, dims, batch)
	}
	out, err := c.append(suffix, &snn.Gather{From: list}, dims, batch, x)
	if err != nil {
		return nil, err
	}
	out.nonNegative, out.pooled = x.nonNegative, x.pooled
	return out, nil
}

// sameView reports whether signals wait to be moved in the same way.
func sameView(signals []*value) bool {
	first := signals[0].view
	for _, v := range signals {
		if v.view == nil || len(v.view.perm) != len(first.perm) ||
			!slices.Equal(v.view.perm, first.perm) {
			return false
		}
	}
	return true
}

// looseAll gives signals that all wait in the same way as loose does, and
// materialises them otherwise.
func (c *call) looseAll(signals []*value) ([]*value, error) {
	out := slices.Clone(signals)
	if len(signals) > 0 && signals[0].view != nil && sameView(signals) {
		c.perm, c.permName = signals[0].view.perm, signals[0].view.name
		for i, v := range signals {
			out[i] = v.view.of
		}
	}
	for i := range out {
		var err error
		if out[i], err = c.b.materialise(out[i]); err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
	}
	return out, nil
}
