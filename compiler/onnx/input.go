package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"adder/snn"
)

// addInput adds the Input node for the graph input that is fed.
func (b *builder) addInput() error {
	in, err := b.chooseInput()
	if err != nil {
		return err
	}
	v, err := b.inputValue(in)
	if err != nil {
		return fmt.Errorf("input '%s': %w", printable(in.name), err)
	}
	shape := v.shape()
	v.node = b.net.AddNode(b.unique(in.name), &snn.Input{}, shape, shape)
	b.outputName = b.unique(b.output)
	if in.elem == typeUint8 {
		b.net.Bytes = true
		// The sample is a pixel divided by 255; the graph reads bytes.
		c := &call{b: b, node: &nodeProto{op: "Input", name: in.name}}
		v, err = c.append(".bytes", &snn.Scale{Factor: []float64{255}}, v.dims, v.batch, v)
		if err != nil {
			return fmt.Errorf("input '%s': %w", printable(in.name), err)
		}
	}
	v.integer = in.elem != 0 && !floating(in.elem)
	return b.define(in.name, v)
}

// fed lists the graph inputs that are not initializers, which older files
// list too.
func (b *builder) fed() []valueProto {
	var out []valueProto
	for _, in := range b.graph.inputs {
		if b.initializers[in.name] == nil {
			out = append(out, in)
		}
	}
	return out
}

// graphInput finds a graph input that is no initializer, nil where there is
// none of that name.
func (b *builder) graphInput(name string) *valueProto {
	for i := range b.graph.inputs {
		if in := &b.graph.inputs[i]; in.name == name && b.initializers[name] == nil {
			return in
		}
	}
	return nil
}

// chooseInput takes the input that the options name, else the first on
// which the output depends.
func (b *builder) chooseInput() (*valueProto, error) {
	inputs := b.fed()
	for _, name := range slices.Sorted(maps.Keys(b.opts.Shapes)) {
		if b.graphInput(name) == nil {
			return nil, fmt.Errorf("--shape gives a shape to '%s', which is not an input of the "+
				"graph (it has %s)", printable(name), nameList(inputs))
		}
	}
	if name := b.opts.Input; name != "" {
		in := b.graphInput(name)
		if in == nil {
			return nil, fmt.Errorf(
				"--input names '%s', which is not an input of the graph (it has %s)",
				printable(name), nameList(inputs))
		}
		return in, nil
	}
	if len(inputs) == 0 {
		return nil, errors.New("the graph has no input; export the model with its input")
	}
	in := &inputs[0]
	for i := range inputs {
		if b.uses[inputs[i].name] > 0 {
			in = &inputs[i]
			break
		}
	}
	if in.name == "" {
		return nil, errors.New("the graph's input has no name; export the model again")
	}
	return in, nil
}

// inputValue interprets an input's shape: of two or more axes the first is
// the batch, unless the graph fits only without one.
func (b *builder) inputValue(in *valueProto) (*value, error) {
	axes, err := b.inputAxes(in)
	if err != nil {
		return nil, err
	}
	if in.elem != 0 {
		if _, err := elementTypeOf(in.elem); err != nil {
			return nil, err
		}
	}
	v := &value{batch: -1}
	for i, a := range axes {
		size := a.size
		switch {
		case i == 0 && len(axes) > 1 && !b.unbatched:
			b.noteBatch(in.name, a)
			v.batch, size = 0, 1
		case a.param != "" || size <= 0:
			return nil, fmt.Errorf("axis %d is dynamic (%s), and only the batch may be: say its "+
				"size with --shape %s=%s", i, axisText(a), printable(in.name), shapeHint(axes))
		case size > maxSignal:
			return nil, fmt.Errorf("axis %d has %d elements, more than the %d that Adder reads", i,
				size, maxSignal)
		}
		v.dims = append(v.dims, int(size))
	}
	return v, checkSignal(v.dims)
}

// inputAxes is the file's shape with what the options say in its place.
func (b *builder) inputAxes(in *valueProto) ([]axisProto, error) {
	given := b.opts.Shapes[in.name]
	if given == nil {
		if !in.shaped {
			return nil, fmt.Errorf("the file does not give its shape: say it with --shape "+
				"%s=1x3x32x32 or the like, the batch first", printable(in.name))
		}
		return in.axes, nil
	}
	if in.shaped && len(given) != len(in.axes) {
		return nil, fmt.Errorf("--shape gives it %d axes, the file %d (%s)", len(given),
			len(in.axes), shapeHint(in.axes))
	}
	axes := make([]axisProto, len(given))
	for i, size := range given {
		axes[i].size = int64(size)
		if size < 1 {
			return nil, fmt.Errorf("--shape gives axis %d the size %d", i, size)
		}
		if in.shaped && in.axes[i].param == "" && in.axes[i].size > 0 &&
			in.axes[i].size != int64(size) && i > 0 {
			return nil, fmt.Errorf("--shape gives axis %d the size %d, the file fixes it at %d", i,
				size, in.axes[i].size)
		}
	}
	return axes, nil
}

// shapeHint writes a shape as --shape takes it, a name where a size is
// open.
func shapeHint(axes []axisProto) string {
	text := ""
	for i, a := range axes {
		if i > 0 {
			text += "x"
		}
		switch {
		case a.param == "" && a.size > 0:
			text += fmt.Sprint(a.size)
		case i == 0:
			text += "1"
		case a.param != "":
			text += printable(a.param)
		default:
			text += "?"
		}
	}
	return text
}

func axisText(a axisProto) string {
	if a.param != "" {
		return "'" + printable(a.param) + "'"
	}
	return fmt.Sprint(a.size)
}

func (b *builder) noteBatch(input string, a axisProto) {
	b.singleBatch = a.param == "" && a.size == 1
	if a.param != "" || a.size <= 1 || a.size > maxSignal {
		return
	}
	b.fixedBatch = int(a.size)
	b.warn("input '%s' fixes a batch of %d; Adder runs one sample at a time", printable(input),
		a.size)
}
