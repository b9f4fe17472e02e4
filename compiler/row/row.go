// Package row owns the form of a synapse row: its bits in the smallest format, and how rows that
// are equal up to an offset are found and stored once. Partition computes the size of rows with it,
// route writes them.
package row

import (
	"slices"

	"adder/chip/profile"
	"adder/core"
)

// Bits returns the memory in bits of a row with a number of entries over a span of neurons, and its
// format: the smallest.
func Bits(entries, span, weightBits int, chip *profile.Profile) (int64, profile.Format) {
	if chip.HasFormat(profile.Typed) {
		return int64(span), profile.Typed
	}
	dense := int64(span) * int64(weightBits)
	sparse := int64(entries) * int64(weightBits+chip.Weights.SparseIndexBits)
	if !chip.HasFormat(profile.Sparse) || dense <= sparse && chip.HasFormat(profile.Dense) {
		return chip.RowBits(dense), profile.Dense
	}
	return chip.RowBits(sparse), profile.Sparse
}

// Sort sorts entries by neuron. keys is scratch memory, which it returns.
func Sort(entries []core.Synapse, keys []uint32) []uint32 {
	byNeuron := func(a, b core.Synapse) int { return int(a.Neuron) - int(b.Neuron) }
	if slices.IsSortedFunc(entries, byNeuron) {
		return keys
	}
	keys = keys[:0]
	for _, e := range entries {
		keys = append(keys, uint32(e.Neuron)<<16|uint32(uint16(e.Weight)))
	}
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		// a list that names a neuron twice keeps its order of them
		if keys[i]>>16 == keys[i-1]>>16 {
			slices.SortFunc(entries, byNeuron)
			return keys
		}
	}
	for i, key := range keys {
		entries[i] = core.Synapse{Neuron: uint16(key >> 16), Weight: int16(uint16(key))}
	}
	return keys
}

// Hash is a hash of a row that does not depend on its offset (FNV-1a on words).
func Hash(entries []core.Synapse, weightBits int) uint64 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(weightBits)) * prime
	first := entries[0].Neuron
	for _, e := range entries {
		h = (h ^ uint64(e.Neuron-first)<<16 ^ uint64(uint16(e.Weight))) * prime
		h ^= h >> 29
	}
	return h
}

// Store is an index of the rows of a core by their contents.
type Store struct {
	config *core.Config
	rows   map[uint64][]int32
}

// NewStore returns an empty store for the rows of a core.
func NewStore(c *core.Config) *Store {
	return &Store{config: c, rows: map[uint64][]int32{}}
}

// Find returns a row that equals the entries, which are in order, once it is moved to start at the
// first; -1 if there is none.
func (s *Store) Find(key uint64, entries []core.Synapse, weightBits int) int32 {
	for _, i := range s.rows[key] {
		if row := &s.config.Rows[i]; int(row.WeightBits) == weightBits && s.holds(row, entries) {
			return i
		}
	}
	return -1
}

// Add adds a row of the core to the store.
func (s *Store) Add(key uint64, row int32) { s.rows[key] = append(s.rows[key], row) }

func (s *Store) holds(row *core.Row, entries []core.Synapse) bool {
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
