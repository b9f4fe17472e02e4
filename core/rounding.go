package core

import "adder/fixedpoint"

// rounding gives the draws that the synapses of one neuron round by in one event. Four
// neighbouring synapses, a quad, share a draw, 16 bits each.
type rounding struct {
	// table has the draws by quad: of all of them that may be needed.
	table []uint64
	// quad is the last one that was needed, -1 for none yet. Synapses come in ascending
	// order, so that draws counts those that were.
	quad  int32
	draws int64
}

// synapseBits is the width of a presynaptic source in the number that keys a
// draw, in units of four.
const synapseBits = 24

// rounding draws for quads of the synapses of neuron j. It holds until the next one; one
// for depressions and one for something else hold together.
func (b *learner) rounding(c *Core, tick int32, purpose fixedpoint.Purpose, j int32,
	quads []uint64) rounding {
	stream := c.source.Stream(c.sample, uint64(tick), purpose)
	base := uint64(c.ids[b.first+j]) << synapseBits
	table := b.table
	if purpose == fixedpoint.PurposeRoundLTD {
		table = b.tableLTD
	}
	if len(quads) == len(table) {
		c.set.Draws(stream, base, quads, table)
		return rounding{table: table, quad: -1}
	}
	drawn := b.drawn[:len(quads)]
	c.set.Draws(stream, base, quads, drawn)
	for i, quad := range quads {
		table[quad] = drawn[i]
	}
	return rounding{table: table, quad: -1}
}

// makeRounding allocates draws.
func (b *learner) makeRounding() {
	n := (b.rows + 3) >> 2
	b.quads, b.some, b.drawn = make([]uint64, n), make([]uint64, 0, n), make([]uint64, b.rows)
	b.each = make([]uint64, 0, b.rows)
	b.changed = make([]uint64, (b.rows+63)>>6)
	for i := range b.quads {
		b.quads[i] = uint64(i)
	}
	b.table, b.tableLTD = make([]uint64, n), make([]uint64, n)
}

// listArrivals lists the rows on which spikes arrived in this tick.
func (b *learner) listArrivals(c *Core) []int32 {
	if len(b.arrivals) == 0 && b.any {
		b.arrivals = c.set.List(b.arrivals, b.arrived, 0)
	}
	return b.arrivals
}

// listQuads lists the quads of these rows.
func (b *learner) listQuads(c *Core) []uint64 {
	if len(b.some) > 0 {
		return b.some
	}
	last := int32(-1)
	for _, i := range b.listArrivals(c) {
		if quad := i >> 2; quad != last {
			last = quad
			b.some = append(b.some, uint64(quad))
		}
	}
	return b.some
}

// drawEach draws for the rows on which spikes arrived in this tick, for each by itself: rows of
// a quad have the same draw, and draws is how many there are.
func (b *learner) drawEach(c *Core, tick, j int32) (drawn []uint64, draws int64) {
	arrivals := b.listArrivals(c)
	if len(b.each) == 0 {
		b.distinct = 0
		last := int32(-1)
		for _, i := range arrivals {
			quad := i >> 2
			b.each = append(b.each, uint64(quad))
			b.distinct += int64(uint32(last-quad) >> 31) // they ascend
			last = quad
		}
	}
	drawn = b.drawn[:len(arrivals)]
	stream := c.source.Stream(c.sample, uint64(tick), fixedpoint.PurposeRoundLTD)
	c.set.Draws(stream, uint64(c.ids[b.first+j])<<synapseBits, b.each, drawn)
	return drawn, b.distinct
}

// take is the part of a draw that synapse i rounds by.
func (r *rounding) take(i int32) uint64 {
	quad := i >> 2
	if quad != r.quad {
		r.quad = quad
		r.draws++
	}
	return r.table[quad] >> (i & 3 << 4)
}

// shift is x divided by 2^k, rounded by the draw of synapse i where bits drop.
func (r *rounding) shift(x int32, k uint8, i int32) int32 {
	if x&(1<<k-1) == 0 {
		return x >> k
	}
	return int32(fixedpoint.ShiftStochastic(int64(x), uint(k), r.take(i)))
}
