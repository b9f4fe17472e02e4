package snn

import (
	"errors"
	"fmt"
)

// maxExtent bounds every number of a window, so that their products are far from the limits of int.
const maxExtent = 1 << 24

// axis is a window's geometry along one axis of a signal.
type axis struct {
	size, kernel, stride, dilation, before, after int
}

// tap says that element k of the window at output position o is at an input position.
type tap struct{ k, o int }

// axes splits a window over an h x w signal.
func (w Window) axes(h, width int) (vertical, horizontal axis) {
	return axis{h, w.KernelH, w.StrideH, w.DilationH, w.PadTop, w.PadBottom},
		axis{width, w.KernelW, w.StrideW, w.DilationW, w.PadLeft, w.PadRight}
}

// Out is the extent of the result over an h x w signal: along each axis
// floor((size + padding - dilation (kernel-1) - 1) / stride) + 1. A window
// that is out of range or does not fit into the padded signal is an error.
func (w Window) Out(h, width int) (oh, ow int, err error) {
	v, z := w.axes(h, width)
	if err := v.check(); err != nil {
		return 0, 0, fmt.Errorf("window, vertically: %w", err)
	}
	if err := z.check(); err != nil {
		return 0, 0, fmt.Errorf("window, horizontally: %w", err)
	}
	return v.out(), z.out(), nil
}

func (a axis) check() error {
	for _, p := range []struct {
		name     string
		v, least int
	}{
		{"signal", a.size, 1}, {"kernel", a.kernel, 1}, {"stride", a.stride, 1},
		{"dilation", a.dilation, 1}, {"padding", a.before, 0}, {"padding", a.after, 0},
	} {
		if p.v < p.least || p.v > maxExtent {
			return fmt.Errorf("%s is %d, want %d to %d", p.name, p.v, p.least, maxExtent)
		}
	}
	if a.span() > a.padded() {
		return fmt.Errorf("the kernel spans %d elements, the padded signal has %d", a.span(),
			a.padded())
	}
	return nil
}

func (a axis) span() int   { return a.dilation*(a.kernel-1) + 1 }
func (a axis) padded() int { return a.size + a.before + a.after }
func (a axis) out() int    { return (a.padded()-a.span())/a.stride + 1 }

// taps lists the windows that cover input position p, by rising output.
func (a axis) taps(p int) []tap {
	at := p + a.before
	first := 0
	if at >= a.span() {
		first = (at-a.span())/a.stride + 1
	}
	last := min(at/a.stride, a.out()-1)
	var out []tap
	for o := first; o <= last; o++ {
		offset := at - o*a.stride
		if offset%a.dilation == 0 {
			out = append(out, tap{offset / a.dilation, o})
		}
	}
	return out
}

// table lists the taps of every input position.
func (a axis) table() [][]tap {
	out := make([][]tap, a.size)
	for p := range out {
		out[p] = a.taps(p)
	}
	return out
}

// inside gives the range of the window's elements at output o that are in the signal and not in its
// padding: first to last, none if last < first.
func (a axis) inside(o int) (first, last int) {
	start := o*a.stride - a.before
	if start < 0 {
		first = (-start + a.dilation - 1) / a.dilation
	}
	if start >= a.size {
		return first, -1
	}
	return first, min(a.kernel-1, (a.size-1-start)/a.dilation)
}

// insideAt counts the elements of inside.
func (a axis) insideAt(o int) int {
	first, last := a.inside(o)
	return max(0, last-first+1)
}

// insideTotal is the sum of insideAt over the outputs.
func (a axis) insideTotal() int64 {
	var total int64
	for o := range a.out() {
		total += int64(a.insideAt(o))
	}
	return total
}

// spatial reads a shape as channels, height and width; a shape of two axes
// is C x L with a height of 1.
func spatial(s Shape) (c, h, w int, err error) {
	switch len(s) {
	case 2:
		return s[0], 1, s[1], nil
	case 3:
		return s[0], s[1], s[2], nil
	}
	return 0, 0, 0, errors.New("a window needs a signal of shape CxL or CxHxW, not " + s.String())
}

// slide is the shape of a signal after a window with the given number of
// output channels.
func (w Window) slide(in Shape, channels int) (Shape, error) {
	_, h, width, err := spatial(in)
	if err != nil {
		return nil, err
	}
	oh, ow, err := w.Out(h, width)
	if err != nil {
		return nil, err
	}
	if len(in) == 3 {
		return Shape{channels, oh, ow}, nil
	}
	if oh != 1 {
		return nil, fmt.Errorf("a window over the CxL signal %s has a height of %d after "+
			"padding, want 1", in, oh)
	}
	return Shape{channels, ow}, nil
}
