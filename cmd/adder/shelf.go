package main

import (
	"sync"

	"adder/bench"
	"adder/internal/dataset"
)

// shelf holds what commands of one process have in common: the points of a sweep read the same
// data. It is safe for use side by side; its entries are not changed.
type shelf struct {
	mu   sync.Mutex
	sets map[setKey]*shelved
	// ann caches results of ANNs.
	ann bench.Shared
}

// setKey identifies an opened data set.
type setKey struct {
	name  string
	split dataset.Split
	limit int
}

// shelved is read once, by whoever comes first.
type shelved struct {
	once sync.Once
	set  *dataset.Set
	err  error
}

func newShelf() *shelf { return &shelf{sets: map[setKey]*shelved{}} }

// open reads a data set, once for equal words. Without a shelf it always reads.
func (s *shelf) open(read opener, name string, split dataset.Split, limit int) (*dataset.Set,
	error) {
	if s == nil {
		return read(name, split, limit)
	}
	key := setKey{name, split, limit}
	s.mu.Lock()
	entry, ok := s.sets[key]
	if !ok {
		entry = &shelved{}
		s.sets[key] = entry
	}
	s.mu.Unlock()
	entry.once.Do(func() { entry.set, entry.err = read(name, split, limit) })
	return entry.set, entry.err
}
