package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// foldDequantize is DequantizeLinear of a constant: (x - zero point) scale,
// with one scale, or one per element of an axis. It is not rounded to float32, so that
// the integers can be found again.
func foldDequantize(c *call, in []*tensor) (*tensor, error) {
	q, err := c.quantisation(in)
	if err != nil {
		return nil, err
	}
	out := newTensor(kindFloat64, q.x.dims, q.x.size())
	for i := range out.f64 {
		scale, zero := q.at(i)
		out.f64[i] = (q.x.at(i) - zero) * scale
	}
	return out, nil
}

// foldQuantize is QuantizeLinear of a constant: the nearest integer to
// x / scale, the even one of two, plus the zero point, within the range of
// the zero point's type.
func foldQuantize(c *call, in []*tensor) (*tensor, error) {
	q, err := c.quantisation(in)
	if err != nil {
		return nil, err
	}
	low, high, err := c.quantisedRange()
	if err != nil {
		return nil, err
	}
	out := newTensor(kindInt, q.x.dims, q.x.size())
	for i := range out.ints {
		scale, zero := q.at(i)
		v := math.RoundToEven(q.x.at(i)/scale) + zero
		if math.IsNaN(v) {
			return nil, fmt.Errorf("element %d divided by its scale is not a number; export the "+
				"model again", i)
		}
		out.ints[i] = int64(min(max(v, low), high))
	}
	return out, nil
}

// quantisedRange is the range of the type that a QuantizeLinear gives: its
// zero point's, uint8 without one.
func (c *call) quantisedRange() (low, high float64, err error) {
	kind := int64(typeUint8)
	if len(c.node.inputs) > 2 && c.node.inputs[2] != "" {
		if kind, err = c.b.typeOf(c.node.inputs[2]); err != nil {
			return 0, 0, err
		}
	} else if kind, err = c.intAttribute("output_dtype", typeUint8); err != nil {
		return 0, 0, err
	}
	switch kind {
	case typeUint8:
		return 0, 255, nil
	case typeInt8:
		return -128, 127, nil
	case typeUint16:
		return 0, 65535, nil
	case typeInt16:
		return -32768, 32767, nil
	}
	return 0, 0, fmt.Errorf("it quantises to data type %d; Adder reads 8 and 16 bits", kind)
}

// typeOf is the data type of a constant, of an initializer or of a Constant.
func (b *builder) typeOf(name string) (int64, error) {
	if t, ok := b.initializers[name]; ok {
		return t.dataType, nil
	}
	if i, ok := b.producers[name]; ok && b.graph.nodes[i].op == "Constant" {
		c := &call{b: b, index: i, node: &b.graph.nodes[i]}
		if a, err := c.attribute("value", attributeTensor); err == nil && a != nil && a.t != nil {
			return a.t.dataType, nil
		}
	}
	return 0, errors.New("the type of its zero point is not known; export the model with its " +
		"constants folded")
}

// quantisation is a constant with the scales and zero points of its
// elements.
type quantisation struct {
	x, scale, zero *tensor
	// inner is the distance of neighbours along the axis of the scales.
	inner int
}

// at gives the scale and zero point of element i.
func (q *quantisation) at(i int) (scale, zero float64) {
	j := i / q.inner % q.scale.size()
	if q.zero != nil {
		zero = q.zero.at(j)
	}
	return q.scale.at(j), zero
}

func (c *call) quantisation(in []*tensor) (*quantisation, error) {
	x, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	scale, err := operand(in, 1)
	if err != nil {
		return nil, err
	}
	q := &quantisation{x: x, scale: scale, inner: max(x.size(), 1)}
	if len(in) > 2 {
		q.zero = in[2]
	}
	block, err := c.intAttribute("block_size", 0)
	if err != nil {
		return nil, err
	}
	if block != 0 || len(scale.dims) > 1 {
		return nil, errors.New("it has a scale per block, which Adder does not read; export the " +
			"model with one scale per channel or tensor")
	}
	if scale.size() == 0 || q.zero != nil && q.zero.size() != scale.size() {
		return nil, fmt.Errorf("its scales %v and zero points do not fit; export the model again",
			scale.dims)
	}
	if scale.size() > 1 {
		if q.inner, err = c.scaledAxis(x, scale.size()); err != nil {
			return nil, err
		}
	}
	return q, errors.Join(scale.finite(), c.b.budget.spend(x.size()))
}

// scaledAxis gives the distance of neighbours along the axis that has n
// scales.
func (c *call) scaledAxis(x *tensor, n int) (int, error) {
	given, err := c.intAttribute("axis", 1)
	if err != nil {
		return 0, err
	}
	axis, err := axisIn(given, len(x.dims))
	if err != nil {
		return 0, err
	}
	if x.dims[axis] != n {
		return 0, fmt.Errorf("it has %d scales for axis %d of %v; export the model again", n, axis,
			slices.Clone(x.dims))
	}
	inner, _ := product(x.dims[axis+1:])
	return inner, nil
}
