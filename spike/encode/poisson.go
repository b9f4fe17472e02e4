package encode

import (
	"math"

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
// The 64 numbers of an element in ticks 64b to 64b+63 are drawn in bit planes: bit
// t mod 64 of draw(seed, sample, element*64 + k, b, encoder) is bit 31-k of tick
// t's number. They are compared from the top, for 64 ticks at once, and the first
// plane at which no tick is open ends it: about 7 draws stand for 64. A comparison
// is counted per nonzero element and tick.
type Poisson struct {
	base
	source    fixedpoint.Source
	threshold [levels]uint32
}

func newPoisson(b base) Encoder {
	e := &Poisson{base: b, source: fixedpoint.NewSource(b.config.Seed)}
	for x := 1; x < levels; x++ {
		p := math.Round(e.probability(x) * probabilityOne)
		e.threshold[x] = uint32(min(p, probabilityOne-1))
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
	for block := range blocks(e.config.Ticks) {
		stream := e.source.Stream(sample, uint64(block), fixedpoint.PurposeEncoder)
		fillBlock(x, out, block, func(element int, open uint64) uint64 {
			fired, n := below(stream, uint64(element)<<planeBits, e.threshold[x[element]], open)
			draws += n
			return fired
		})
	}
	return Work{Adds: int64(countNonzero(x)) * int64(e.config.Ticks), Draws: draws}
}

// Peak is part of Encoder: 1 - exp(-r).
func (e *Poisson) Peak() float64 { return e.probability(fullScale) }

// below compares 64 uniform 32-bit numbers, whose bit planes are the draws from id
// on, with a threshold. It returns a bit for each open number that is smaller, and
// the draws used.
func below(stream fixedpoint.Stream, id uint64, threshold uint32,
	open uint64) (fired uint64, draws int64) {
	for ; threshold != 0 && open != 0; threshold <<= 1 {
		plane := stream.Draw(id)
		id++
		draws++
		one := uint64(int64(int32(threshold)) >> 63) // all ones where the threshold's bit is 1
		fired |= open & one &^ plane
		open &^= plane ^ one
	}
	return fired, draws
}

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
