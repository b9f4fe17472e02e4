package recorded

import (
	"slices"
	"sync"

	"adder/internal/npz"
)

// stream reads the samples of an array from its file when they are asked for. Compressed files
// cannot be read backwards: a few readers are kept at different positions, and samples that were
// read lately are cached, since workers ask a little out of order. It may be used by several
// goroutines.
type stream[T any] struct {
	array *array
	// decode reads the next sample of a reader.
	decode func(a *array, r *npz.Reader) (T, error)

	mu      sync.Mutex
	readers []*position
	recent  map[int]T
	order   []int // the samples in recent, oldest first
	keep    int   // how many those may be
}

// position is a reader that is positioned at a sample.
type position struct {
	r    *npz.Reader
	next int
}

// maxReaders is how many places of a file are read at: one for each of some workers
// that have a part of the samples each.
const maxReaders = 8

// newStream keeps recent samples of so many bytes within keepBytes.
func newStream[T any](a *array, bytes float64,
	decode func(*array, *npz.Reader) (T, error)) *stream[T] {
	const least, most = 2, 64
	keep := max(least, min(most, int(keepBytes/max(bytes, 1))))
	return &stream[T]{array: a, decode: decode, recent: map[int]T{}, keep: keep}
}

// get gives a sample, which the caller does not change.
func (s *stream[T]) get(i int) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.recent[i]; ok {
		return v, nil
	}
	var zero T
	p, err := s.reader(i)
	if err != nil {
		return zero, err
	}
	for {
		v, err := s.decode(s.array, p.r)
		if err != nil {
			s.drop(p)
			return zero, err
		}
		p.next++
		s.remember(p.next-1, v)
		if p.next > i {
			return v, nil
		}
	}
}

// reader returns the reader nearest before a sample, by at most keep samples, so that the samples
// between are cached.
func (s *stream[T]) reader(i int) (*position, error) {
	var best *position
	for _, p := range s.readers {
		if p.next <= i && (best == nil || p.next > best.next) {
			best = p
		}
	}
	if best == nil {
		r, err := s.array.open()
		if err != nil {
			return nil, err
		}
		if len(s.readers) == maxReaders {
			s.drop(s.readers[0])
		}
		best = &position{r: r}
	} else {
		s.readers = slices.DeleteFunc(s.readers, func(p *position) bool { return p == best })
	}
	s.readers = append(s.readers, best) // the one that was not used for longest is first
	if skip := i - s.keep + 1 - best.next; skip > 0 {
		if err := best.r.Skip(skip * s.array.fileTicks * s.array.size); err != nil {
			s.drop(best)
			return nil, err
		}
		best.next += skip
	}
	return best, nil
}

// drop closes a reader.
func (s *stream[T]) drop(p *position) {
	p.r.Close()
	s.readers = slices.DeleteFunc(s.readers, func(q *position) bool { return p == q })
}

// remember caches a sample and drops the oldest one.
func (s *stream[T]) remember(i int, v T) {
	if _, ok := s.recent[i]; ok {
		return
	}
	if len(s.order) == s.keep {
		delete(s.recent, s.order[0])
		s.order = s.order[1:]
	}
	s.recent[i], s.order = v, append(s.order, i)
}
