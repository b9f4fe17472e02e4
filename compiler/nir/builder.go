package nir

import (
	"fmt"
	"slices"

	"adder/snn"
)

// parameterNames are the datasets whose shape is that of the signal.
var parameterNames = []string{"delay", "r", "scale", "tau", "tau_mem", "tau_syn", "threshold",
	"v_leak", "v_reset", "v_threshold", "w_in"}

// kinds are the primitives that the package reads, for messages.
const kinds = "Input, Output, Affine, Linear, Scale, Conv1d, Conv2d, SumPool2d, AvgPool2d, " +
	"Flatten, I, LI, IF, LIF, CubaLI, CubaLIF, Threshold, Delay, NIRGraph"

// builder makes the operation of one node whose input shape is known.
type builder struct {
	*node
	graph     *graph
	opts      Options
	consumers []*node
}

// build sets the node's op and out.
func (b *builder) build() error {
	var err error
	if b.op, err = b.operation(); err != nil {
		return err
	}
	if b.out != nil { // Flatten says so itself
		return nil
	}
	b.out, err = snn.Infer(b.op, b.in)
	return err
}

func (b *builder) operation() (snn.Op, error) {
	switch b.kind {
	case "Input", "Output":
		return b.boundaryOp()
	case "Affine", "Linear":
		return b.dense()
	case "Scale":
		return b.scale()
	case "Conv1d":
		return b.conv(1)
	case "Conv2d":
		return b.conv(2)
	case "SumPool2d", "AvgPool2d":
		return b.pool()
	case "Flatten":
		return b.flatten()
	case "Delay":
		return b.delay()
	}
	if model, ok := modelOf(b.kind); ok {
		return b.neuron(model)
	}
	return nil, fmt.Errorf("unknown type; known are %s", kinds)
}

// boundaryOp is for Input and Output, which pass their signal on. What they declare is compared
// with the signal, but the signal counts.
func (b *builder) boundaryOp() (snn.Op, error) {
	declared, err := b.declaredShape()
	if err != nil {
		return nil, err
	}
	if declared != nil && !trimmed(declared).Equal(trimmed(b.in)) {
		b.graph.warn("node %q (%s) declares the shape %s, but the signal is %s, which counts",
			b.name, b.kind, declared, b.in)
	}
	switch {
	case b.boundary:
		return &snn.Reshape{}, nil
	case b.kind == "Input":
		return &snn.Input{}, nil
	default:
		return &snn.Output{}, nil
	}
}

// dense is for Affine and Linear.
func (b *builder) dense() (snn.Op, error) {
	w, err := b.required("weight")
	if err != nil {
		return nil, err
	}
	shape := w.shape()
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	if w.text != nil || len(shape) != 2 {
		return nil, fmt.Errorf("weight is %s, want numbers of shape outputs x inputs", w.describe())
	}
	last := b.in[len(b.in)-1]
	if shape[1] != last && shape[0] == last {
		return nil, fmt.Errorf("weight has shape %s (outputs x inputs), the signal %s; the "+
			"weight may be stored transposed, as some tools do", shape, b.in)
	}
	if shape[1] != last {
		return nil, fmt.Errorf("weight has shape %s (outputs x inputs), the signal %s", shape, b.in)
	}
	op := &snn.Dense{W: matrix(shape[0], shape[1], w.numbers)}
	if b.kind == "Affine" {
		op.Bias, err = b.bias(shape[0])
	}
	return op, err
}

// bias reads one entry per output or channel, from a dataset that may hold
// a single number for all.
func (b *builder) bias(outputs int) ([]float64, error) {
	a, err := b.required("bias")
	if err != nil {
		return nil, err
	}
	values, err := fit(a, snn.Shape{outputs})
	if err != nil {
		return nil, fmt.Errorf("bias has shape %s, want one entry for each of %d outputs",
			a.shape(), outputs)
	}
	if len(values) == 1 && outputs > 1 {
		if outputs > maxSpread {
			return nil, fmt.Errorf("%d outputs are too many", outputs)
		}
		values = slices.Repeat(values, outputs)
	}
	return values, nil
}

// matrix keeps weights as float32 where that loses nothing, as nearly
// always.
func matrix(rows, cols int, numbers []float64) snn.Matrix {
	short := make([]float32, len(numbers))
	for i, v := range numbers {
		if short[i] = float32(v); float64(short[i]) != v {
			return &snn.Matrix64{Rows: rows, Cols: cols, Data: numbers}
		}
	}
	return &snn.Matrix32{Rows: rows, Cols: cols, Data: short}
}

func (b *builder) scale() (snn.Op, error) {
	factor, err := b.parameter("scale")
	return &snn.Scale{Factor: factor}, err
}

// parameter reads a dataset that has an entry per element of the signal.
func (b *builder) parameter(name string) ([]float64, error) {
	a, err := b.required(name)
	if err != nil {
		return nil, err
	}
	values, err := fit(a, b.in)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	return values, nil
}

// optional is parameter for datasets that files may lack; nil then.
func (b *builder) optional(name string) ([]float64, error) {
	a, err := b.array(name)
	if err != nil || a == nil {
		return nil, err
	}
	return b.parameter(name)
}
