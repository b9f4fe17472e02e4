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
		if x, err = c.fillMargin(x); err != nil {
			return err
		}
		exclude, ok = excludesPadding(x.margin, ss, include != 0)
	}
	if !ok {
		return errors.New("with ceil_mode and count_include_pad its last windows count some zeros and not others; export the model without one of them")
	}
	op := &snn.Pool{Window: ss.window(x.margin), Average: true, ExcludePadding: exclude}
	return c.pool(op, x.bare(), ss.dims(x.dims[1]), x.nonNegative)
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
			return nil, fmt.Errorf("along axis %d some of its windows lie in the padding alone; export the model with less padding", i+2)
		}
	}
	return ss, nil
}

// maxPool is a maximum over windows; padding never is the maximum.
func maxPool(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	if err := checkImage(x); err != nil {
		return err
	}
	ss, err := c.poolSides(x)
	if err != nil {
		return err
	}
	op := &snn.MaxPool{Window: ss.window(margin{})}
	return c.pool(op, x, ss.dims(x.dims[1]), x.nonNegative)
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
		return c.pool(op, x, dims, x.nonNegative)
	}
	op := &snn.Pool{Window: window, Average: true}
	return c.pool(op, x, dims, x.nonNegative)
}

// wholeImage is the window over all of x, and the extents after it.
func wholeImage(x *value) ([]int, snn.Window) {
	ss := &sides{}
	for _, n := range x.dims[2:] {
		ss.axes = append(ss.axes, side{in: n, kernel: n, stride: 1, dilation: 1, out: 1})
	}
	return ss.dims(x.dims[1]), ss.window(margin{})
}

// reduceSpatial is ReduceMean or ReduceSum over the spatial axes.
func reduceSpatial(c *call) error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	if err := checkImage(x); err != nil {
		return err
	}
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return err
	}
	marks, err := axesIn(axes, len(x.dims))
	if err != nil {
		return err
	}
	for i, marked := range marks {
		if marked != (i >= 2) {
			return fmt.Errorf("it goes over axes %v; Adder reads it over the spatial axes, as a global pool", axes)
		}
	}
	keep, err := c.intAttribute("keepdims", 1)
	if err != nil {
		return err
	}
	dims, window := wholeImage(x)
	op := &snn.Pool{Window: window, Average: c.node.op == "ReduceMean"}
	if keep != 0 {
		return c.pool(op, x, dims, x.nonNegative)
	}
	y, err := c.appendPool(op, x, dims, x.nonNegative)
	if err != nil {
		return err
	}
	if y, err = c.rename("_squeezed", y, dims[:2], 0); err != nil {
		return err
	}
	return c.give(0, y)
}

// pool adds a pooling node as the first output.
func (c *call) pool(op snn.Op, x *value, dims []int, nonNegative bool) error {
	y, err := c.appendPool(op, x, dims, nonNegative)
	if err != nil {
		return err
	}
	return c.give(0, y)
}

// appendPool adds a pooling node.
func (c *call) appendPool(op snn.Op, x *value, dims []int, nonNegative bool) (*value, error) {
	y, err := c.append("", op, dims, 0, x)
	if err != nil {
		return nil, err
	}
	y.nonNegative = nonNegative
	return y, nil
}

// pad adds zeros around the spatial axes; the window that follows takes
// them in.
func pad(c *call) error {
	x, err := c.padded(0)
	if err != nil {
		return err
	}
	widths, err := c.padWidths(len(x.dims))
	if err != nil {
		return err
	}
	if allZero(widths) {
		return c.give(0, x.alias())
	}
	if err := c.checkPadKind(); err != nil {
		return err
	}
	if err := checkImage(x); err != nil {
		return err
	}
	out, err := c.widened(x, widths)
	if err != nil {
		return err
	}
	return c.give(0, out)
}

// padWidths gives the zeros before and after each axis.
func (c *call) padWidths(rank int) ([][2]int64, error) {
	list, err := c.integerList("pads", 1)
	if err != nil {
		return nil, err
	}
	axes, err := c.integerList("axes", 3)
	if err != nil {
		return nil, err
	}
	if axes == nil {
		for i := range rank {
			axes = append(axes, int64(i))
		}
	}
	if _, err := axesIn(axes, rank); err != nil {
		return nil, err
	}
	if len(list) != 2*len(axes) {
		return nil, fmt.Errorf("it has %d pads for %d axes; export the model again", len(list), len(axes))
	}
	out := make([][2]int64, rank)
	for i, a := range axes {
		axis, _ := axisIn(a, rank)
		out[axis] = [2]int64{list[i], list[i+len(axes)]}
	}
	return out, nil
}

func allZero(widths [][2]int64) bool {
	for _, w := range widths {
		if w != [2]int64{} {
			return false
		}
	}
	return true
}

// checkPadKind refuses padding with anything but zeros.
func (c *call) checkPadKind() error {
	mode, err := c.stringAttribute("mode", "constant")
	if err != nil {
		return err
	}
	fill, err := c.floatAttribute("value", 0)
	if err != nil {
		return err
	}
	if c.b.opset >= 11 {
		if fill, err = c.scalar(2, 0); err != nil {
			return err
		}
	}
	if mode != "constant" || fill != 0 {
		return fmt.Errorf("it pads with mode '%s' and value %g; Adder reads padding with zeros", printable(mode), fill)
	}
	return nil
}

// widened is x with a larger margin.
func (c *call) widened(x *value, widths [][2]int64) (*value, error) {
	out := x.alias()
	out.dims = make([]int, len(x.dims))
	out.padName = c.nodeName()
	for i, w := range widths {
		if i < 2 && w != [2]int64{} {
			return nil, fmt.Errorf("it pads axis %d; Adder reads padding of the spatial axes", i)
		}
		if w[0] < 0 || w[1] < 0 || w[0] > maxWindow || w[1] > maxWindow {
			return nil, fmt.Errorf("its padding %v of axis %d cuts the signal or is impossibly wide; Adder reads padding from 0 to %d", w, i, maxWindow)
		}
		out.dims[i] = x.dims[i] + int(w[0]+w[1])
	}
	last := len(widths) - 1
	out.margin.left += int(widths[last][0])
	out.margin.right += int(widths[last][1])
	if last == 3 {
		out.margin.top += int(widths[2][0])
		out.margin.bottom += int(widths[2][1])
	}
	return out, checkSignal(out.dims)
}
