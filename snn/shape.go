package snn

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// maxElements bounds the size of a signal.
const maxElements = 1 << 28

// Infer returns the shape of op's result for an input of shape in, and checks op's parameters
// against in. The results of Reshape and Gather are not determined by their input: Infer returns
// in.
func Infer(op Op, in Shape) (Shape, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	switch op := op.(type) {
	case *Dense:
		return op.infer(in)
	case *Conv:
		return op.infer(in)
	case *Pool:
		return op.Window.slide(in, in[0])
	case *MaxPool:
		return op.Window.slide(in, in[0])
	case *Scale:
		return in, op.check(in)
	case *Neuron:
		return in, op.check(in)
	case *Delay:
		return in, op.check(in)
	case *Relu:
		return in, op.check()
	case *Quantise:
		return in, op.check()
	case *Input, *Output, *Reshape, *Gather:
		return in, nil
	}
	return nil, fmt.Errorf("unknown operation %T", op)
}

// check refuses extents below 1 and signals beyond maxElements.
func (s Shape) check() error {
	if len(s) == 0 {
		return errors.New("the shape has no axis")
	}
	size := 1
	for _, d := range s {
		if d < 1 || d > maxElements/size {
			return fmt.Errorf("shape %s: every extent must be 1 or more and the signal at most "+
				"%d elements", s, maxElements)
		}
		size *= d
	}
	return nil
}

func (d *Dense) infer(in Shape) (Shape, error) {
	if d.W == nil {
		return nil, errors.New("no weight matrix")
	}
	rows, cols := d.W.Dims()
	if rows < 1 || cols < 1 {
		return nil, fmt.Errorf("the weight matrix is %dx%d", rows, cols)
	}
	if err := checkBacking(d.W); err != nil {
		return nil, err
	}
	last := len(in) - 1
	if in[last] != cols {
		return nil, fmt.Errorf("the weight matrix is %dx%d (outputs x inputs), the signal %s", rows,
			cols, in)
	}
	if err := checkLength("bias", d.Bias, 0, rows); err != nil {
		return nil, err
	}
	out := slices.Clone(in)
	out[last] = rows
	return out, errors.Join(out.check(), checkFinite("bias", d.Bias), checkMatrix(d.W))
}

// checkBacking compares the length of the matrices of this package with
// their extents.
func checkBacking(m Matrix) error {
	rows, cols := m.Dims()
	have := rows * cols
	switch m := m.(type) {
	case *Matrix64:
		have = len(m.Data)
	case *Matrix32:
		have = len(m.Data)
	}
	if have != rows*cols {
		return fmt.Errorf("the weight matrix is %dx%d but has %d elements", rows, cols, have)
	}
	return nil
}

func checkMatrix(m Matrix) error {
	rows, cols := m.Dims()
	buf := make([]float64, cols)
	for r := range rows {
		if err := checkFinite("its weight", m.Row(r, buf)); err != nil {
			return fmt.Errorf("output %d: %w", r, err)
		}
	}
	return nil
}

func (c *Conv) infer(in Shape) (Shape, error) {
	channels, _, _, err := spatial(in)
	if err != nil {
		return nil, err
	}
	if channels != c.InChannels {
		return nil, fmt.Errorf("the kernel takes %d channels, the signal %s has %d", c.InChannels,
			in, channels)
	}
	if c.Groups < 1 || c.OutChannels < 1 || c.InChannels%c.Groups != 0 ||
		c.OutChannels%c.Groups != 0 {
		return nil, fmt.Errorf("%d groups do not divide %d input and %d output channels", c.Groups,
			c.InChannels, c.OutChannels)
	}
	out, err := c.Window.slide(in, c.OutChannels)
	if err != nil {
		return nil, err
	}
	want := c.OutChannels * (c.InChannels / c.Groups) * c.Window.KernelH * c.Window.KernelW
	if len(c.Weight) != want {
		return nil, fmt.Errorf("the kernel has %d weights, its extents %dx%dx%dx%d ask for %d",
			len(c.Weight),
			c.OutChannels, c.InChannels/c.Groups, c.Window.KernelH, c.Window.KernelW, want)
	}
	if err := checkLength("bias", c.Bias, 0, c.OutChannels); err != nil {
		return nil, err
	}
	return out, errors.Join(out.check(), checkFinite("bias", c.Bias),
		checkFinite("weight", c.Weight))
}

func (s *Scale) check(in Shape) error {
	return errors.Join(
		checkLength("factor", s.Factor, 1, in[0], in.Size()), checkFinite("factor", s.Factor),
		checkLength("shift", s.Shift, 0, 1, in[0], in.Size()), checkFinite("shift", s.Shift),
	)
}

func (r *Relu) check() error {
	if !(r.Ceil >= 0) {
		return fmt.Errorf("the ceiling is %g, want 0 (none) or more", r.Ceil)
	}
	if r.Levels < 0 || r.Levels > 0 && r.Ceil == 0 {
		return fmt.Errorf(
			"%d levels up to a ceiling of %g: want 0 (any value), or more below a ceiling",
			r.Levels, r.Ceil)
	}
	return nil
}

func (d *Delay) check(in Shape) error {
	if n := len(d.Ticks); n != 1 && n != in.Size() {
		return fmt.Errorf("ticks has %d entries, the signal %s has %d elements", n, in, in.Size())
	}
	if least := slices.Min(d.Ticks); least < 0 {
		return fmt.Errorf("a delay of %d ticks", least)
	}
	return nil
}

// check compares the parameters with the signal and with what the model
// needs.
func (n *Neuron) check(in Shape) error {
	if n.Model > ModelThreshold {
		return fmt.Errorf("unknown neuron model %d", n.Model)
	}
	for _, p := range n.parameters() {
		if p.needed && len(p.values) == 0 {
			return fmt.Errorf("model %s needs %s", n.Model, p.name)
		}
		if err := checkLength(p.name, p.values, 0, 1, in.Size()); err != nil {
			return fmt.Errorf("%w; the signal is %s", err, in)
		}
		if err := checkFinite(p.name, p.values); err != nil {
			return err
		}
		if i := slices.IndexFunc(p.values, func(v float64) bool {
			return v <= 0
		}); p.positive && i >= 0 {
			return fmt.Errorf("%s[%d] is %g, a time constant must be above 0", p.name, i,
				p.values[i])
		}
	}
	return nil
}

// parameter is a parameter slice of a neuron with what is asked of it.
type parameter struct {
	name             string
	values           []float64
	needed, positive bool
}

// parameters lists every parameter of the neuron in a fixed order.
func (n *Neuron) parameters() []parameter {
	cuba := n.Model == ModelCubaLI || n.Model == ModelCubaLIF
	leaky := cuba || n.Model == ModelLI || n.Model == ModelLIF
	return []parameter{
		{"tau", n.Tau, leaky, true},
		{"tau_syn", n.TauSyn, cuba, true},
		{"r", n.R, false, false},
		{"w_in", n.WIn, false, false},
		{"v_leak", n.VLeak, false, false},
		{"v_threshold", n.VThreshold, n.Model.Spikes(), false},
		{"v_reset", n.VReset, false, false},
		{"v0", n.V0, false, false},
	}
}

// checkLength refuses a slice whose length is none of those allowed.
func checkLength(name string, p []float64, allowed ...int) error {
	if slices.Contains(allowed, len(p)) {
		return nil
	}
	slices.Sort(allowed)
	return fmt.Errorf("%s has %d entries, want one of %v", name, len(p), slices.Compact(allowed))
}

func checkFinite(name string, p []float64) error {
	for i, v := range p {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s[%d] is %g", name, i, v)
		}
	}
	return nil
}
