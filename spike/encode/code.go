package encode

import (
	"fmt"
	"math"
	"math/bits"

	"adder/spike"
)

// Quantiser converts a number to the activation of an element of a quantised network's input, as
// QuantizeLinear of ONNX does.
type Quantiser struct {
	// Bits is the width of an activation, which is 0 to 2^Bits - 1.
	Bits int
	// Scale is the value of one level, and Zero the level of 0: the value of level a is Scale (a -
	// Zero).
	Scale float64
	Zero  int
}

// Top is the largest level.
func (q Quantiser) Top() int32 { return int32(1)<<q.Bits - 1 }

// Level is u / Scale, divided in float32 and rounded to nearest, ties to even, plus Zero, between 0
// and Top. The level of NaN is Zero.
func (q Quantiser) Level(u float64) int32 {
	level := math.RoundToEven(float64(float32(u)/float32(q.Scale))) + float64(q.Zero)
	if math.IsNaN(level) {
		level = float64(q.Zero)
	}
	return int32(min(max(level, 0), float64(q.Top())))
}

// Coded sends the level of an element exactly, for networks that compute with it
// (docs/neurocore.md, section 11): by radix, its bits, the most significant first, in as
// many ticks; by level, as many spikes, one per tick from the first tick on. Levels of
// bytes are a table and count nothing.
type Coded struct {
	base
	quantiser Quantiser
	level     [levels]int32
}

func newCoded(b base) Encoder {
	e := &Coded{base: b, quantiser: Quantiser{Bits: b.config.Bits, Scale: b.config.Scale,
		Zero: b.config.Zero}}
	for x := range e.level {
		e.level[x] = e.quantiser.Level(float64(x) / fullScale)
	}
	return e
}

// IsCode reports whether a kind is a code, which sends levels exactly; the ticks of a sample then
// follow from its bits.
func IsCode(kind string) bool { return kind == KindRadix || kind == KindLevel }

// CodeTicks is the number of ticks of a level of so many bits in a code.
func CodeTicks(kind string, bits int) int {
	if kind == KindRadix {
		return bits
	}
	return 1<<bits - 1
}

// Quantiser returns the conversion of numbers to levels.
func (e *Coded) Quantiser() Quantiser { return e.quantiser }

// Levels stores in dst the level of each byte of x, whose value is x/255; dst must be as long as x.
func (e *Coded) Levels(x []uint8, dst []int32) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("encode: %d levels for %d elements", len(dst), len(x)))
	}
	for i, value := range x {
		dst[i] = e.level[value]
	}
}

// Encode is part of Encoder.
func (e *Coded) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	for i, value := range x {
		e.send(e.level[value], i, out)
	}
	return Work{}
}

// EncodeLevels replaces out by the spikes of levels, each between 0 and Top.
func (e *Coded) EncodeLevels(levels []int32, out *spike.Train) {
	out.Resize(len(levels), e.config.Ticks)
	for i, level := range levels {
		e.send(level, i, out)
	}
}

// send sets the spikes of a level of a source.
func (e *Coded) send(level int32, source int, out *spike.Train) {
	if e.config.Kind == KindLevel {
		for tick := range level {
			out.Set(int(tick), source)
		}
		return
	}
	for rest := uint32(level); rest != 0; rest &= rest - 1 {
		out.Set(e.config.Bits-1-bits.TrailingZeros32(rest), source)
	}
}

// Peak is part of Encoder: the spikes of a full-scale element by the number of ticks.
func (e *Coded) Peak() float64 {
	spikes := e.level[fullScale]
	if e.config.Kind == KindRadix {
		spikes = int32(bits.OnesCount32(uint32(spikes)))
	}
	return float64(spikes) / float64(e.config.Ticks)
}

// CodeSpikes is the number of spikes of a level in a code.
func CodeSpikes(kind string, level int32) int {
	if kind == KindRadix {
		return bits.OnesCount32(uint32(level))
	}
	return int(level)
}
