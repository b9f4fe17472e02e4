package sample

import (
	"fmt"

	"adder/internal/dataset"
)

// Values are the samples of a data set as real numbers, after a training pipeline's preprocessing.
// With only a Set, bytes are pixel/255 and real numbers unchanged.
type Values struct {
	Set      *dataset.Set
	pipeline Pipeline
	axes     *axes
}

// NewValues returns the samples of a set after a pipeline, for a network with an input shape; nil
// is any shape. The error says what does not fit.
func NewValues(set *dataset.Set, p Pipeline, input []int) (*Values, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	a, err := newAxes(set.Shape, set.Picture, p.Layout, input, p.channels())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", set.Name, err)
	}
	return &Values{Set: set, pipeline: p, axes: a}, nil
}

// newValuesOf returns the samples of a set without preprocessing, in an order of axes, for a
// network with an input shape (nil is any) and a number of channels.
func newValuesOf(set *dataset.Set, order string, input []int, channels int) (*Values, error) {
	a, err := newAxes(set.Shape, set.Picture, order, input, channels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", set.Name, err)
	}
	return &Values{Set: set, axes: a}, nil
}

// Name implements Samples.
func (v *Values) Name() string { return v.Set.Name }

// Len implements Samples.
func (v *Values) Len() int { return v.Set.Len() }

// Shape implements Samples.
func (v *Values) Shape() []int {
	if v.axes == nil {
		return v.Set.Shape
	}
	return v.axes.shape
}

// Classes implements Samples.
func (v *Values) Classes() int { return v.Set.Classes }

// Label implements Samples.
func (v *Values) Label(i int) int {
	if len(v.Set.Labels) == 0 {
		return -1
	}
	return int(v.Set.Labels[i])
}

// Analog implements Samples.
func (v *Values) Analog(i int, x []float64) ([]float64, error) {
	x = v.raw(i, x)
	unit, channels := v.unit(), v.pipeline.channels()
	if v.pipeline.plain() && unit == 1 {
		return x, nil
	}
	for k := range x {
		x[k] = v.pipeline.number(x[k]*unit, v.axes.channelOf(k, channels))
	}
	return x, nil
}

// unit is the value of an element of 1 in the pipeline.
func (v *Values) unit() float64 {
	if v.pipeline.Bytes && !v.Set.IsBytes() {
		return 1.0 / 255
	}
	return 1
}

// raw stores the elements of sample i in x, in the network's order: bytes as pixel/255.
func (v *Values) raw(i int, x []float64) []float64 {
	x = resize(x, v.Set.Size())
	if v.Set.IsBytes() {
		pixels := v.Set.Image(i)
		for k := range x {
			x[k] = float64(pixels[v.from(k)]) / 255
		}
		return x
	}
	numbers := v.Set.Real(i)
	for k := range x {
		x[k] = float64(numbers[v.from(k)])
	}
	return x
}

// from is the place of element k in the set's samples.
func (v *Values) from(k int) int {
	if v.axes == nil || v.axes.from == nil {
		return k
	}
	return int(v.axes.from[k])
}
