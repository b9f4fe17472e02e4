package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adder/snn"
)

// neg is y = -x.
func neg(c *call) error {
	v, err := c.loose(0)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: []float64{-1}}, v)
}

// operands gives the signal and the constant of an operator on both, and
// at which input the signal is. Both results are nil where two signals meet.
func (c *call) operands() (*value, *tensor, int, error) {
	for at := range 2 {
		v, err := c.need(1 - at)
		if err != nil {
			return nil, nil, 0, err
		}
		if v.constant == nil {
			if v.ended != "" {
				return nil, nil, 0, errAfterEnd(v)
			}
			continue
		}
		if err := c.checkFinite(1-at, v.constant); err != nil {
			return nil, nil, 0, err
		}
		t, err := c.placedByAxis(at, v.constant)
		if err != nil {
			return nil, nil, 0, err
		}
		x, t, err := c.meeting(at, t)
		return x, t, at, err
	}
	return nil, nil, 0, nil
}

// placedByAxis gives a constant the trailing axes that operator set 6 leaves
// out: there an attribute says at which axis of the signal, input at, its
// axes begin.
func (c *call) placedByAxis(at int, t *tensor) (*tensor, error) {
	if c.opset() > 6 {
		return t, nil
	}
	a, err := c.attribute("axis", attributeInt)
	if err != nil || a == nil {
		return t, err
	}
	v, err := c.raw(at)
	if err != nil {
		return nil, err
	}
	axis, err := axisIn(a.i, len(v.dims))
	if err != nil {
		return nil, err
	}
	missing := len(v.dims) - axis - len(t.dims)
	if missing < 0 {
		return nil, fmt.Errorf("the constant %v does not fit the signal %v from axis %d on; "+
			"export the model again", t.dims, v.dims, axis)
	}
	return t.reshaped(append(slices.Clone(t.dims), slices.Repeat([]int{1}, missing)...)), nil
}

// meeting gives the signal of input i and a constant that is added to it or
// multiplies it, both with as many axes and in one order.
func (c *call) meeting(i int, t *tensor) (*value, *tensor, error) {
	v, err := c.raw(i)
	if err != nil {
		return nil, nil, err
	}
	if len(t.dims) > len(v.dims) {
		if v, err = c.b.materialise(v); err != nil {
			return nil, nil, err
		}
		v, err = c.grown(v, len(t.dims))
		return v, t, err
	}
	if v, err = c.loose(i); err != nil {
		return nil, nil, err
	}
	t, err = c.turned(t, v.dims)
	return v, t, err
}

// mul is a product with a constant.
func mul(c *call) error {
	x, t, _, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return errors.New("it multiplies two signals, which adders cannot; Adder reads products " +
			"with constants")
	}
	factor, err := c.spread(t, x)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: factor}, x)
}

// div is a quotient by a constant.
func div(c *call) error {
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil || at != 0 {
		return errors.New("it divides by a signal, which adders cannot; Adder reads quotients by " +
			"constants")
	}
	factor, err := c.spread(t, x)
	if err != nil {
		return err
	}
	for i, d := range factor {
		factor[i] = 1 / d
		if d == 0 || math.IsInf(factor[i], 0) {
			return fmt.Errorf("it divides by %g (element %d); export the model again", d, i)
		}
	}
	return c.emit(&snn.Scale{Factor: factor}, x)
}

// sub is a difference with a constant on either side, or of two signals.
func sub(c *call) error {
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return c.difference()
	}
	if at == 0 {
		return c.shift(x, t, 0, -1)
	}
	shift, err := c.spread(t, x)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: []float64{-1}, Shift: shift}, x)
}

// add is a sum with a constant, or of branches. Sum may have any number of
// inputs.
func add(c *call) error {
	if len(c.node.inputs) != 2 || c.node.op == "Mean" {
		return c.addAll()
	}
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return c.addAll()
	}
	return c.shift(x, t, at, 1)
}

// shift adds sign times a constant: to the bias of the layer that gives
// the signal where only this node reads it, else by a Scale.
func (c *call) shift(x *value, t *tensor, at int, sign float64) error {
	if c.exclusive(at, x) {
		done, err := c.foldIntoBias(x, t, sign)
		if done || err != nil {
			return err
		}
	}
	shift, err := c.spread(t, x)
	if err != nil {
		return err
	}
	for i := range shift {
		shift[i] *= sign
	}
	return c.emit(&snn.Scale{Factor: []float64{1}, Shift: shift}, x)
}

// foldIntoBias adds sign t to the bias of a Dense or Conv if t has one
// value per output or one for all.
func (c *call) foldIntoBias(x *value, t *tensor, sign float64) (bool, error) {
	var bias *[]float64
	axis := len(x.dims) - 1
	switch op := c.b.net.Nodes[x.node].Op.(type) {
	case *snn.Dense:
		bias = &op.Bias
	case *snn.Conv:
		bias, axis = &op.Bias, 1
	default:
		return false, nil
	}
	own, err := alignTo(t.dims, x.dims)
	if err != nil {
		return false, err
	}
	for i, d := range own {
		if i != axis && d != 1 {
			return false, nil
		}
	}
	n := x.dims[axis]
	if *bias == nil {
		if err := c.b.budget.spend(n); err != nil {
			return false, err
		}
		*bias = make([]float64, n)
	}
	for i := range *bias {
		j := 0
		if own[axis] != 1 {
			j = i
		}
		(*bias)[i] += sign * t.at(j)
	}
	if err := finite(*bias); err != nil {
		return false, err
	}
	// The sum is still the layer's own signal: a second Add may follow.
	return true, c.give(0, &value{node: x.node, dims: x.dims, batch: x.batch, fresh: true})
}

// alignTo gives extents the rank of a signal by leading ones, and checks
// that a constant of these extents repeats over the signal, not the
// reverse.
func alignTo(dims, signal []int) ([]int, error) {
	extra := len(dims) - len(signal)
	own := dims
	if extra > 0 {
		own = dims[extra:]
		if slices.ContainsFunc(dims[:extra], func(d int) bool { return d != 1 }) {
			return nil, fmt.Errorf(
				"the constant %v does not fit the signal %v; export the model again", dims, signal)
		}
	} else if extra < 0 {
		own = append(slices.Repeat([]int{1}, -extra), dims...)
	}
	for i, d := range own {
		if d != 1 && d != signal[i] {
			return nil, fmt.Errorf(
				"the constant %v does not fit the signal %v; export the model again", dims, signal)
		}
	}
	return own, nil
}

// spread gives a constant in the form that snn.Scale has: one value, one
// per channel, or one per element of v. The result is the caller's.
func (c *call) spread(t *tensor, v *value) ([]float64, error) {
	own, err := alignTo(t.dims, v.dims)
	if err != nil {
		return nil, err
	}
	if err := c.b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	channel := 0
	if v.batch == 0 {
		channel = 1
	}
	perChannel := true
	for i, d := range own {
		perChannel = perChannel && (d == 1 || i == channel)
	}
	if perChannel {
		return t.floats(), nil
	}
	size := v.shape().Size()
	if err := c.b.budget.spend(size); err != nil {
		return nil, err
	}
	from := walk(v.dims, broadcastSteps(own, v.dims), 0)
	out := make([]float64, size)
	for i := range out {
		out[i] = t.at(from(i))
	}
	return out, nil
}
