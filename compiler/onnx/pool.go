package onnx

import (
	"errors"
	"fmt"

	"adder/snn"
)

// averagePool is a mean over windows.
func averagePool(c *call) error {
	x, err := c.image(0)
	if err != nil {
		return err
	}
	ss, err := c.poolSides(x)
	if err != nil {
		return err
	}
	include, err := c.intAttribute("count_include_pad", 0)
	if err != nil {
		return err
	}
	exclude, ok := excludesPadding(x.margin, ss, include != 0)
	if !ok && !x.margin.empty() {
		// The zeros of a Pad count, those of the pool do not: they cannot
		// share one border.
		if x, err = c.b.fillMargin(x); err != nil {
			return err
		}
		exclude, ok = excludesPadding(x.margin, ss, include != 0)
	}
	if !ok {
		return errors.New("with ceil_mode and count_include_pad its last windows count some " +
			"zeros and not others; export the model without one of them")
	}
	op := &snn.Pool{Window: ss.window(x.margin), Average: true, ExcludePadding: exclude}
	return c.pool(op, x.bare(), ss.dims(x.dims[1]))
}

// excludesPadding says whether padding is left out of the mean. Zeros of
// the margin count, the pool's own count if include is set, and those that
// ceil_mode reaches do not; ok is false where one border would have both.
func excludesPadding(m margin, ss *sides, include bool) (exclude, ok bool) {
	counted := !m.empty() || ss.own && include
	skipped := ss.own && !include || ss.extra
	return skipped, !(counted && skipped)
}

// poolSides reads a pool's kernel and geometry.
func (c *call) poolSides(x *value) (*sides, error) {
	given, err := c.intsAttribute("kernel_shape")
	if err != nil {
		return nil, err
	}
	if given == nil {
		return nil, errors.New("it has no kernel_shape; export the model again")
	}
	kernel, err := c.perAxis("kernel_shape", len(x.dims)-2, 1)
	if err != nil {
		return nil, err
	}
	ss, err := c.sides(x, kernel)
	if err != nil {
		return nil, err
	}
	for i := range ss.axes {
		if ss.axes[i].hollow() {
			return nil, fmt.Errorf("along axis %d some of its windows lie in the padding alone; "+
				"export the model with less padding", i+2)
		}
	}
	return ss, nil
}

// maxPool is a maximum over windows; padding never is the maximum. The zeros
// of a Pad take part, which is the same where nothing is below 0.
func maxPool(c *call) error {
	x, err := c.padded(0)
	if err != nil {
		return err
	}
	if !x.nonNegative {
		if x, err = c.b.materialise(x); err != nil {
			return err
		}
	}
	if err := checkImage(x); err != nil {
		return err
	}
	ss, err := c.poolSides(x)
	if err != nil {
		return err
	}
	op := &snn.MaxPool{Window: ss.window(x.margin)}
	return c.pool(op, x.bare(), ss.dims(x.dims[1]))
}

// globalPool is a mean or maximum over all spatial axes.
func globalPool(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	if err := checkImage(x); err != nil {
		return err
	}
	dims, window := wholeImage(x)
	if c.node.op == "GlobalMaxPool" {
		op := &snn.MaxPool{Window: window}
		return c.pool(op, x, dims)
	}
	op := &snn.Pool{Window: window, Average: true}
	return c.pool(op, x, dims)
}

// wholeImage is the window over all of x, and the extents after it.
func wholeImage(x *value) ([]int, snn.Window) {
	ss := &sides{}
	for _, n := range x.dims[2:] {
		ss.axes = append(ss.axes, side{in: n, kernel: n, stride: 1, dilation: 1, out: 1})
	}
	return ss.dims(x.dims[1]), ss.window(margin{})
}

// pool adds a pooling node as the first output.
func (c *call) pool(op snn.Op, x *value, dims []int) error {
	y, err := c.appendPool(op, x, dims)
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// appendPool adds a pooling node.
func (c *call) appendPool(op snn.Op, x *value, dims []int) (*value, error) {
	y, err := c.append("", op, dims, 0, x)
	if err != nil {
		return nil, err
	}
	y.nonNegative = x.nonNegative
	y.pooled = op.Kind() == "pool"
	return y, nil
}
