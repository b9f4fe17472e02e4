package bench

import "sync"

// Shared caches evaluations of an ANN, for comparisons with the same ANN on the same samples: each
// is made once, when first needed. It is safe for concurrent use. A nil Shared caches nothing.
type Shared struct {
	mu    sync.Mutex
	known map[string]*kept
}

// kept is made once. An error is not kept: the next one tries again.
type kept struct {
	mu    sync.Mutex
	made  bool
	value any
}

// once returns what make gave for a key before, or else calls it.
func once[T any](s *Shared, key string, make func() (T, error)) (T, error) {
	if s == nil {
		return make()
	}
	entry := s.entry(key)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.made {
		return entry.value.(T), nil
	}
	value, err := make()
	if err == nil {
		entry.made, entry.value = true, value
	}
	return value, err
}

func (s *Shared) entry(key string) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]*kept{}
	}
	entry, ok := s.known[key]
	if !ok {
		entry = &kept{}
		s.known[key] = entry
	}
	return entry
}
