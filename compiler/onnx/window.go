package onnx

import (
	"errors"
	"fmt"

	"adder/snn"
)

// maxWindow is the largest kernel, stride, dilation or padding.
const maxWindow = 1 << 16

// sides are the windows of a node along its one or two spatial axes.
type sides struct {
	axes []side
	// own says that the node pads, extra that ceil_mode adds windows that
	// reach beyond the padding.
	own, extra bool
}

// side is a sliding window along one axis.
type side struct {
	in, kernel, stride, dilation int
	// before and after are the node's padding; beyond is the padding that ceil_mode adds after it.
	before, after, beyond int
	out                   int
}

// reach is the extent of the window.
func (s *side) reach() int { return (s.kernel-1)*s.dilation + 1 }

// sides reads strides, dilations, pads, auto_pad and ceil_mode for a
// signal and a kernel.
func (c *call) sides(x *value, kernel []int) (*sides, error) {
	spatial := x.dims[2:]
	if len(kernel) != len(spatial) {
		return nil, fmt.Errorf("its kernel has %d axes for the signal %v; export the model again",
			len(kernel), x.dims)
	}
	strides, err := c.perAxis("strides", len(spatial), 1)
	if err != nil {
		return nil, err
	}
	dilations, err := c.perAxis("dilations", len(spatial), 1)
	if err != nil {
		return nil, err
	}
	ss := &sides{axes: make([]side, len(spatial))}
	for i := range ss.axes {
		ss.axes[i] = side{in: spatial[i], kernel: kernel[i], stride: strides[i],
			dilation: dilations[i]}
	}
	if err := c.place(ss); err != nil {
		return nil, err
	}
	for i := range ss.axes {
		s := &ss.axes[i]
		if s.out < 1 {
			return nil, fmt.Errorf("its window of %d does not fit the signal %v along axis %d; "+
				"export the model again", s.reach(), x.dims, i+2)
		}
		ss.own = ss.own || s.before != 0 || s.after != 0
		ss.extra = ss.extra || s.beyond != 0
	}
	return ss, nil
}

// perAxis gives a list attribute with one positive entry per axis.
func (c *call) perAxis(name string, n, def int) ([]int, error) {
	list, err := c.intsAttribute(name)
	if err != nil {
		return nil, err
	}
	out := make([]int, n)
	for i := range out {
		out[i] = def
	}
	if list == nil {
		return out, nil
	}
	if len(list) != n {
		return nil, fmt.Errorf("attribute %s has %d entries for %d axes; export the model again",
			name, len(list), n)
	}
	for i, v := range list {
		if v < 1 || v > maxWindow {
			return nil, fmt.Errorf(
				"attribute %s has the impossible entry %d; export the model again", name, v)
		}
		out[i] = int(v)
	}
	return out, nil
}

// place sets padding and output extents.
func (c *call) place(ss *sides) error {
	autoPad, err := c.stringAttribute("auto_pad", "NOTSET")
	if err != nil {
		return err
	}
	ceil, err := c.intAttribute("ceil_mode", 0)
	if err != nil {
		return err
	}
	if autoPad != "NOTSET" && autoPad != "" && ceil != 0 {
		return errors.New("it has both auto_pad and ceil_mode; export the model with explicit pads")
	}
	switch autoPad {
	case "NOTSET", "":
		return c.placeExplicit(ss, ceil != 0)
	case "VALID":
		for i := range ss.axes {
			ss.axes[i].place(false)
		}
		return nil
	case "SAME_UPPER", "SAME_LOWER":
		for i := range ss.axes {
			ss.axes[i].placeSame(autoPad == "SAME_LOWER")
		}
		return nil
	default:
		return fmt.Errorf("auto_pad '%s' is not known; export the model with explicit pads",
			printable(autoPad))
	}
}

func (c *call) placeExplicit(ss *sides, ceil bool) error {
	pads, err := c.intsAttribute("pads")
	if err != nil {
		return err
	}
	n := len(ss.axes)
	if pads == nil {
		pads = make([]int64, 2*n)
	}
	if len(pads) != 2*n {
		return fmt.Errorf("attribute pads has %d entries for %d axes; export the model again",
			len(pads), n)
	}
	for i := range ss.axes {
		before, after := pads[i], pads[i+n]
		if before < 0 || after < 0 || before > maxWindow || after > maxWindow {
			return fmt.Errorf("its padding %v cuts the signal or is impossibly wide; Adder reads "+
				"padding from 0 to %d", pads, maxWindow)
		}
		s := &ss.axes[i]
		s.before, s.after = int(before), int(after)
		s.place(ceil)
	}
	return nil
}

// place sets the output extent. With ceil a last window may reach beyond the padding, but none
// starts after the signal.
func (s *side) place(ceil bool) {
	room := s.in + s.before + s.after - s.reach()
	if room < 0 {
		return
	}
	s.out = room/s.stride + 1
	if !ceil {
		return
	}
	if room%s.stride != 0 {
		s.out++
	}
	dropped := (s.out-1)*s.stride >= s.in+s.before
	if dropped {
		s.out--
	}
	end := (s.out-1)*s.stride + s.reach() - s.in - s.before
	s.beyond = max(end-s.after, 0)
	if dropped {
		// Padding that no window reaches would only allow the window that was dropped.
		s.after = min(s.after, max(end, 0))
	}
}

// placeSame pads so that the output has ceil(in/stride) elements; an odd element is after, or
// before with lower.
func (s *side) placeSame(lower bool) {
	s.out = (s.in + s.stride - 1) / s.stride
	total := max((s.out-1)*s.stride+s.reach()-s.in, 0)
	s.before, s.after = total/2, total-total/2
	if lower {
		s.before, s.after = s.after, s.before
	}
}

// hollow reports whether a window is all padding, so that it has no average or maximum. Only
// windows at the two ends can.
func (s *side) hollow() bool {
	for o := 0; o < s.out && o*s.stride < s.before; o++ {
		if !s.touches(o) {
			return true
		}
	}
	for o := s.out - 1; o >= 0 && o*s.stride-s.before+s.reach() > s.in; o-- {
		if !s.touches(o) {
			return true
		}
	}
	return false
}

// touches reports whether window o has an element inside the signal.
func (s *side) touches(o int) bool {
	start := o*s.stride - s.before
	if start < 0 {
		// The first element at or after the signal's start.
		start += (-start + s.dilation - 1) / s.dilation * s.dilation
	}
	return start < s.in && start <= o*s.stride-s.before+s.reach()-1
}

// window is the geometry with a margin merged into the padding.
func (ss *sides) window(m margin) snn.Window {
	w := snn.Window{KernelH: 1, StrideH: 1, DilationH: 1, PadTop: m.top, PadBottom: m.bottom}
	x := ss.axes[len(ss.axes)-1]
	w.KernelW, w.StrideW, w.DilationW = x.kernel, x.stride, x.dilation
	w.PadLeft, w.PadRight = m.left+x.before, m.right+x.after+x.beyond
	if len(ss.axes) == 2 {
		y := ss.axes[0]
		w.KernelH, w.StrideH, w.DilationH = y.kernel, y.stride, y.dilation
		w.PadTop, w.PadBottom = m.top+y.before, m.bottom+y.after+y.beyond
	}
	return w
}

// dims are the extents after the windows, for a number of channels.
func (ss *sides) dims(channels int) []int {
	out := []int{1, channels}
	for _, s := range ss.axes {
		out = append(out, s.out)
	}
	return out
}

// image gives input i, which must be a batch of channels over one or two
// spatial axes; it may have a margin.
func (c *call) image(i int) (*value, error) {
	x, err := c.padded(i)
	if err != nil {
		return nil, err
	}
	return x, checkImage(x)
}

func checkImage(x *value) error {
	if len(x.dims) != 3 && len(x.dims) != 4 || x.batch != 0 {
		return fmt.Errorf("its input %v is not a batch of channels over one or two axes (N, C, L "+
			"or N, C, H, W); Adder reads 1-D and 2-D windows", x.dims)
	}
	return nil
}

// fillMargin gives a signal its zero padding as a convolution that copies
// each channel into a larger frame, for readers that cannot take padding
// in. It is done once per signal.
func (b *builder) fillMargin(v *value) (*value, error) {
	if filled, ok := b.filled[v]; ok {
		return filled, nil
	}
	channels := v.dims[1]
	if err := b.budget.spend(channels); err != nil {
		return nil, err
	}
	ones := make([]float64, channels)
	for i := range ones {
		ones[i] = 1
	}
	op := &snn.Conv{
		Weight: ones, InChannels: channels, OutChannels: channels, Groups: channels,
		Window: snn.Window{
			KernelH: 1, KernelW: 1, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1,
			PadTop: v.margin.top, PadLeft: v.margin.left, PadBottom: v.margin.bottom,
			PadRight: v.margin.right,
		},
	}
	if err := checkSignal(v.dims); err != nil {
		return nil, err
	}
	from := v.bare()
	out := &value{dims: v.dims, batch: v.batch, nonNegative: v.nonNegative, integer: v.integer}
	out.node = b.net.AddNode(b.unique(v.padName), op, from.shape(), out.shape())
	b.net.Connect(from.node, out.node)
	b.filled[v] = out
	return out, nil
}
