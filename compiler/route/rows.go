package route

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/row"
	"adder/core"
)

// reserve allocates the rows of a dense projection, so that a large store is not copied as it
// grows.
func (r *routing) reserve(p *ir.Projection) {
	if !partition.IsDense(&p.Weights) || !r.m.Chip.HasFormat(profile.Dense) {
		return
	}
	for i := range r.m.Parts {
		for _, q := range r.m.Parts[i].Pieces {
			if q.Population != p.Target {
				continue
			}
			c, size := &r.cores[i], p.Weights.Sources*len(q.Neurons)
			if p.WeightBits > 8 {
				c.Dense16 = slices.Grow(c.Dense16, size)
			} else {
				c.Dense8 = slices.Grow(c.Dense8, size)
			}
		}
	}
}

// eachBits visits the stored entries of source s: a weight, or the 16 bits of a plastic one.
func eachBits(p *ir.Projection, s int, visit func(target int32, bits int16)) {
	w := &p.Weights
	if w.Plastic == nil {
		p.EachStored(s, func(t, w int32) { visit(t, int16(w)) })
		return
	}
	for k, stored := range w.Plastic[s*w.Count:][:w.Count] {
		visit(int32(w.First+k), int16(stored))
	}
}

// addAxon gives the bucket of a part, which is of source s, an axon entry: of a row
// that holds it already, moved to its place, or of a new row.
func (r *hand) addAxon(part int, p *ir.Projection, s int) int32 {
	c, entries := &r.cores[part], r.bucket[part]
	r.keys = row.Sort(entries, r.keys)
	axon := core.Axon{Delay: uint8(p.Delay)}
	if p.Source >= 0 {
		axon.Value = uint8(r.m.Net.Populations[p.Source].Value())
	}
	switch {
	case p.AxonTypes != nil:
		axon.Row = addTyped(c, entries, p.WeightBits, p.AxonTypes[s])
	case p.Exponent != 0 || p.Second:
		axon.Row = r.addRow(c, entries, p.WeightBits)
	case p.Weights.Plastic != nil:
		axon.Row = addPlastic(c, entries)
	case p.Weights.Others != nil:
		axon.Row = r.addOthers(part, p, s)
	case r.m.Chip.Weights.SharedRows && !p.Verbatim:
		axon.Row, axon.Base = r.sharedRow(part, entries, p.WeightBits)
	default:
		axon.Row = r.addRow(c, entries, p.WeightBits)
	}
	if p.Exponent != 0 || p.Second { // into neurons of model shift, of its own row
		c.Rows[axon.Row].Shift, c.Rows[axon.Row].Second = uint8(p.Exponent), p.Second
	}
	c.Axons = append(c.Axons, axon)
	return int32(len(c.Axons) - 1)
}

// sharedRow finds or stores the row of the entries from its first neuron
// on, and returns that neuron.
func (r *routing) sharedRow(part int, entries []core.Synapse, weightBits int) (stored, base int32) {
	c, store := &r.cores[part], r.stores[part]
	base = int32(entries[0].Neuron)
	for i := range entries {
		entries[i].Neuron -= uint16(base)
	}
	key := row.Hash(entries, weightBits)
	if stored = store.Find(key, entries, weightBits); stored < 0 {
		stored = r.addRow(c, entries, weightBits)
		store.Add(key, stored)
	}
	return stored, base
}

// addRow stores entries, which are in order, in the smaller format.
func (r *routing) addRow(c *core.Config, entries []core.Synapse, weightBits int) int32 {
	first, last := entries[0].Neuron, entries[len(entries)-1].Neuron
	stored := core.Row{WeightBits: uint8(weightBits), Exclude: -1}
	span := int(last-first) + 1
	if _, format := row.Bits(len(entries), span, weightBits, r.m.Chip); format == profile.Dense {
		stored.First, stored.Count = int32(first), int32(span)
		addDense(c, &stored, entries)
	} else {
		stored.Format, stored.Count, stored.Offset = core.Sparse, int32(len(entries)), int64(
			len(c.Sparse))
		c.Sparse = append(c.Sparse, entries...)
	}
	c.Rows = append(c.Rows, stored)
	return int32(len(c.Rows) - 1)
}

func addDense(c *core.Config, row *core.Row, entries []core.Synapse) {
	if row.WeightBits > 8 {
		row.Format, row.Offset = core.Dense16, int64(len(c.Dense16))
		c.Dense16 = append(c.Dense16, make([]int16, row.Count)...)
		for _, e := range entries {
			c.Dense16[row.Offset+int64(e.Neuron)-int64(row.First)] = e.Weight
		}
		return
	}
	row.Format, row.Offset = core.Dense8, int64(len(c.Dense8))
	c.Dense8 = append(c.Dense8, make([]int8, row.Count)...)
	for _, e := range entries {
		c.Dense8[row.Offset+int64(e.Neuron)-int64(row.First)] = int8(e.Weight)
	}
}

// addPlastic stores a row of plastic weights, which are a run.
func addPlastic(c *core.Config, entries []core.Synapse) int32 {
	c.Rows = append(c.Rows, core.Row{
		Format: core.Plastic, WeightBits: plasticBits, Exclude: -1,
		First: int32(entries[0].Neuron), Count: int32(len(entries)), Offset: int64(len(c.Plastic)),
	})
	for _, e := range entries {
		c.Plastic = append(c.Plastic, uint16(e.Weight))
	}
	return int32(len(c.Rows) - 1)
}

// plasticBits is the width of a stored plastic weight.
const plasticBits = 16

// addOthers stores the row of source s: one weight to a run, which is in the bucket, except the
// neuron that it leaves out, if that is of the run.
func (r *routing) addOthers(part int, p *ir.Projection, s int) int32 {
	c, entries, o := &r.cores[part], r.bucket[part], &p.Weights.Others[s]
	stored := core.Row{
		Format: core.Others, WeightBits: uint8(p.WeightBits), Weight: o.Weight, Shift: o.Shift,
		Exclude: -1,
		First:   int32(entries[0].Neuron), Count: int32(len(entries)),
	}
	if o.Exclude >= 0 {
		h := r.homes[p.Target][o.Exclude]
		if at := int32(h.Index); h.Part == part && at >= stored.First && at < stored.First+
			stored.Count {
			stored.Exclude = at
		}
	}
	c.Rows = append(c.Rows, stored)
	return int32(len(c.Rows) - 1)
}
