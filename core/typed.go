package core

import (
	"fmt"
	"math/bits"
)

// A crossbar stores a bit per axon and neuron and no weights: an axon has a type, and each
// neuron a weight for every type (docs/neurocore.md, section 2). A Typed row is the bits
// of one axon.

// MaxTypes is the largest number of types of axons that a core distinguishes.
const MaxTypes = 16

// maskWords is the number of words that the bits of a Typed row take.
func (r *Row) maskWords() int64 { return (int64(r.Count) + 63) >> 6 }

// mask are the bits of a Typed row: bit k mod 64 of word k / 64 is neuron First + k.
func (c *Config) mask(r *Row) []uint64 { return c.Masks[r.Offset:][:r.maskWords()] }

// hasBit reports whether a Typed row names the k-th neuron of its run.
func (c *Config) hasBit(r *Row, k int32) bool { return c.mask(r)[k>>6]>>(k&63)&1 != 0 }

// EachTyped calls visit for the neurons whose bit is set in a Typed row, with their weights.
func (c *Config) EachTyped(r *Row, visit func(neuron int32, weight int16)) {
	weights := c.Types[r.Type]
	first := r.First
	for _, word := range c.mask(r) {
		for ; word != 0; word &= word - 1 {
			n := first + int32(bits.TrailingZeros64(word))
			visit(n, weights[n])
		}
		first += 64
	}
}

// Additions is the number of additions of a delivery of a row: one per neuron of a run, entry of a
// sparse row or bit of a typed one, zero weights included.
func (c *Config) Additions(r *Row) int32 {
	if r.Format != Typed {
		return r.additions()
	}
	var n int32
	for _, word := range c.mask(r) {
		n += int32(bits.OnesCount64(word))
	}
	return n
}

// BitsRead is the number of bits of synapse memory that a delivery of a row reads; for a typed row
// its bits and the weight of each neuron whose bit is set; from off-chip memory whole words.
func (c *Config) BitsRead(r *Row) int64 {
	if r.Format != Typed {
		past := int64(max(c.Widths.OffChip, 1)) - 1
		return (c.Widths.BitsRead(r) + past) &^ past
	}
	return int64(r.Count) + repeated(int64(r.WeightBits), uint(c.Additions(r)))
}

// validateTypes checks the tables of weights by type.
func (c *Config) validateTypes() error {
	if len(c.Types) > MaxTypes {
		return fmt.Errorf("%d types of axons: there are at most %d", len(c.Types), MaxTypes)
	}
	for t, weights := range c.Types {
		if len(weights) != c.Neurons() {
			return fmt.Errorf("type %d has %d weights for %d neurons: it needs one per neuron", t,
				len(weights), c.Neurons())
		}
	}
	return nil
}

// validateTyped checks a Typed row, whose run is within the core.
func (c *Config) validateTyped(r *Row) error {
	if int(r.Type) >= len(c.Types) {
		return fmt.Errorf("an axon of type %d: the core has weights for %d", r.Type, len(c.Types))
	}
	if r.Offset < 0 || r.maskWords() > int64(len(c.Masks))-r.Offset {
		return fmt.Errorf("%d bits at word %d of the crossbar: it has %d words", r.Count, r.Offset,
			len(c.Masks))
	}
	if over := r.Count & 63; over > 0 && c.Masks[r.Offset+r.maskWords()-1]>>over != 0 {
		return fmt.Errorf("bits behind its %d neurons are set", r.Count)
	}
	var err error
	c.EachTyped(r, func(n int32, w int16) {
		if err == nil && !fits(int32(w), r.WeightBits) {
			err = weightError(int64(n), int32(w), r.WeightBits)
		}
	})
	return err
}

// nonzeroTyped is the number of nonzero weights of a Typed row.
func (c *Config) nonzeroTyped(r *Row) int32 {
	var n int32
	c.EachTyped(r, func(_ int32, w int16) {
		if w != 0 {
			n++
		}
	})
	return n
}

// deliverTyped adds the weights of the row's type to the neurons that its bits name.
func (c *Core) deliverTyped(r *Row) {
	weights, first := c.types[r.Type], r.First
	for _, word := range c.masks[r.Offset:][:(r.Count+63)>>6] {
		for ; word != 0; word &= word - 1 {
			n := first + int32(bits.TrailingZeros64(word))
			c.accumulator[n] += int32(weights[n])
		}
		first += 64
	}
}
