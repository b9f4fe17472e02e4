package onnx

import (
	"errors"
	"fmt"
	"math"

	"adder/snn"
)

// relu drops a Relu where nothing can be below 0, but after a pool: the compiler may give it
// neurons.
func relu(c *call) error {
	v, err := c.loose(0)
	if err != nil {
		return err
	}
	return c.limit(v, bounds{0, math.Inf(1)})
}

// leakyRelu is a Relu where nothing leaks.
func leakyRelu(c *call) error {
	alpha, err := c.floatAttribute("alpha", 0.01)
	if err != nil {
		return err
	}
	if alpha != 0 {
		return errActivation
	}
	return relu(c)
}

// bounds are the bounds of a Clip, a Max or a Min by one value.
type bounds struct{ low, high float64 }

// clip is a Relu with a ceiling, between two shifts where it does not begin
// at 0.
func clip(c *call) error {
	v, err := c.loose(0)
	if err != nil {
		return err
	}
	if v.grid != nil {
		return c.narrow(v)
	}
	low, high, err := c.clipBounds()
	if err != nil {
		return err
	}
	return c.limit(v, bounds{low, high})
}

// limit keeps a signal within bounds. What a float32 cannot exceed is no
// bound.
func (c *call) limit(v *value, r bounds) error {
	if r.low <= -math.MaxFloat32 || v.nonNegative && r.low < 0 {
		r.low = math.Inf(-1)
	}
	if r.high >= math.MaxFloat32 {
		r.high = math.Inf(1)
	}
	switch {
	case math.IsNaN(r.low) || math.IsNaN(r.high) || !(r.low < r.high) ||
		v.nonNegative && r.high <= 0:
		return fmt.Errorf("it clips to [%g, %g], where nothing is left of the signal; export the "+
			"model again", r.low, r.high)
	case v.nonNegative && r.low <= 0:
		return c.lowerCeiling(v, r.high)
	case math.IsInf(r.low, 0) && math.IsInf(r.high, 0):
		return c.give(0, v.alias())
	case math.IsInf(r.low, 0):
		return c.rectifyFrom(v, []float64{-1}, []float64{r.high}, 0)
	case math.IsInf(r.high, 0):
		return c.rectifyFrom(v, []float64{1}, []float64{-r.low}, 0)
	}
	return c.rectifyFrom(v, []float64{1}, []float64{-r.low}, r.high-r.low)
}

// rectifyFrom is min(max(x, s), s + ceil) for a factor of 1 and a shift of
// -s, and min(x, s) for -1 and s: a Relu of the scaled signal, scaled back.
func (c *call) rectifyFrom(v *value, factor, shift []float64, ceil float64) error {
	if allZeroFloats(shift) && factor[0] == 1 {
		return c.rectify(v, ceil)
	}
	from, err := c.append("_from", &snn.Scale{Factor: factor, Shift: shift}, v.dims, v.batch, v)
	if err != nil {
		return err
	}
	r, err := c.append("", &snn.Relu{Ceil: ceil}, v.dims, v.batch, from)
	if err != nil {
		return err
	}
	back, least := make([]float64, len(shift)), math.Inf(1)
	for i, s := range shift {
		back[i] = -factor[0] * s
		least = min(least, back[i])
	}
	out, err := c.append("_back", &snn.Scale{Factor: factor, Shift: back}, v.dims, v.batch, r)
	if err != nil {
		return err
	}
	out.nonNegative = factor[0] == 1 && least >= 0
	return c.give(0, out)
}

func allZeroFloats(values []float64) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

// rectify adds min(max(x, 0), ceil).
func (c *call) rectify(v *value, ceil float64) error {
	out, err := c.append("", &snn.Relu{Ceil: ceil}, v.dims, v.batch, v)
	if err != nil {
		return err
	}
	out.nonNegative = true
	return c.give(0, out)
}

// lowerCeiling cuts a signal that is never below 0. A Relu that only this
// node reads gets the lower ceiling itself.
func (c *call) lowerCeiling(v *value, ceil float64) error {
	if math.IsInf(ceil, 0) {
		if v.pooled && c.node.op != "Clip" {
			return c.rectify(v, 0)
		}
		return c.give(0, v.alias())
	}
	if r, ok := c.b.net.Nodes[v.node].Op.(*snn.Relu); ok && c.exclusive(0, v) {
		if r.Ceil == 0 || ceil < r.Ceil {
			r.Ceil = ceil
		}
		return c.give(0, v.alias())
	}
	return c.rectify(v, ceil)
}

// clipBounds are attributes before operator set 11 and inputs since.
func (c *call) clipBounds() (low, high float64, err error) {
	if low, err = c.floatAttribute("min", math.Inf(-1)); err != nil {
		return 0, 0, err
	}
	if high, err = c.floatAttribute("max", math.Inf(1)); err != nil {
		return 0, 0, err
	}
	if c.opset() < 11 {
		return low, high, nil
	}
	if low, err = c.scalar(1, low); err != nil {
		return 0, 0, err
	}
	high, err = c.scalar(2, high)
	return low, high, err
}

// scalar gives input i, a constant of one element, or def where it is left
// out.
func (c *call) scalar(i int, def float64) (float64, error) {
	t, err := c.constant(i)
	if err != nil || t == nil {
		return def, err
	}
	if t.size() != 1 {
		return 0, fmt.Errorf("input %d has %d elements, not 1; export the model again", i, t.size())
	}
	return t.at(0), nil
}

// extreme is Max or Min of a signal and constants: a Relu where it is by 0,
// and one between two shifts otherwise.
func extreme(c *call) error {
	at, t, err := c.extremeOperands()
	if err != nil {
		return err
	}
	if at != 0 {
		// limit looks at input 0.
		c.node = &nodeProto{name: c.node.name, op: c.node.op, inputs: []string{c.node.inputs[at]},
			outputs: c.node.outputs, opset: c.node.opset}
	}
	if t == nil {
		v, err := c.loose(0)
		if err != nil {
			return err
		}
		return c.give(0, v.alias())
	}
	v, t, err := c.meeting(0, t)
	if err != nil {
		return err
	}
	if t.size() == 1 {
		r := bounds{math.Inf(-1), math.Inf(1)}
		if c.node.op == "Max" {
			r.low = t.at(0)
		} else {
			r.high = t.at(0)
		}
		return c.limit(v, r)
	}
	return c.limitEach(v, t)
}

// limitEach is Max or Min with a value per channel or element.
func (c *call) limitEach(v *value, t *tensor) error {
	shift, err := c.spread(t, v)
	if err != nil {
		return err
	}
	factor := []float64{-1}
	if c.node.op == "Max" {
		factor[0] = 1
		for i := range shift {
			shift[i] = -shift[i]
		}
	}
	return c.rectifyFrom(v, factor, shift, 0)
}

// extremeOperands finds the one signal among the inputs and folds the
// constants; t is nil where there are none.
func (c *call) extremeOperands() (at int, t *tensor, err error) {
	at = -1
	for i := range max(len(c.node.inputs), 1) {
		v, err := c.need(i)
		if err != nil {
			return 0, nil, err
		}
		switch {
		case v.constant == nil && (at < 0 || c.node.inputs[at] == c.node.inputs[i]):
			at = i
		case v.constant == nil:
			return 0, nil, errors.New("it compares two signals; Adder reads it of one signal and " +
				"constants, as a Relu or Clip is written")
		default:
			if err := c.checkNumbers(i, v.constant); err != nil {
				return 0, nil, err
			}
			if t, err = c.foldPair(c.node.op, t, v.constant); err != nil {
				return 0, nil, err
			}
		}
	}
	return at, t, nil
}

// checkNumbers refuses NaN; an infinite bound bounds nothing.
func (c *call) checkNumbers(i int, t *tensor) error {
	if t.size() == 1 && !math.IsNaN(t.at(0)) {
		return nil
	}
	return c.checkFinite(i, t)
}
