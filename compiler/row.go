package compiler

import (
	"slices"

	"adder/chip/profile"
	"adder/core"
)

// rowBits is the memory of a row with a number of entries over a span of
// neurons, and the format that takes least of it.
func rowBits(entries, span, weightBits int, chip *profile.Profile) (int64, profile.Format) {
	dense := int64(span) * int64(weightBits)
	sparse := int64(entries) * int64(weightBits+chip.Weights.SparseIndexBits)
	if !chip.HasFormat(profile.Sparse) || dense <= sparse && chip.HasFormat(profile.Dense) {
		return dense, profile.Dense
	}
	return sparse, profile.Sparse
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
