package core

import (
	"math/bits"

	"adder/core/kernel"
	"adder/fixedpoint"
)

// maxPasses bounds the passes of one normalisation, which a target out of reach
// would repeat for ever.
const maxPasses = 64

// squares are the squares of the weights as the adder sees them.
type squares [256]int32

// makeSquares computes squares by adding odd numbers.
func makeSquares() *squares {
	var table squares
	for w := int32(0); w < 255; w++ {
		table[w+1] = table[w] + w + w + 1
	}
	return &table
}

// endSample scales and normalises after a sample.
func (b *learner) endSample(c *Core) {
	if b.norm.Kind == NormNone {
		return
	}
	scaling := b.norm.Every > 0
	for _, j := range b.spiked {
		if scaling {
			c.target[b.first+j] = max(c.target[b.first+j]-b.norm.Step, 1)
			b.pool++
		}
		b.shrink(c, j, 0)
	}
	if !scaling {
		return
	}
	if b.samples++; b.samples == int32(b.norm.Every) {
		b.samples = 0
		b.sweep(c)
	}
}

// sweep gives all neurons the average loss of the winners, and scales each to its target.
func (b *learner) sweep(c *Core) {
	var rise int32
	for ; b.pool >= b.count; b.pool -= b.count {
		rise += b.norm.Step
	}
	for j := int32(0); j < b.count; j++ {
		target := &c.target[b.first+j]
		*target = min(*target, maxTarget-rise) + rise
		b.shrink(c, j, maxPasses)
		b.grow(c, j, maxPasses<<1)
	}
}

// maxTarget keeps targets and what is added to them inside their register.
const maxTarget = 1<<31 - 1

// shrink takes from the weights into neuron j until their norm is at most the
// target. pass numbers the first pass among those of the sample.
func (b *learner) shrink(c *Core, j, pass int32) {
	sum, target := b.sum(c, j), c.target[b.first+j]
	done := int32(0)
	for ; done < maxPasses && sum > target; done++ {
		sum = b.pass(c, j, pass+done, -1)
	}
	c.countsOf(b).Comparisons += int64(done) + 1
}

// grow gives to the weights into neuron j while the norm does not come past the
// target by it.
func (b *learner) grow(c *Core, j, pass int32) {
	sum, target := b.sum(c, j), c.target[b.first+j]
	enough := target - target>>(b.norm.Shift-1)
	done := int32(0)
	for ; done < maxPasses && sum < enough; done++ {
		sum = b.pass(c, j, pass+done, 1)
	}
	c.countsOf(b).Comparisons += int64(done) + 1
}

// pass gives (sign 1) or takes (sign -1) the 2^-Shift-th part of every weight
// into neuron j and returns their norm.
func (b *learner) pass(c *Core, j, number int32, sign int32) int32 {
	column := b.column(j)
	round := b.rounding(c, number, fixedpoint.PurposeRoundNorm, j, b.quads)
	c.countsOf(b).Draws += c.set.TakeParts(column, round.table, &kernel.Parts{
		Shift: uint(b.norm.Shift), Give: sign > 0, Low: b.min, High: b.max}, b.changed)
	for word, set := range b.changed {
		for ; set != 0; set &= set - 1 {
			i := int32(word<<6 + bits.TrailingZeros64(set))
			b.show(i, j, b.shown(i, j), uint8(column[i]>>adderShift))
		}
	}
	c.countsOf(b).LearningUpdates += int64(b.rows)
	return b.sum(c, j)
}

// sum is the norm of the weights into neuron j. A chip keeps it in a register that each change of a
// weight updates.
func (b *learner) sum(c *Core, j int32) int32 {
	var sum int32
	column := b.column(j)
	if b.norm.Kind == NormL1 {
		for _, w := range column {
			sum += int32(w)
		}
		return sum
	}
	for _, w := range column {
		sum += c.squares[w>>adderShift]
	}
	return sum
}

// sumFits reports whether the norm of so many weights fits its register.
func sumFits(rows int32) bool { return bits.Len32(uint32(rows))+weightBits <= 31 }
