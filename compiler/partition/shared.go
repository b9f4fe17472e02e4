package partition

import (
	"slices"

	"adder/compiler/row"
	"adder/core"
)

// Rows that are equal up to an offset are stored once on a chip with shared rows: each axon says by
// how much the row is moved. The kernels of a convolution then take a row for each way in which a
// tile cuts them off, instead of one for each source (docs/mapping.md).

// sharedBits is the synapse memory of neurons of population p as a piece
// where equal rows are stored once.
func (c *cutter) sharedBits(p int, neurons []int32) (bits int64) {
	place := make([]int32, c.net.Populations[p].Size) // 1 + place in the piece
	for i, n := range neurons {
		place[n] = int32(i) + 1
	}
	low, high := int(slices.Min(neurons)), int(slices.Max(neurons))
	seen := map[uint64]struct{}{}
	var entries []core.Synapse
	var keys []uint32
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		if f.OwnRows() {
			var l Load
			c.weighProjection(f, neurons, &l)
			bits += l.Bits
			continue
		}
		for _, s := range f.reaching(neurons) {
			entries = entries[:0]
			f.eachBetween(int(s), low, high, func(t, w int32) {
				if place[t] > 0 {
					entries = append(entries, core.Synapse{Neuron: uint16(place[t] - 1),
						Weight: int16(w)})
				}
			})
			if len(entries) == 0 {
				continue
			}
			keys = row.Sort(entries, keys)
			key := row.Hash(entries, f.WeightBits)
			if _, known := seen[key]; known {
				continue
			}
			seen[key] = struct{}{}
			span := int(entries[len(entries)-1].Neuron-entries[0].Neuron) + 1
			row, _ := row.Bits(len(entries), span, f.WeightBits, c.chip)
			bits += row
		}
	}
	return bits
}

// reaching lists the sources that may reach any of some neurons.
func (f *fanIn) reaching(neurons []int32) []int32 {
	if f.dense {
		return run(0, f.Weights.Sources)
	}
	defer f.clear()
	for place, n := range neurons {
		for _, s := range f.of(n) {
			f.put(s, int32(place))
		}
	}
	return slices.Clone(f.touched)
}
