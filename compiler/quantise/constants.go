package quantise

import (
	"fmt"
	"math"
	"slices"

	"adder/compiler/ir"
)

// Constant is a real number of a network and its integer value on the chip.
type Constant struct {
	Name string `json:"name"`
	// Unit is the unit of Want and Have.
	Unit string  `json:"unit"`
	Want float64 `json:"want"`
	Have float64 `json:"have"`
	// Register is the integer that the chip is loaded with.
	Register string `json:"register"`
}

// Error is the relative error of a constant, 0 for an exact one. It is NaN for a constant that
// represents 0 and is not 0.
func (c *Constant) Error() float64 {
	if c.Have == c.Want {
		return 0
	}
	return (c.Have - c.Want) / math.Abs(c.Want)
}

// The units of constants. A weight of 1 is the largest that a plastic synapse has.
const (
	unitWeights = "weights"
	unitTicks   = "ticks"
	unitPart    = "of a trace"
	unitSquare  = "weights squared"
)

// Constants converts the real constants of a winner-take-all network into a chip's integers, and
// records the error of each (docs/learning.md).
type Constants struct {
	// unit is a weight of 1 in least significant bits of the adder, stored the
	// same as a plastic weight is stored.
	unit, stored float64
	list         []Constant
}

// NewConstants returns an empty record for a network whose weight of 1 is the integer unit in the
// adder and stored in memory.
func NewConstants(unit, stored int32) *Constants {
	return &Constants{unit: float64(unit), stored: float64(stored)}
}

// List returns the constants converted so far, in order.
func (c *Constants) List() []Constant { return slices.Clone(c.list) }

func (c *Constants) note(name, unit string, want, have float64, register string) {
	c.list = append(c.list, Constant{Name: name, Unit: unit, Want: want, Have: have,
		Register: register})
}

// Level converts a potential or a part of a threshold, to the nearest least significant bit.
func (c *Constants) Level(name string, x float64) int32 {
	bits := math.Round(x * c.unit)
	c.note(name, unitWeights, x, bits/c.unit, fmt.Sprintf("%.0f", bits))
	return int32(bits)
}

// levelFraction is the number of fractional bits of LevelFraction.
const levelFraction = 16

// LevelFraction is a part of a threshold in 65536ths of a least significant bit,
// which the chip rounds at random and so keeps in expectation.
func (c *Constants) LevelFraction(name string, x float64) uint32 {
	bits := math.Round(math.Ldexp(x*c.unit, levelFraction))
	c.note(name, unitWeights, x, math.Ldexp(bits, -levelFraction)/c.unit,
		fmt.Sprintf("%.0f/65536", bits))
	return uint32(bits)
}

// Leak is the factor in 4096ths that a potential keeps per tick, for a time constant;
// one that is 0 does not leak.
func (c *Constants) Leak(name string, ticks float64) uint16 {
	if ticks == 0 {
		return leakOne
	}
	factor := math.Round(leakOne * math.Exp(-1/ticks))
	c.note(name, unitTicks, ticks, -1/math.Log(factor/leakOne),
		fmt.Sprintf("%.0f/%d", factor, leakOne))
	return uint16(factor)
}

// leakOne is a decay factor that keeps all.
const leakOne = 4096

// Shift is a decay by a shift, x -= x >> k, for a time constant of 2 to 2^31 ticks; 0
// ticks do not decay.
// Thetas decay so by stochastic rounding, which keeps time constants that no factor of
// 12 bits can hold, and traces by 8 bits that round away from 0.
func (c *Constants) Shift(name string, ticks float64) uint8 {
	if ticks == 0 {
		return 0
	}
	shift := math.Round(math.Log2(ticks))
	have := -1 / math.Log1p(-math.Ldexp(1, -int(shift)))
	c.note(name, unitTicks, ticks, have, fmt.Sprintf("x >> %.0f", shift))
	return uint8(shift)
}

// Length is a box trace of whole ticks.
func (c *Constants) Length(name string, ticks float64) uint16 {
	whole := math.Round(ticks)
	c.note(name, unitTicks, ticks, whole, fmt.Sprintf("%.0f", whole))
	return uint16(whole)
}

// Offset is a part of a full trace, which has 8 bits.
func (c *Constants) Offset(name string, x float64) uint8 {
	bits := math.Round(x * fullTrace)
	c.note(name, unitPart, x, bits/fullTrace, fmt.Sprintf("%.0f", bits))
	return uint8(bits)
}

// fullTrace is a trace at its owner's spike.
const fullTrace = 255

// Rate is a learning rate as the nearest power of two, by ratio: a shift.
func (c *Constants) Rate(name string, x float64) uint8 {
	shift := -math.Round(math.Log2(x))
	c.note(name, unitPart, x, math.Ldexp(1, -int(shift)), fmt.Sprintf("2^-%.0f", shift))
	return uint8(shift)
}

// Inhibition converts the inhibition of all others by a winner: an amount of 8 bits and a shift. It
// returns the amount in least significant bits.
func (c *Constants) Inhibition(name string, x float64) int32 {
	wanted := int32(math.Round(x * c.unit))
	amount, shift := ir.ShiftedByte(wanted)
	c.note(name, unitWeights, x, float64(amount<<shift)/c.unit,
		fmt.Sprintf("%d << %d", amount, shift))
	return amount << shift
}

// SumTarget is a sum of weights, in stored units.
func (c *Constants) SumTarget(name string, x float64) int32 {
	sum := math.Round(x * c.stored)
	c.note(name, unitWeights, x, sum/c.stored, fmt.Sprintf("%.0f", sum))
	return int32(sum)
}

// LengthTarget is the square of a length of weights, in units of the adder.
func (c *Constants) LengthTarget(name string, x float64) int32 {
	square := math.Round(x * x * c.unit * c.unit)
	c.note(name, unitWeights, x, math.Sqrt(square)/c.unit,
		fmt.Sprintf("%.0f = length squared", square))
	return int32(square)
}

// SquareStep is a change of a squared length.
func (c *Constants) SquareStep(name string, x float64) int32 {
	step := math.Round(x * c.unit * c.unit)
	c.note(name, unitSquare, x, step/(c.unit*c.unit), fmt.Sprintf("%.0f", step))
	return int32(step)
}
