package encode

import (
	"math"

	"adder/core/kernel"
	"adder/fixedpoint"
	"adder/spike"
)

// planeBits is what a draw's id reserves for the number of a bit plane.
const planeBits = 6

// probabilityOne is the probability 1 in the unit of the thresholds.
const probabilityOne = 1 << 32

// Poisson is the Poisson process seen in ticks: an element spikes in each tick
// independently with p = 1 - exp(-r*x/255), the probability of at least one event
// of a process with rate r*x/255 per tick. p is rounded to a multiple of 2^-32,
// once, in a table of 256 thresholds P; an element spikes where a uniform 32-bit
// number is below its P.
//
// The 64 numbers of an element in ticks 64b to 64b+63 are drawn in bit planes: bit t mod 64 of
// draw(seed, sample, element*64 + k, b, encoder) is bit 31-k of tick t's number. They are compared
// from the top, for 64 ticks at once, and the first plane at which no tick is open ends it: about 7
// draws serve 64 ticks. A comparison is counted per nonzero element and tick.
type Poisson struct {
	base
	source    fixedpoint.Source
	threshold [levels]uint64 // P in the upper half
}

func newPoisson(b base) Encoder {
	e := &Poisson{base: b, source: fixedpoint.NewSource(b.config.Seed)}
	for x := 1; x < levels; x++ {
		p := math.Round(e.probability(x) * probabilityOne)
		e.threshold[x] = uint64(min(p, probabilityOne-1)) << 32
	}
	return e
}

// probability is that of a spike in a tick for a value.
func (e *Poisson) probability(x int) float64 {
	return 1 - expNegative(float64(float64(x)*e.config.perTick())/fullScale)
}

// Encode is part of Encoder.
func (e *Poisson) Encode(sample uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	var draws int64
	var list [tileSize]uint8
	var found [tileSize]uint64
	for block := range blocks(e.config.Ticks) {
		stream := e.source.Stream(sample, uint64(block), fixedpoint.PurposeEncoder)
		s := stretchOf(out, block)
		for first := 0; first < len(x); first += tileSize {
			elements := listNonzero(x[first:min(first+tileSize, len(x))], &list)
			draws += e.draw(stream, first, x[first:], elements, s.open, &found)
			s.fill(first, elements, &found)
		}
	}
	return Work{Adds: int64(countNonzero(x)) * int64(e.config.Ticks), Draws: draws}
}

// draw finds the open ticks in which elements of a tile spike, and counts the draws. x begins
// at its first element.
func (e *Poisson) draw(stream fixedpoint.Stream, first int, x, elements []uint8, open uint64,
	found *[tileSize]uint64) int64 {
	var ids, thresholds [tileSize]uint64
	for i, k := range elements {
		ids[i&(tileSize-1)] = uint64(first+int(k)) << planeBits
		thresholds[i&(tileSize-1)] = e.threshold[x[k]]
	}
	n := len(elements)
	return kernel.Best().Below(stream, open, ids[:n], thresholds[:n], found[:n])
}

// Peak is part of Encoder: 1 - exp(-r).
func (e *Poisson) Peak() float64 { return e.probability(fullScale) }

// expNegative returns exp(-z) for z >= 0 with a relative error below 1e-12 for z up
// to 64. The standard library's may differ in the last bit between machines.
func expNegative(z float64) float64 {
	if z > 750 {
		return 0 // below the smallest float64
	}
	halvings := 0
	for ; z > 1.0/32; halvings++ {
		z /= 2
	}
	sum := 1.0
	for k := 9.0; k > 0; k-- {
		sum = 1 - float64(z*sum)/k
	}
	for range halvings {
		sum *= sum
	}
	return sum
}
