package encode

import (
	"math"

	"adder/core/kernel"
	"adder/spike"
)

// rateOne is one spike in the fixed point of an accumulator: its carry.
const rateOne = 1 << 32

// Rate is the deterministic rate code of adders alone: each element has a 32-bit accumulator that
// starts at half of full scale, 2^31. Every tick adds round(2^32 * r * x / 255), with r the spikes
// per tick of a full-scale element; the carry out of the accumulator is the spike and the remainder
// is kept. After t ticks an element has therefore spiked floor(1/2 + t*r*x/255) times, the nearest
// integer to its share, and x = 255 at the default of 1000 Hz and 1 ms spikes in every tick. An
// r*x/255 above 1 counts as 1.
//
// It costs an add per nonzero element and tick. As an element's spikes depend on
// its value alone, the 256 sequences are tables.
type Rate struct {
	base
	// blocks[b][x] has the spikes of value x in ticks 64b to 64b+63, and patterns the same
	// by eight ticks.
	blocks   [][levels]uint64
	patterns kernel.Patterns
}

func newRate(b base) Encoder {
	e := &Rate{base: b, blocks: make([][levels]uint64, blocks(b.config.Ticks))}
	for x := 1; x < levels; x++ {
		share := min(float64(float64(x)*b.config.perTick())/fullScale, 1)
		e.fill(x, uint64(math.Round(share*rateOne)))
	}
	e.patterns = make(kernel.Patterns, 8*len(e.blocks))
	for p := range e.patterns {
		for x, spikes := range e.blocks[p/8] {
			e.patterns[p][x] = uint8(spikes >> (p % 8 * 8))
		}
	}
	return e
}

// fill runs the accumulator of a value.
func (e *Rate) fill(x int, increment uint64) {
	accumulator := uint64(rateOne / 2)
	for block := range e.blocks {
		for tick := range tileSize {
			accumulator += increment
			e.blocks[block][x] |= accumulator / rateOne << tick
			accumulator %= rateOne
		}
	}
}

// Encode is part of Encoder.
func (e *Rate) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	words, perTick := out.Words()
	if !kernel.Best().Spread(words, perTick, e.config.Ticks, e.patterns, x) {
		for block := range e.blocks {
			e.fillBlock(x, out, block)
		}
	}
	return Work{Adds: int64(countNonzero(x)) * int64(e.config.Ticks)}
}

// fillBlock is that of all encoders for spikes that a table has by value.
func (e *Rate) fillBlock(x []uint8, out *spike.Train, block int) {
	ticks := min(tileSize, out.Ticks()-block*tileSize)
	open := ^uint64(0) >> (tileSize - ticks)
	table := &e.blocks[block]
	for first := 0; first < len(x); first += tileSize {
		var t tile
		some := uint64(0)
		for i, value := range x[first:min(first+tileSize, len(x))] {
			t[i] = table[value] & open
			some |= t[i]
		}
		if some != 0 {
			t.put(out, block*tileSize, ticks, first)
		}
	}
}

// Peak is part of Encoder: r, at most 1.
func (e *Rate) Peak() float64 { return min(e.config.perTick(), 1) }
