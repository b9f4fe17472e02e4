package onnx

import (
	"fmt"
	"math"

	"adder/snn"
)

// relu drops a Relu where nothing can be below 0.
func relu(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	if v.nonNegative {
		return c.give(0, v.alias())
	}
	return c.rectify(v, 0)
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

// clip is a Relu with a ceiling. A Clip that follows a Relu lowers the
// Relu's ceiling.
func clip(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	low, high, err := c.clipBounds()
	if err != nil {
		return err
	}
	if math.IsNaN(low) || math.IsNaN(high) || low > 0 || high <= 0 || low < 0 && !v.nonNegative {
		return fmt.Errorf("it clips to [%g, %g]; Adder reads a Clip from 0 to a positive value, since a firing rate cannot be negative", low, high)
	}
	ceil := high
	if high >= math.MaxFloat32 {
		ceil = 0
	}
	if !v.nonNegative {
		return c.rectify(v, ceil)
	}
	if ceil == 0 {
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
	if c.b.opset < 11 {
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
