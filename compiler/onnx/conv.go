package onnx

import (
	"fmt"

	"adder/snn"
)

// conv is a convolution over one or two axes with constant weights.
func conv(c *call) error {
	x, err := c.image(0)
	if err != nil {
		return err
	}
	t, err := c.weights(1)
	if err != nil {
		return err
	}
	groups, err := c.convGroups(t, x)
	if err != nil {
		return err
	}
	kernel, err := c.convKernel(t)
	if err != nil {
		return err
	}
	ss, err := c.sides(x, kernel)
	if err != nil {
		return err
	}
	weight, err := c.b.kernel(t)
	if err != nil {
		return err
	}
	bias, err := c.convBias(t.dims[0])
	if err != nil {
		return err
	}
	op := &snn.Conv{
		Weight: weight, Bias: bias,
		InChannels: x.dims[1], OutChannels: t.dims[0], Groups: groups,
		Window: ss.window(x.margin),
	}
	return c.emitAs(op, ss.dims(t.dims[0]), 0, x.bare())
}

// convGroups checks the weights [out][in/groups][kernel...] against the
// signal.
func (c *call) convGroups(t *tensor, x *value) (int, error) {
	if len(t.dims) != len(x.dims) || t.size() == 0 {
		return 0, fmt.Errorf("its weights %v do not fit the signal %v; export the model again",
			t.dims, x.dims)
	}
	groups, err := c.intAttribute("group", 1)
	if err != nil {
		return 0, err
	}
	in, out := x.dims[1], t.dims[0]
	if groups < 1 || groups > int64(in) || in%int(groups) != 0 || out%int(groups) != 0 {
		return 0, fmt.Errorf("its %d groups do not divide %d input and %d output channels; "+
			"export the model again", groups, in, out)
	}
	if t.dims[1] != in/int(groups) {
		return 0, fmt.Errorf("its weights %v take %d channels in each of %d groups, but the "+
			"signal %v has %d channels; export the model again", t.dims, t.dims[1], groups, x.dims,
			in)
	}
	return int(groups), nil
}

// convKernel is the weights' kernel, which kernel_shape may repeat.
func (c *call) convKernel(t *tensor) ([]int, error) {
	kernel := t.dims[2:]
	given, err := c.intsAttribute("kernel_shape")
	if err != nil {
		return nil, err
	}
	for i, k := range kernel {
		if k > maxWindow || given != nil && (len(given) != len(kernel) || given[i] != int64(k)) {
			return nil, fmt.Errorf("kernel_shape %v is not the kernel of the weights %v; export "+
				"the model again", given, t.dims)
		}
	}
	return kernel, nil
}

// convBias gives the optional bias per output channel.
func (c *call) convBias(channels int) ([]float64, error) {
	given, err := c.input(2)
	if err != nil || given == nil {
		return nil, err
	}
	t, err := c.weights(2)
	if err != nil {
		return nil, err
	}
	if t.size() != channels {
		return nil, fmt.Errorf("its bias has %d elements for %d output channels; export the "+
			"model again", t.size(), channels)
	}
	if err := c.b.budget.spend(channels); err != nil {
		return nil, err
	}
	return t.floats(), nil
}

// kernel gives weights as float64, once per tensor.
func (b *builder) kernel(t *tensor) ([]float64, error) {
	if w, ok := b.kernels[t]; ok {
		return w, nil
	}
	if err := b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	w := t.floats()
	b.kernels[t] = w
	return w, nil
}
