package encode

import (
	"fmt"

	"adder/spike"
)

// Direct sends no spikes: the first layer gets the sample as numbers, multiplies once and adds the
// resulting current in every tick. Levels returns the numbers. The multiplications are host work
// that is counted where they are made; quantising is a table and counts nothing.
type Direct struct {
	base
	level [levels]int32
}

func newDirect(b base) Encoder {
	e := &Direct{base: b}
	for x := range e.level {
		e.level[x] = (int32(x)*e.MaxLevel() + fullScale/2) / fullScale
	}
	return e
}

// MaxLevel is the level of a full-scale element: 2^Bits - 1.
func (e *Direct) MaxLevel() int32 { return 1<<e.config.Bits - 1 }

// Levels stores round(x * MaxLevel / 255) for each element in dst, which must have the length of x.
// The value of an element is level / MaxLevel.
func (e *Direct) Levels(x []uint8, dst []int32) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("encode: %d levels for %d elements", len(dst), len(x)))
	}
	for i, value := range x {
		dst[i] = e.level[value]
	}
}

// Encode is part of Encoder: the train has no spikes.
func (e *Direct) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	return Work{}
}

// Peak is part of Encoder: a full-scale element is 1 in every tick.
func (e *Direct) Peak() float64 { return 1 }
