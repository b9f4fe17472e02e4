package flat

import (
	"fmt"
	"math"

	"adder/internal/csr"
)

// Validate checks the invariants that later passes rely on: sources and targets exist and have as
// many neurons as there are weights, lists ascend, numbers are finite, and no depth or delay is
// negative. The error names the layer.
func (f *Network) Validate() error {
	for p := range f.Populations {
		if err := f.Populations[p].validate(); err != nil {
			return fmt.Errorf("network %s: layer %s: %w", f.Name, f.Populations[p].Name, err)
		}
	}
	for i := range f.Projections {
		if err := f.validateProjection(&f.Projections[i]); err != nil {
			return fmt.Errorf("network %s: projection %d: %w", f.Name, i, err)
		}
	}
	if f.Output < 0 || f.Output >= len(f.Populations) {
		return fmt.Errorf("network %s: output %d: there are %d layers", f.Name, f.Output,
			len(f.Populations))
	}
	return nil
}

func (p *Population) validate() error {
	if p.Neuron == nil || p.Depth < 0 {
		return fmt.Errorf("neurons %v at depth %d", p.Neuron, p.Depth)
	}
	if !perElement(p.Bias, p.Shape.Size()) {
		return fmt.Errorf("%d biases for %d neurons", len(p.Bias), p.Shape.Size())
	}
	return validateNumbers("bias", p.Bias)
}

// perElement reports whether a list has one value for all elements or one for each, or
// none.
func perElement(values []float64, elements int) bool {
	return len(values) <= 1 || len(values) == elements
}

func validateNumbers(name string, values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s %d is %g", name, i, v)
		}
	}
	return nil
}

func (f *Network) validateProjection(p *Projection) error {
	if p.Source < FromInput || p.Source >= len(f.Populations) || p.Target < 0 ||
		p.Target >= len(f.Populations) {
		return fmt.Errorf("from %d to %d: there are %d layers, and %d is the input", p.Source,
			p.Target, len(f.Populations), FromInput)
	}
	sources, w := f.InputShape.Size(), &p.Weights
	if p.Source != FromInput {
		sources = f.Populations[p.Source].Shape.Size()
	}
	if targets := f.Populations[p.Target].Shape.Size(); w.Sources != sources ||
		w.Targets != targets {
		return fmt.Errorf("%d x %d weights for %d sources and %d targets", w.Sources, w.Targets,
			sources, targets)
	}
	if p.Wait < 0 || p.Lag < 0 || p.Delay < 0 {
		return fmt.Errorf("it waits %d ticks, lags %d and is delayed by %d: none is negative",
			p.Wait, p.Lag, p.Delay)
	}
	if w.Matrix != nil {
		return w.validateMatrix()
	}
	return w.validateList()
}

func (w *Weights) validateMatrix() error {
	rows, columns := w.Matrix.Dims()
	if rows != w.Targets || columns != w.Sources {
		return fmt.Errorf("a matrix of %d x %d for %d targets and %d sources", rows, columns,
			w.Targets, w.Sources)
	}
	if !perElement(w.Row, w.Targets) || !perElement(w.Column, w.Sources) {
		return fmt.Errorf("%d and %d scales for %d targets and %d sources", len(w.Row),
			len(w.Column), w.Targets, w.Sources)
	}
	var err error
	w.eachTarget(0, w.Targets, func(t int, row []float64) {
		if err == nil {
			err = validateNumbers(fmt.Sprintf("weight to neuron %d of source", t), row)
		}
	})
	return err
}

func (w *Weights) validateList() error {
	err := csr.Validate(w.Start, w.Target, len(w.Value), w.Sources, w.Targets)
	if err != nil {
		return err
	}
	return validateNumbers("weight", w.Value)
}
