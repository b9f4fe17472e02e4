package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

// pad adds zeros around the spatial axes, which the window that follows
// takes in. Other padding moves elements.
func pad(c *call) error {
	x, err := c.raw(0)
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
	mode, fill, err := c.padKind()
	if err != nil {
		return err
	}
	own := widths
	if x.view != nil {
		c.perm, c.permName = x.view.perm, x.view.name
		own = make([][2]int64, len(widths))
		for i, axis := range c.perm {
			own[axis] = widths[i]
		}
		x = x.view.of
	}
	if mode == "constant" && fill == 0 && fitsMargin(x, own) {
		out, err := c.widened(x, own)
		if err != nil {
			return err
		}
		return c.give(0, out)
	}
	if x, err = c.b.materialise(x); err != nil {
		return err
	}
	return c.padMoving(x, own, mode, fill)
}

// padWidths gives the elements before and after each axis.
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
		return nil, fmt.Errorf("it has %d pads for %d axes; export the model again", len(list),
			len(axes))
	}
	out := make([][2]int64, rank)
	for i, a := range axes {
		axis, _ := axisIn(a, rank)
		out[axis] = [2]int64{list[i], list[i+len(axes)]}
	}
	for i, w := range out {
		if max(w[0], w[1]) > maxWindow || min(w[0], w[1]) < -maxSignal {
			return nil, fmt.Errorf("its padding %v of axis %d is impossibly wide; export the "+
				"model again", w, i)
		}
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

// padKind gives the mode and, of constant padding, the value.
func (c *call) padKind() (mode string, fill float64, err error) {
	if mode, err = c.stringAttribute("mode", "constant"); err != nil {
		return "", 0, err
	}
	if fill, err = c.floatAttribute("value", 0); err != nil {
		return "", 0, err
	}
	if c.opset() >= 11 {
		if fill, err = c.scalar(2, 0); err != nil {
			return "", 0, err
		}
	}
	if !slices.Contains([]string{"constant", "reflect", "edge", "wrap"}, mode) {
		return "", 0, fmt.Errorf("it pads with mode '%s'; Adder reads constant, reflect, edge "+
			"and wrap", printable(mode))
	}
	return mode, fill, finite([]float64{fill})
}

// fitsMargin reports whether padding is such as a window takes in: zeros
// around an image.
func fitsMargin(x *value, widths [][2]int64) bool {
	if checkImage(x) != nil {
		return false
	}
	for i, w := range widths {
		if w[0] < 0 || w[1] < 0 || i < 2 && w != [2]int64{} {
			return false
		}
	}
	return true
}

// widened is x with a larger margin.
func (c *call) widened(x *value, widths [][2]int64) (*value, error) {
	out := x.alias()
	out.dims = make([]int, len(x.dims))
	out.padName = c.nodeName()
	for i, w := range widths {
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

// padMoving pads or cuts any axis by moving elements.
func (c *call) padMoving(x *value, widths [][2]int64, mode string, fill float64) error {
	dims := make([]int, len(x.dims))
	for i, w := range widths {
		dims[i] = x.dims[i] + int(w[0]+w[1])
		if dims[i] < 1 || i == x.batch && w != [2]int64{} {
			return fmt.Errorf("it pads axis %d of %v by %v, which leaves no sample; export the "+
				"model again", i, x.dims, w)
		}
		if mode == "reflect" && max(w[0], w[1]) >= int64(x.dims[i]) {
			return fmt.Errorf("it reflects %v of axis %d, which has %d elements; export the "+
				"model again", w, i, x.dims[i])
		}
	}
	if err := checkSignal(dims); err != nil {
		return err
	}
	own := strides(x.dims)
	source := func(i int) int {
		from := 0
		for a := len(dims) - 1; a >= 0; a-- {
			at := padSource(i%dims[a]-int(widths[a][0]), x.dims[a], mode)
			if at < 0 {
				return -1
			}
			from += at * own[a]
			i /= dims[a]
		}
		return from
	}
	y, err := c.take("", x, dims, x.batch, source)
	if err != nil {
		return err
	}
	if mode == "constant" && fill != 0 {
		if y, err = c.fillOutside(y, source, fill); err != nil {
			return err
		}
	}
	return c.give(0, y)
}

// padSource is the element of an axis of n at position at, which may be out of range; -1 for
// padding.
func padSource(at, n int, mode string) int {
	if at >= 0 && at < n {
		return at
	}
	switch {
	case mode == "edge":
		return min(max(at, 0), n-1)
	case mode == "wrap":
		return (at%n + n) % n
	case mode == "reflect" && at < 0:
		return -at
	case mode == "reflect":
		return 2*(n-1) - at
	}
	return -1
}

// fillOutside adds a value where source gives nothing.
func (c *call) fillOutside(y *value, source func(int) int, fill float64) (*value, error) {
	n := y.shape().Size()
	if err := c.b.budget.spend(n); err != nil {
		return nil, err
	}
	shift := make([]float64, n)
	for i := range shift {
		if source(i) < 0 {
			shift[i] = fill
		}
	}
	out, err := c.append("_value", &snn.Scale{Factor: []float64{1}, Shift: shift}, y.dims,
		y.batch, y)
	if err != nil {
		return nil, err
	}
	out.nonNegative = y.nonNegative && fill >= 0
	return out, nil
}
