package core

import (
	"math/bits"

	"adder/fixedpoint"
)

// AdderBits is the number of upper bits of a plastic weight that reach the adder.
const AdderBits = 8

// weightBits is the width of a stored plastic weight, and adderShift drops the
// bits that do not reach the adder.
const (
	weightBits = 16
	adderShift = weightBits - AdderBits
)

// preEvents changes the weights by the spikes that arrived in a tick, for every
// neuron that has a trace left.
func (b *learner) preEvents(c *Core, tick int32) {
	if b.ltd == RateOff {
		return
	}
	for _, j := range b.spiked {
		if b.lastPost[j] == tick {
			continue // together with its post event
		}
		if y := b.post.at(tick, b.lastPost[j]); y != 0 {
			b.depress(c, tick, j, y)
		}
	}
}

// depress is the pre event of every spike that arrived, for one neuron.
func (b *learner) depress(c *Core, tick, j int32, y uint8) {
	n := c.countsOf(b)
	n.LearningUpdates += int64(len(b.listArrivals(c)))
	if e := b.alike(y); e.of != 0 {
		n.Draws += b.changeAlike(c, tick, j, &e)
		return
	}
	column := b.column(j)
	round := b.rounding(c, tick, fixedpoint.PurposeRoundLTD, j, b.listQuads(c))
	for _, i := range b.arrivals {
		old := column[i]
		b.store(column, i, j, int32(old)+b.preChange(&round, i, y, old))
	}
	n.Draws += round.draws
}

// changeAlike changes the weights into neuron j from the rows on which spikes arrived, and
// returns the draws: where bits drop, one for each four that spikes arrived among.
func (b *learner) changeAlike(c *Core, tick, j int32, e *equal) (draws int64) {
	column, mask := b.column(j), uint64(1)<<(b.ltd&31)-1
	low, high, dropped := int32(b.min), int32(b.max), uint64(e.dropped)
	arrivals := b.listArrivals(c)
	drawn := b.drawn[:len(arrivals)]
	if dropped != 0 {
		drawn, draws = b.drawEach(c, tick, j)
	}
	for k, i := range arrivals {
		change := e.whole
		if dropped != 0 {
			up := int32((drawn[k]>>(i&3<<4)&mask - dropped) >> 63)
			change += (up ^ e.sign) - e.sign
		}
		old := column[i]
		now := uint16(min(max(int32(old)+change, low), high))
		column[i] = now
		if now>>adderShift != old>>adderShift {
			b.show(i, j, uint8(old>>adderShift), uint8(now>>adderShift))
		}
	}
	return draws
}

// equal is a change that is the same for every weight but for its rounding: whole, and one
// more in the direction of its sign, 0 or -1, where the dropped bits round up. of is what
// was shifted, 0 where weights change differently.
type equal struct{ of, whole, dropped, sign int32 }

// alike is the change of weights by arriving spikes, for a trace y.
func (b *learner) alike(y uint8) equal {
	e := equal{of: int32(y) << 8}
	e.whole, e.dropped = e.of>>b.ltd, e.of&(1<<b.ltd-1)
	switch b.rule {
	case RuleHebbian:
	case RuleWeightDependent:
		return equal{}
	default:
		e.whole, e.sign = -e.whole, -1
	}
	return e
}

// postEvent changes the weights into neuron j, which won in this tick. Where a
// spike arrived in the same tick, its pre event comes first, and the weight is
// clipped after both.
func (b *learner) postEvent(c *Core, tick, j int32) {
	column := b.column(j)
	exact := b.rule != RuleWeightDependent && b.ltp <= 8 // traces have no bits to drop
	strengthens, weakens := b.ltp != RateOff, b.ltd != RateOff && b.any
	ltp, ltd := rounding{quad: -1}, rounding{quad: -1}
	if strengthens && !exact {
		ltp = b.rounding(c, tick, fixedpoint.PurposeRoundLTP, j, b.quads)
	}
	if weakens {
		ltd = b.rounding(c, tick, fixedpoint.PurposeRoundLTD, j, b.listQuads(c))
	}
	offset := int32(b.offset)
	var updates int64
	change := func(i, last int32) {
		x := int32(b.pre.at(tick, last)) - offset
		together := last == tick && weakens
		if (x == 0 || !strengthens) && !together {
			return
		}
		old := column[i]
		w := int32(old)
		if together {
			w += b.preChange(&ltd, i, traceFull, old)
			updates++
		}
		if x != 0 && strengthens {
			if exact {
				w += x << 8 >> b.ltp
			} else {
				w += b.postChange(&ltp, i, x, old)
			}
			updates++
		}
		b.store(column, i, j, w)
	}
	b.eachSeen(offset != 0, change)
	n := c.countsOf(b)
	n.LearningUpdates += updates
	n.Draws += ltp.draws + ltd.draws
}

// eachSeen visits the rows on which spikes arrived in this sample with the tick of the
// last one, ascending, or all rows.
func (b *learner) eachSeen(all bool, visit func(i, last int32)) {
	if all {
		for i, last := range b.lastPre {
			visit(int32(i), last)
		}
		return
	}
	for word, set := range b.seen {
		for ; set != 0; set &= set - 1 {
			i := int32(word<<6 + bits.TrailingZeros64(set))
			visit(i, b.lastPre[i])
		}
	}
}

// preChange is the change of a weight by an arriving spike, for a trace y.
func (b *learner) preChange(round *rounding, i int32, y uint8, old uint16) int32 {
	switch b.rule {
	case RuleHebbian:
		return round.shift(int32(y)<<8, b.ltd, i)
	case RuleWeightDependent:
		return -round.shift(gate(int32(y), b.post.box(), int32(old)-int32(b.min)), b.ltd, i)
	}
	return -round.shift(int32(y)<<8, b.ltd, i)
}

// postChange is the change of a weight by a win, for a trace x less the offset.
func (b *learner) postChange(round *rounding, i, x int32, old uint16) int32 {
	if b.rule != RuleWeightDependent {
		return round.shift(x<<8, b.ltp, i)
	}
	if x < 0 { // toward the lower bound, as a depression
		return -round.shift(gate(-x, false, int32(old)-int32(b.min)), b.ltp, i)
	}
	return round.shift(gate(x, b.pre.box() && x == traceFull, int32(b.max)-int32(old)), b.ltp, i)
}

// box reports whether the trace is full or nothing, so that a gate needs no
// adders.
func (table traceTable) box() bool { return len(table) < 2 || table[len(table)-2] == traceFull }

// gate is x/256 of the distance to the bound, formed bit by bit: a shifted copy of the distance per
// set bit of x. A box trace passes the distance unchanged.
func gate(x int32, box bool, room int32) int32 {
	if box {
		return room
	}
	var sum int32
	for set := uint32(x); set != 0; set &= set - 1 {
		sum += room << bits.TrailingZeros32(set)
	}
	return sum >> 8
}

// store clips a weight and writes it, and what of it reaches the adder.
func (b *learner) store(column []uint16, i, j, w int32) {
	clipped := uint16(min(max(w, int32(b.min)), int32(b.max)))
	if old := column[i]; clipped>>adderShift != old>>adderShift {
		b.show(i, j, uint8(old>>adderShift), uint8(clipped>>adderShift))
	}
	column[i] = clipped
}

// shown is the byte that deliveries add.
func (b *learner) shown(i, j int32) uint8 {
	return uint8(b.bytes[b.places[i]+int64(j)]) ^ laneBias
}

// show changes the byte that deliveries add.
func (b *learner) show(i, j int32, old, now uint8) {
	b.bytes[b.places[i]+int64(j)] = biased(now)
	if old == 0 {
		b.synops[i]++
	}
	if now == 0 {
		b.synops[i]--
	}
}
