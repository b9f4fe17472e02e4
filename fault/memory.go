package fault

import (
	"adder/core"
	"adder/fixedpoint"
)

// entry is the stored form of a synapse: bits of a weight from bit 0 on, and above them, in sparse
// rows, those of a neuron's index.
type entry struct {
	bits    uint64
	width   uint
	subject bool
}

// memory breaks the rows of a core.
func (b *broken) memory() {
	limits := b.limits()
	if limits[2] == 0 {
		return
	}
	first := b.firstNeurons()
	for i := range b.config.Rows {
		if first[i] == unused {
			continue // no axon reads it
		}
		b.row(i, first[i], limits)
	}
}

// limits are the draws below which a bit flips, sticks at 0 and sticks at 1.
func (b *broken) limits() [3]uint64 {
	return [3]uint64(limitsOf(b.spec.Flip, b.spec.Stuck0, b.spec.Stuck1))
}

// unused marks a row that no axon names.
const unused = int32(-1)

// firstNeurons is, for each row, what the first axon that reads it adds to its neurons.
func (b *broken) firstNeurons() []int32 {
	out := make([]int32, len(b.config.Rows))
	for i := range out {
		out[i] = unused
	}
	for _, a := range b.config.Axons {
		if out[a.Row] == unused {
			out[a.Row] = a.Base
		}
	}
	return out
}

// row breaks a row at base offset base.
func (b *broken) row(index int, base int32, limits [3]uint64) {
	r := &b.config.Rows[index]
	entries := b.entries(r, base)
	wrong := make([]uint64, len(entries))
	var offset uint64
	for k, e := range entries {
		for bit := range e.width {
			if e.subject && b.canFail(r, bit) {
				b.damage.Bits++
				if b.fails(index, offset, e.bits>>bit&1, limits) {
					wrong[k] |= 1 << bit
					b.damage.Wrong++
				}
			}
			offset++
		}
	}
	wrong, skip := b.protect(index, entries, wrong, offset, limits)
	if skip {
		b.damage.Skipped++
		b.silence(r)
		return
	}
	for k := range entries {
		if wrong[k] != 0 {
			b.store(r, k, entries[k].bits^wrong[k])
		}
	}
}

// canFail says whether a bit of an entry is one of those that the specification names.
func (b *broken) canFail(r *core.Row, bit uint) bool {
	if len(b.spec.Bits) == 0 {
		return true
	}
	for _, named := range b.spec.Bits {
		if uint(named) == bit && bit < uint(r.WeightBits) {
			return true
		}
	}
	return false
}

// fails says whether a bit of memory that holds value reads as the other. It is known by
// core, row and place in the row.
func (b *broken) fails(row int, offset, value uint64, limits [3]uint64) bool {
	draw := b.draws.Draw(b.tile, uint64(row), offset, fixedpoint.PurposeFault)
	switch {
	case draw < limits[0]:
		return true
	case draw < limits[1]:
		return value == 1
	case draw < limits[2]:
		return value == 0
	}
	return false
}

// entries are the stored entries of a row.
func (b *broken) entries(r *core.Row, base int32) []entry {
	c := b.config
	width := uint(r.WeightBits)
	mask := uint64(1)<<width - 1
	if r.Format == core.Others {
		return []entry{{uint64(r.Weight) & mask, width, b.isSubject(r.First)}}
	}
	out := make([]entry, r.Count)
	for k := range out {
		at := r.Offset + int64(k)
		neuron := base + r.First + int32(k)
		switch r.Format {
		case core.Dense8:
			out[k] = entry{uint64(c.Dense8[at]) & mask, width, b.isSubject(neuron)}
		case core.Dense16:
			out[k] = entry{uint64(c.Dense16[at]) & mask, width, b.isSubject(neuron)}
		case core.Typed:
			bit := c.Masks[r.Offset+int64(k)>>6] >> (k & 63) & 1
			out[k] = entry{bit, 1, b.isSubject(neuron)}
		case core.Plastic:
			out[k] = entry{uint64(c.Plastic[at]), width, b.isSubject(neuron)}
		case core.Sparse:
			s := c.Sparse[at]
			out[k] = entry{
				uint64(s.Weight)&mask | uint64(s.Neuron)<<width, width + indexBits(&c.Widths),
				b.isSubject(base + int32(s.Neuron)),
			}
		}
	}
	return out
}

// indexBits is the width of an index in a sparse row.
func indexBits(w *core.Widths) uint {
	if w.IndexBits == 0 {
		return 16
	}
	return uint(w.IndexBits)
}

// signed is a weight of so many bits.
func signed(bits uint64, width uint) int16 {
	return int16(int64(bits<<(64-width)) >> (64 - width))
}

// store writes what an entry reads as now.
func (b *broken) store(r *core.Row, k int, bits uint64) {
	c := b.config
	width := uint(r.WeightBits)
	weight := signed(bits, width)
	b.damage.Weights++
	at := r.Offset + int64(k)
	switch r.Format {
	case core.Others:
		r.Weight = weight
	case core.Dense8:
		c.Dense8[at] = int8(weight)
	case core.Dense16:
		c.Dense16[at] = weight
	case core.Typed:
		c.Masks[r.Offset+int64(k)>>6] ^= 1 << (k & 63)
	case core.Plastic:
		c.Plastic[at] = uint16(bits)
	case core.Sparse:
		neuron := bits >> width
		if neuron >= b.room(r) {
			b.damage.Lost++
			c.Sparse[at].Weight = 0 // it names no neuron of the core
			return
		}
		c.Sparse[at] = core.Synapse{Neuron: uint16(neuron), Weight: weight}
	}
}

// room is the number of neurons that a sparse row can name, given its offset.
func (b *broken) room(r *core.Row) uint64 {
	most := int32(0)
	for _, a := range b.config.Axons {
		if &b.config.Rows[a.Row] == r {
			most = max(most, a.Base)
		}
	}
	return uint64(b.config.Neurons()) - uint64(most)
}

// silence makes a row add nothing.
func (b *broken) silence(r *core.Row) {
	c := b.config
	if r.Format == core.Others {
		r.Weight = 0
		return
	}
	if r.Format == core.Typed {
		clear(c.Masks[r.Offset:][:(r.Count+63)>>6])
		return
	}
	for at := r.Offset; at < r.Offset+int64(r.Count); at++ {
		switch r.Format {
		case core.Dense8:
			c.Dense8[at] = 0
		case core.Dense16:
			c.Dense16[at] = 0
		case core.Plastic:
			c.Plastic[at] = 0
		case core.Sparse:
			c.Sparse[at].Weight = 0
		}
	}
}
