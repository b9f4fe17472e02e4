package onnx

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// foldConstant is Constant in the forms that hold numbers.
func foldConstant(c *call, _ []*tensor) (*tensor, error) {
	if a, err := c.attribute("value", attributeTensor); err != nil {
		return nil, err
	} else if a != nil && a.t != nil {
		v, err := c.b.decode(a.t)
		if err != nil {
			return nil, fmt.Errorf("its value: %w", err)
		}
		return v.constant, nil
	}
	return c.inlineConstant()
}

// inlineConstant is a Constant whose numbers are attributes of the node.
func (c *call) inlineConstant() (*tensor, error) {
	single, err := c.attribute("value_float", attributeFloat)
	if err != nil {
		return nil, err
	}
	if single != nil {
		return &tensor{kind: kindFloat32, dims: []int{}, f32: []float32{single.f}}, nil
	}
	if single, err = c.attribute("value_int", attributeInt); err != nil {
		return nil, err
	}
	if single != nil {
		return &tensor{kind: kindInt, dims: []int{}, ints: []int64{single.i}}, nil
	}
	floats, err := c.attribute("value_floats", attributeFloats)
	if err != nil {
		return nil, err
	}
	if floats != nil {
		n, err := countElements(floats.floats, protowire.Fixed32Type)
		if err != nil {
			return nil, err
		}
		t := newTensor(kindFloat32, []int{n}, n)
		t.fillRaw(typeFloat, floats.floats, 0)
		return t, nil
	}
	list, err := c.intsAttribute("value_ints")
	if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("it holds no number (value, value_float, value_int and their " +
			"lists are read); export the model again")
	}
	return intTensor(list...), nil
}

// foldFill is ConstantOfShape: one value, 0 by default.
func foldFill(c *call, in []*tensor) (*tensor, error) {
	shape, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	value := &tensor{kind: kindFloat32, dims: []int{1}, f32: []float32{0}}
	a, err := c.attribute("value", attributeTensor)
	if err != nil {
		return nil, err
	}
	if a != nil && a.t != nil {
		if value, err = a.t.decode(c.b.ext); err != nil {
			return nil, fmt.Errorf("its value: %w", err)
		}
	}
	dims, err := extents(shape)
	if err != nil {
		return nil, err
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	if value.size() != 1 {
		return nil, fmt.Errorf("its value has %d elements, not 1; export the model again",
			value.size())
	}
	return value.take(dims, n, func(int) int { return 0 }), nil
}

// extents reads a shape held in a constant.
func extents(t *tensor) ([]int, error) {
	if t.kind != kindInt || len(t.dims) > 1 || t.size() > maxRank {
		return nil, errors.New("its shape is not a short list of integers; export the model again")
	}
	dims := make([]int, t.size())
	for i, d := range t.ints {
		if d < 0 || d > maxModelBytes {
			return nil, fmt.Errorf("its shape %v is impossible; export the model again", t.ints)
		}
		dims[i] = int(d)
	}
	return dims, nil
}
