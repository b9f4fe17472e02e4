package onnx

import (
	"errors"
	"fmt"
	"math"

	"adder/snn"
)

// The output of QuantizeLinear is an integer; the network has the dequantised number in its place,
// rounded to the grid. DequantizeLinear then changes nothing, and a Clip between the two narrows
// the grid.

// quantizeSignal is QuantizeLinear of a signal.
func quantizeSignal(c *call) error {
	v, err := c.loose(0)
	if err != nil {
		return err
	}
	grid, err := c.signalGrid()
	if err != nil {
		return err
	}
	low, high, err := c.quantisedRange()
	if err != nil {
		return err
	}
	grid.Low, grid.High = int(low), int(high)
	out, err := c.append("", grid, v.dims, v.batch, v.asFloat())
	if err != nil {
		return err
	}
	out.grid, out.integer = grid, true
	out.nonNegative = v.nonNegative || grid.Low >= grid.Zero
	return c.give(0, out)
}

// dequantizeSignal is DequantizeLinear of a signal, which must be by the grid that
// quantised it.
func dequantizeSignal(c *call) error {
	v, err := c.raw(0)
	if err != nil {
		return err
	}
	if v.grid == nil {
		return errors.New("it dequantises a signal that no QuantizeLinear gives, or something " +
			"stands between the two; export the model with the pairs side by side")
	}
	grid, err := c.signalGrid()
	if err != nil {
		return err
	}
	if grid.Scale != v.grid.Scale || grid.Zero != v.grid.Zero {
		return fmt.Errorf("it dequantises by a scale of %g around %d what was quantised by %g "+
			"around %d; export the model again",
			grid.Scale, grid.Zero, v.grid.Scale, v.grid.Zero)
	}
	u := v.asFloat()
	u.grid = nil
	return c.give(0, u)
}

// signalGrid reads scale and zero point, which a signal has one of each.
func (c *call) signalGrid() (*snn.Quantise, error) {
	scale, err := c.weights(1)
	if err != nil {
		return nil, err
	}
	zero, err := c.constant(2)
	if err != nil {
		return nil, err
	}
	if scale.size() != 1 || zero != nil && zero.size() != 1 {
		return nil, fmt.Errorf("a signal has a scale for each of %d channels; export the model "+
			"with one scale per signal, and one per channel of weights alone", scale.size())
	}
	grid := &snn.Quantise{Scale: float64(float32(scale.at(0)))}
	if zero != nil {
		grid.Zero = int(zero.at(0))
	}
	if !(grid.Scale > 0) || math.IsInf(grid.Scale, 0) {
		return nil, fmt.Errorf("its scale is %g; export the model again", scale.at(0))
	}
	return grid, nil
}

// narrow is a Clip of integers that a QuantizeLinear gives.
func (c *call) narrow(v *value) error {
	low, high, err := c.clipBounds()
	if err != nil {
		return err
	}
	if c.b.net.Nodes[v.node].Op != snn.Op(v.grid) || !c.exclusive(0, v) {
		return errors.New("it clips a quantised signal that is read elsewhere too, or was moved; " +
			"export the model with the Clip right behind its QuantizeLinear")
	}
	grid := v.grid
	grid.Low = int(max(float64(grid.Low), math.Ceil(low)))
	grid.High = int(min(float64(grid.High), math.Floor(high)))
	if grid.Low >= grid.High || grid.Zero < grid.Low || grid.Zero > grid.High {
		return fmt.Errorf("it clips to %d to %d, where the zero point %d has no place or nothing "+
			"is left of the signal; export the model again", grid.Low, grid.High, grid.Zero)
	}
	out := *v
	out.nonNegative = v.nonNegative || grid.Low >= grid.Zero
	return c.give(0, &out)
}
