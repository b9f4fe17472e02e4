package nir

import (
	"fmt"
	"slices"

	"adder/snn"
)

// conv is for Conv1d and Conv2d.
func (b *builder) conv(axes int) (snn.Op, error) {
	if len(b.in) != axes+1 {
		return nil, fmt.Errorf("it takes a signal of %d axes, channels first, the signal is %s",
			axes+1, b.in)
	}
	w, err := b.required("weight")
	if err != nil {
		return nil, err
	}
	if w.text != nil || len(w.extents) != axes+2 || w.size() == 0 {
		return nil, fmt.Errorf("weight is %s, want numbers with %d axes: output channels, input "+
			"channels per group, kernel", w.describe(), axes+2)
	}
	groups, err := b.integer("groups", 1)
	if err != nil {
		return nil, err
	}
	if per := w.extents[1]; groups < 1 || b.in[0]%groups != 0 || b.in[0]/groups != per {
		return nil, fmt.Errorf("weight has shape %s for %d groups, the signal %s", w.shape(),
			groups, b.in)
	}
	window, err := b.convWindow(w.extents[2:])
	if err != nil {
		return nil, err
	}
	if err := b.checkInputShape(axes); err != nil {
		return nil, err
	}
	op := &snn.Conv{Weight: w.numbers, InChannels: b.in[0], OutChannels: w.extents[0],
		Groups: groups, Window: window}
	op.Bias, err = b.convBias(op.OutChannels)
	return op, err
}

// convBias tolerates a missing bias, which old Conv1d files may lack.
func (b *builder) convBias(channels int) ([]float64, error) {
	if a, err := b.array("bias"); err != nil || a == nil {
		return nil, err
	}
	return b.bias(channels)
}

// checkInputShape compares the extents that a convolution declares, if it
// does, with the signal's.
func (b *builder) checkInputShape(axes int) error {
	a, err := b.array("input_shape")
	if err != nil || a == nil || a.text != nil {
		return err
	}
	declared, err := b.extents("input_shape", axes, 0)
	if err != nil {
		return err
	}
	if !slices.Equal(declared, b.in[1:]) {
		b.graph.warn("node %q (%s) declares an input of %s, but the signal is %s, which counts",
			b.name, b.kind, snn.Shape(declared), b.in)
	}
	return nil
}

// convWindow reads stride, dilation and padding for a kernel.
func (b *builder) convWindow(kernel []int) (snn.Window, error) {
	stride, err := b.extents("stride", len(kernel), 1)
	if err != nil {
		return snn.Window{}, err
	}
	dilation, err := b.extents("dilation", len(kernel), 1)
	if err != nil {
		return snn.Window{}, err
	}
	before, after, err := b.padding(kernel, stride, dilation)
	if err != nil {
		return snn.Window{}, err
	}
	return window(kernel, stride, dilation, before, after), nil
}

// padding reads numbers, "valid" (none) or "same": as much as keeps the extent at a stride of 1, an
// odd element after.
func (b *builder) padding(kernel, stride, dilation []int) (before, after []int, err error) {
	a, err := b.array("padding")
	if err != nil {
		return nil, nil, err
	}
	if a == nil || a.text == nil {
		before, err = b.extents("padding", len(kernel), 0)
		return before, before, err
	}
	word, err := a.word()
	if err != nil {
		return nil, nil, fmt.Errorf("padding %w", err)
	}
	before, after = make([]int, len(kernel)), make([]int, len(kernel))
	switch word {
	case "valid":
		return before, after, nil
	case "same":
		if slices.Max(stride) > 1 {
			return nil, nil, fmt.Errorf("padding \"same\" needs a stride of 1, not %v", stride)
		}
		for i := range kernel {
			total := dilation[i] * (kernel[i] - 1)
			before[i] = total / 2
			after[i] = total - before[i]
		}
		return before, after, nil
	}
	return nil, nil, fmt.Errorf("padding is %q, want numbers, \"same\" or \"valid\"", word)
}

// window puts the extents of one or two axes in their place.
func window(kernel, stride, dilation, before, after []int) snn.Window {
	w := snn.Window{KernelH: 1, StrideH: 1, DilationH: 1}
	last := len(kernel) - 1
	w.KernelW, w.StrideW, w.DilationW, w.PadLeft, w.PadRight =
		kernel[last], stride[last], dilation[last], before[last], after[last]
	if last == 1 {
		w.KernelH, w.StrideH, w.DilationH, w.PadTop, w.PadBottom =
			kernel[0], stride[0], dilation[0], before[0], after[0]
	}
	return w
}

// pool is for SumPool2d and AvgPool2d, which counts padded zeros.
func (b *builder) pool() (snn.Op, error) {
	if len(b.in) != 3 {
		return nil, fmt.Errorf("it takes a signal of 3 axes, channels first, the signal is %s",
			b.in)
	}
	if _, err := b.required("kernel_size"); err != nil {
		return nil, err
	}
	kernel, err := b.extents("kernel_size", 2, 0)
	if err != nil {
		return nil, err
	}
	stride := kernel
	if a, err := b.array("stride"); err != nil {
		return nil, err
	} else if a != nil {
		if stride, err = b.extents("stride", 2, 0); err != nil {
			return nil, err
		}
	}
	pad, err := b.extents("padding", 2, 0)
	if err != nil {
		return nil, err
	}
	one := []int{1, 1}
	return &snn.Pool{Window: window(kernel, stride, one, pad, pad),
		Average: b.kind == "AvgPool2d"}, nil
}

// flatten joins the axes start_dim to end_dim. Most files count axes from
// the first one after the batch axis; where the file's own input_type has
// one axis more than the signal, or where only this fits the next layer,
// they count the batch axis too.
func (b *builder) flatten() (snn.Op, error) {
	start, err := b.integer("start_dim", 1)
	if err != nil {
		return nil, err
	}
	end, err := b.integer("end_dim", -1)
	if err != nil {
		return nil, err
	}
	declared, err := b.array("input_type")
	if err != nil {
		return nil, err
	}
	plain, plainErr := join(b.in, start, end)
	batched, batchedErr := joinBatched(b.in, start, end)
	counted := declared != nil && declared.size() == len(b.in)+1
	if !counted && batchedErr == nil && (plainErr != nil || !b.suits(plain) && b.suits(batched)) {
		b.graph.warn("node %q (Flatten): start_dim %d and end_dim %d are read as counting a "+
			"batch axis, because the next layer takes %s", b.name, start, end, batched)
		counted = true
	}
	b.out, err = plain, plainErr
	if counted {
		b.out, err = batched, batchedErr
	}
	return &snn.Reshape{}, err
}

// suits reports whether a shape is one that the consumers can take.
func (b *builder) suits(s snn.Shape) bool {
	for _, c := range b.consumers {
		if c.kind != "Affine" && c.kind != "Linear" {
			continue
		}
		own, err := c.ownInput()
		if err == nil && own != nil && own[0] != s[len(s)-1] {
			return false
		}
	}
	return true
}

// join makes one axis of the axes start to end, which may count from the
// last as -1.
func join(s snn.Shape, start, end int) (snn.Shape, error) {
	first, last := start, end
	if first < 0 {
		first += len(s)
	}
	if last < 0 {
		last += len(s)
	}
	if first < 0 || last >= len(s) || first > last {
		return nil, fmt.Errorf("start_dim %d and end_dim %d do not name axes of the signal %s",
			start, end, s)
	}
	out := slices.Clone(s[:first])
	out = append(out, s[first:last+1].Size())
	return append(out, s[last+1:]...), nil
}

// joinBatched is join for numbers that count a batch axis before the first
// axis of s.
func joinBatched(s snn.Shape, start, end int) (snn.Shape, error) {
	out, err := join(append(snn.Shape{1}, s...), start, end)
	if err != nil || start == 0 || start == -len(s)-1 {
		return out, err
	}
	return out[1:], nil
}
