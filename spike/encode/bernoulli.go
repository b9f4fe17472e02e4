package encode

import (
	"adder/fixedpoint"
	"adder/spike"
)

// Bernoulli makes an element spike in each tick independently with p = x/max(x),
// the largest element of the sample; neither intensity nor tick length has an
// effect. p is cut to a multiple of 2^-32; the brightest elements spike in every
// tick.
//
// The uniform numbers are Poisson's. Nothing is divided: the bits of x/max are those of the long
// division, made one by one as the comparison of bit planes needs them. A comparison per element
// finds the maximum; then a comparison per nonzero element and tick and a trial subtraction per
// draw are counted.
type Bernoulli struct {
	base
	source fixedpoint.Source
}

func newBernoulli(b base) Encoder {
	return &Bernoulli{base: b, source: fixedpoint.NewSource(b.config.Seed)}
}

// Encode is part of Encoder.
func (e *Bernoulli) Encode(sample uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	largest := uint32(brightest(x))
	var draws int64
	for block := range blocks(e.config.Ticks) {
		stream := e.source.Stream(sample, uint64(block), fixedpoint.PurposeEncoder)
		fillBlock(x, out, block, func(element int, open uint64) uint64 {
			fired, n := belowRatio(stream, uint64(element)<<planeBits, uint32(x[element]), largest,
				open)
			draws += n
			return fired
		})
	}
	comparisons := int64(countNonzero(x)) * int64(e.config.Ticks)
	return Work{Adds: int64(len(x)) + comparisons + draws, Draws: draws}
}

// Peak is part of Encoder: a full-scale element spikes in every tick.
func (e *Bernoulli) Peak() float64 { return 1 }

// brightest is the largest element, 0 of none.
func brightest(x []uint8) uint8 {
	largest := uint8(0)
	for _, value := range x {
		largest = max(largest, value)
	}
	return largest
}

// belowRatio is below with the threshold floor(2^32 * x / largest), x <= largest.
func belowRatio(stream fixedpoint.Stream, id uint64, x, largest uint32,
	open uint64) (fired uint64, draws int64) {
	if x == largest {
		return open, 0
	}
	for ; x != 0 && open != 0 && draws < 32; draws++ {
		plane := stream.Draw(id)
		id++
		x <<= 1
		one := uint64(0)
		if x >= largest {
			x -= largest
			one = ^uint64(0)
		}
		fired |= open & one &^ plane
		open &^= plane ^ one
	}
	return fired, draws
}
