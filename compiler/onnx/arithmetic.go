package onnx

import (
	"errors"
	"fmt"
	"math"
)

// foldArithmetic is Add, Sub, Mul or Div of two constants.
func foldArithmetic(c *call, in []*tensor) (*tensor, error) {
	a, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	b, err := operand(in, 1)
	if err != nil {
		return nil, err
	}
	return c.foldPair(c.node.op, a, b)
}

// foldPair computes an operator on two constants, integers among themselves
// in int64, all else in float64. Where a is nil it is b.
func (c *call) foldPair(op string, a, b *tensor) (*tensor, error) {
	if a == nil {
		return b, nil
	}
	dims, ok := broadcast(a.dims, b.dims)
	if !ok {
		return nil, fmt.Errorf("constants %v and %v do not fit; export the model again", a.dims,
			b.dims)
	}
	n, err := c.claim(dims)
	if err != nil {
		return nil, err
	}
	fromA := walk(dims, broadcastSteps(a.dims, dims), 0)
	fromB := walk(dims, broadcastSteps(b.dims, dims), 0)
	if a.kind == kindInt && b.kind == kindInt {
		out := newTensor(kindInt, dims, n)
		for i := range n {
			if out.ints[i], err = integerResult(op, a.ints[fromA(i)],
				b.ints[fromB(i)]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	out := newTensor(kindFloat64, dims, n)
	for i := range n {
		out.f64[i] = floatResult(op, a.at(fromA(i)), b.at(fromB(i)))
	}
	return out, nil
}

func integerResult(op string, a, b int64) (int64, error) {
	switch op {
	case "Add":
		return a + b, nil
	case "Sub":
		return a - b, nil
	case "Mul":
		return a * b, nil
	case "Max":
		return max(a, b), nil
	case "Min":
		return min(a, b), nil
	}
	if b == 0 {
		return 0, errors.New("it divides by 0; export the model again")
	}
	return a / b, nil
}

func floatResult(op string, a, b float64) float64 {
	switch op {
	case "Add":
		return a + b
	case "Sub":
		return a - b
	case "Mul":
		return a * b
	case "Max":
		return max(a, b)
	case "Min":
		return min(a, b)
	default:
		return a / b
	}
}

// foldUnary is Neg, Sqrt or Reciprocal of a constant. An impossible result
// (a NaN, an infinity) is refused where it is used as a weight.
func foldUnary(c *call, in []*tensor) (*tensor, error) {
	t, err := operand(in, 0)
	if err != nil {
		return nil, err
	}
	if err := c.b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	if t.kind == kindInt && c.node.op == "Neg" {
		out := newTensor(kindInt, t.dims, t.size())
		for i, v := range t.ints {
			out.ints[i] = -v
		}
		return out, nil
	}
	out := newTensor(kindFloat64, t.dims, t.size())
	for i := range out.f64 {
		switch v := t.at(i); c.node.op {
		case "Neg":
			out.f64[i] = -v
		case "Sqrt":
			out.f64[i] = math.Sqrt(v)
		default:
			out.f64[i] = 1 / v
		}
	}
	return out, nil
}
