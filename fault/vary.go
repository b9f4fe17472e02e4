package fault

import (
	"math"

	"adder/core"
	"adder/fixedpoint"
)

// vary moves weights and thresholds of a core, each by its own draw.
func (b *broken) vary() {
	if b.spec.Weight > 0 {
		first := b.firstNeurons()
		for i := range b.config.Rows {
			if first[i] != unused {
				b.varyRow(i, first[i])
			}
		}
	}
	if b.spec.Threshold == 0 {
		return
	}
	for i := range b.config.Groups {
		g := &b.config.Groups[i]
		lowest, top := b.thresholds(g)
		for n := g.First; n < g.First+g.Count; n++ {
			if !b.isSubject(n) {
				continue
			}
			v := b.config.Threshold[n]
			moved := b.moved(float64(v), b.spec.Threshold, uint64(n), varyThreshold)
			if moved = max(lowest, min(moved, top)); int32(moved) != v {
				b.damage.Thresholds++
				b.config.Threshold[n] = int32(moved)
			}
		}
	}
}

// thresholds are the bounds of those of a group: a threshold has the width of a potential, and
// no core takes the lowest value; of a code all multiples are potentials above 0.
func (b *broken) thresholds(g *core.Group) (lowest, highest float64) {
	top := int64(1)<<(b.config.Widths.Potential-1) - 1
	if g.Code.Kind == core.CodeNone || g.Code.Bits == 0 || g.Code.Table > 0 {
		return float64(-top), float64(top)
	}
	return 1, float64(top >> (g.Code.Bits - 1))
}

// What a draw varies, in addition to the id: rows from 0 on are weights.
const varyThreshold = 1 << 40

// varyRow moves the weights of a row, which remain within their bits.
func (b *broken) varyRow(index int, base int32) {
	r := &b.config.Rows[index]
	switch r.Format {
	case core.Plastic:
		return // what learns makes up for it, and stores no sign
	case core.Typed:
		return // it stores bits; weights are constants of neurons
	}
	width := uint(r.WeightBits)
	top := float64(int64(1)<<(width-1) - 1)
	for k, e := range b.entries(r, base) {
		if !e.subject {
			continue
		}
		weight := signed(e.bits, width)
		moved := b.moved(float64(weight), b.spec.Weight, uint64(k), uint64(index))
		moved = max(-top-1, min(moved, top))
		if int16(moved) != weight {
			mask := uint64(1)<<width - 1
			b.store(r, k, e.bits&^mask|uint64(int64(moved))&mask)
		}
	}
}

// moved is a value times a draw from a distribution near to the normal one, around 1, rounded.
func (b *broken) moved(value, spread float64, id, what uint64) float64 {
	// The sum of four numbers of 16 bits has a variance of 4/12 of their range squared.
	draw := b.draws.Draw(b.tile, id, what, fixedpoint.PurposeVary)
	sum := int64(0)
	for range 4 {
		sum += int64(draw & 0xffff)
		draw >>= 16
	}
	normal := float64(sum-2*0xffff) / 0x10000 * math.Sqrt(3)
	return math.Round(float64(value * (1 + float64(spread*normal))))
}
