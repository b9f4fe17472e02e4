package compiler

import (
	"slices"

	"adder/core"
)

// Rows that are equal but for the place where they start are stored once on
// a chip with shared rows: each axon says by how much the row is moved. The
// kernels of a convolution then take a row for each way in which a tile
// cuts them off, instead of one for each source (docs/mapping.md).

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
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		for _, s := range f.reaching(neurons) {
			entries = entries[:0]
			f.eachBetween(int(s), low, high, func(t int32, w int16) {
				if place[t] > 0 {
					entries = append(entries, core.Synapse{Neuron: uint16(place[t] - 1), Weight: w})
				}
			})
			if len(entries) == 0 {
				continue
			}
			sortEntries(entries)
			key := rowHash(entries, f.WeightBits)
			if _, known := seen[key]; known {
				continue
			}
			seen[key] = struct{}{}
			span := int(entries[len(entries)-1].Neuron-entries[0].Neuron) + 1
			row, _ := rowBits(len(entries), span, f.WeightBits, c.chip)
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

func sortEntries(entries []core.Synapse) {
	byNeuron := func(a, b core.Synapse) int { return int(a.Neuron) - int(b.Neuron) }
	if !slices.IsSortedFunc(entries, byNeuron) {
		slices.SortFunc(entries, byNeuron)
	}
}

// rowHash is a number that rows which are equal but for where they start
// have in common (FNV-1a on words).
func rowHash(entries []core.Synapse, weightBits int) uint64 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(weightBits)) * prime
	first := entries[0].Neuron
	for _, e := range entries {
		h = (h ^ uint64(e.Neuron-first)<<16 ^ uint64(uint16(e.Weight))) * prime
		h ^= h >> 29
	}
	return h
}

// rowStore finds rows of a core by their contents.
type rowStore struct {
	config *core.Config
	rows   map[uint64][]int32
}

func newRowStore(c *core.Config) *rowStore {
	return &rowStore{config: c, rows: map[uint64][]int32{}}
}

// find returns a row that holds the entries, which lie in order, when it is
// moved so that it starts at the first, or -1.
func (s *rowStore) find(key uint64, entries []core.Synapse, weightBits int) int32 {
	for _, i := range s.rows[key] {
		if row := &s.config.Rows[i]; int(row.WeightBits) == weightBits && s.holds(row, entries) {
			return i
		}
	}
	return -1
}

func (s *rowStore) note(key uint64, row int32) { s.rows[key] = append(s.rows[key], row) }

func (s *rowStore) holds(row *core.Row, entries []core.Synapse) bool {
	first := entries[0].Neuron
	if row.Format == core.Sparse {
		stored := s.config.Sparse[row.Offset:][:row.Count]
		return slices.EqualFunc(stored, entries, func(a, b core.Synapse) bool {
			return a.Neuron == b.Neuron-first && a.Weight == b.Weight
		})
	}
	k := 0
	for n := range row.Count {
		w := int16(0)
		if row.Format == core.Dense8 {
			w = int16(s.config.Dense8[row.Offset+int64(n)])
		} else {
			w = s.config.Dense16[row.Offset+int64(n)]
		}
		switch {
		case k < len(entries) && int32(entries[k].Neuron-first) == n:
			if entries[k].Weight != w {
				return false
			}
			k++
		case w != 0:
			return false
		}
	}
	return k == len(entries)
}
