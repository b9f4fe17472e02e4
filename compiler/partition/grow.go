package partition

import (
	"slices"

	"adder/chip/profile"
)

// cutSparse cuts population p, whose neurons have few sources each and no shape: by growth, by
// filling cores in the order of the layer, and takes what has fewer parts or, of as many, fewer
// axons.
func (c *cutter) cutSparse(p int) (cut, error) {
	size := c.net.Populations[p].Size
	inOrder := filler{c: c, p: p}
	for n := range size {
		if err := inOrder.add(int32(n)); err != nil {
			return cut{}, err
		}
	}
	filled := cut{parts: inOrder.end()}
	if len(filled.parts) < 2 {
		c.regroup(p, &filled.parts[0])
		return filled, nil
	}
	grown, err := c.grow(p)
	if err != nil {
		return cut{}, err
	}
	if c.chip.HasFormat(profile.Sparse) {
		grown = c.refined(p, grown)
	}
	best := &filled
	if a, b := len(grown.parts), len(filled.parts); a < b ||
		a == b && axonsOf(&grown) < axonsOf(&filled) {
		best = &grown
	}
	for i := range best.parts {
		c.regroup(p, &best.parts[i])
	}
	return *best, nil
}

// regroup sorts neurons with equal constants together, unless their rows then exceed the memory.
func (c *cutter) regroup(p int, q *Part) {
	neurons := slices.Clone(q.Pieces[0].Neurons)
	slices.Sort(neurons)
	c.byGroup(p, neurons)
	if l := c.weigh(p, neurons); l.exceeds(&c.chip.Core) == "" {
		q.Pieces[0].Neurons, q.Load = neurons, l
	}
}

func axonsOf(made *cut) (axons int) {
	for i := range made.parts {
		axons += made.parts[i].Load.Axons
	}
	return axons
}

// filler puts neurons of population p into a part until it is full, and
// then into the next.
type filler struct {
	c     *cutter
	p     int
	parts []Part
	open  Part
}

// add puts neuron n into the open part, or into a new one.
func (f *filler) add(n int32) error {
	l := f.with(n)
	if full := l.exceeds(&f.c.chip.Core); full != "" {
		if f.open.Load.Neurons == 0 {
			return f.c.tooLarge(f.p, l)
		}
		f.close(full)
		if l = f.with(n); l.exceeds(&f.c.chip.Core) != "" {
			return f.c.tooLarge(f.p, l)
		}
	}
	f.take(n, l)
	return nil
}

// fits reports whether neuron n fits the open part.
func (f *filler) fits(n int32) bool {
	l := f.with(n)
	return l.exceeds(&f.c.chip.Core) == ""
}

// with is the load of the open part with neuron n.
func (f *filler) with(n int32) Load {
	l := f.open.Load
	place := int32(l.Neurons)
	l.Neurons++
	l.Routes += int(f.c.routes[f.p][n])
	for i := range f.c.fanIn[f.p] {
		in := &f.c.fanIn[f.p][i]
		for _, s := range in.of(n) {
			r := in.rows[s]
			if r.entries == 0 {
				l.Axons++
			} else {
				l.Bits -= r.bits(in.WeightBits, f.c.chip)
			}
			l.Bits += r.with(place).bits(in.WeightBits, f.c.chip)
		}
	}
	return l
}

func (f *filler) take(n int32, l Load) {
	place := int32(f.open.Load.Neurons)
	for i := range f.c.fanIn[f.p] {
		in := &f.c.fanIn[f.p][i]
		for _, s := range in.of(n) {
			in.put(s, place)
		}
	}
	if len(f.open.Pieces) == 0 {
		f.open.Pieces = []Piece{{Population: f.p}}
	}
	f.open.Pieces[0].Neurons = append(f.open.Pieces[0].Neurons, n)
	f.open.Load = l
}

func (f *filler) close(full string) {
	if f.open.Load.Neurons > 0 {
		f.open.Full = full
		f.parts = append(f.parts, f.open)
	}
	f.open = Part{}
	for i := range f.c.fanIn[f.p] {
		f.c.fanIn[f.p][i].clear()
	}
}

// end closes the last part and returns all.
func (f *filler) end() []Part {
	f.close("")
	return f.parts
}

// grow fills one part after the other, always with the neuron that shares
// most sources with the part so far; the first is the lowest that is left.
func (c *cutter) grow(p int) (cut, error) {
	size := c.net.Populations[p].Size
	f := filler{c: c, p: p}
	near := newShelf(size, c.largestFanIn(p))
	next := 0
	for left := size; left > 0; left-- {
		n := near.best()
		if n >= 0 && !f.fits(n) {
			f.close(f.limit(n))
			near.empty()
			n = -1
		}
		if n < 0 {
			for near.gone[next] {
				next++
			}
			n = int32(next)
		}
		before := len(f.parts)
		lacking := f.missing(n)
		if err := f.add(n); err != nil {
			return cut{}, err
		}
		if len(f.parts) > before { // a seed that did not fit opened a part
			near.empty()
			lacking = f.all(n)
		}
		near.remove(n)
		for _, h := range lacking {
			c.net.Projections[h.projection].EachStored(int(h.source), func(t, _ int32) {
				near.raise(t)
			})
		}
	}
	return cut{parts: f.end()}, nil
}

// limit names what neuron n would exceed.
func (f *filler) limit(n int32) string {
	l := f.with(n)
	return l.exceeds(&f.c.chip.Core)
}

// source is a source of a projection.
type source struct {
	projection int
	source     int32
}

// missing lists the sources of neuron n that have no axon in the open part.
func (f *filler) missing(n int32) (out []source) {
	for i := range f.c.fanIn[f.p] {
		in := &f.c.fanIn[f.p][i]
		for _, s := range in.of(n) {
			if in.rows[s].entries == 0 {
				out = append(out, source{in.index, s})
			}
		}
	}
	return out
}

// all lists the sources of neuron n.
func (f *filler) all(n int32) (out []source) {
	for i := range f.c.fanIn[f.p] {
		in := &f.c.fanIn[f.p][i]
		for _, s := range in.of(n) {
			out = append(out, source{in.index, s})
		}
	}
	return out
}

func (c *cutter) largestFanIn(p int) (largest int) {
	for n := range c.net.Populations[p].Size {
		sum := 0
		for i := range c.fanIn[p] {
			sum += len(c.fanIn[p][i].of(int32(n)))
		}
		largest = max(largest, sum)
	}
	return largest
}

// shelf keeps neurons by score, the number of sources they share with the
// open part, in one list per score.
type shelf struct {
	score      []int32
	prev, next []int32 // within a list, -1 at its ends
	head       []int32 // first neuron per score, -1 for none
	gone       []bool  // neurons that have a part
	raised     []int32 // neurons with a score above 0
	top        int
}

func newShelf(size, scores int) *shelf {
	s := &shelf{score: make([]int32, size), prev: make([]int32, size), next: make([]int32, size),
		head: make([]int32, scores+1), gone: make([]bool, size)}
	for i := range s.head {
		s.head[i] = -1
	}
	return s
}

// best is a neuron with the highest score above 0, or -1.
func (s *shelf) best() int32 {
	for s.top > 0 && s.head[s.top] < 0 {
		s.top--
	}
	if s.top == 0 {
		return -1
	}
	return s.head[s.top]
}

// raise adds 1 to the score of neuron n unless it has a part.
func (s *shelf) raise(n int32) {
	if s.gone[n] {
		return
	}
	if s.score[n] == 0 {
		s.raised = append(s.raised, n)
	} else {
		s.unlink(n)
	}
	s.score[n]++
	at := s.score[n]
	s.prev[n], s.next[n] = -1, s.head[at]
	if s.head[at] >= 0 {
		s.prev[s.head[at]] = n
	}
	s.head[at] = n
	s.top = max(s.top, int(at))
}

func (s *shelf) unlink(n int32) {
	if s.prev[n] >= 0 {
		s.next[s.prev[n]] = s.next[n]
	} else {
		s.head[s.score[n]] = s.next[n]
	}
	if s.next[n] >= 0 {
		s.prev[s.next[n]] = s.prev[n]
	}
}

// remove takes a neuron that has found its part.
func (s *shelf) remove(n int32) {
	if s.score[n] > 0 {
		s.unlink(n)
	}
	s.gone[n] = true
}

// empty clears all scores: a new part begins.
func (s *shelf) empty() {
	for _, n := range s.raised {
		if s.score[n] > 0 && !s.gone[n] {
			s.unlink(n)
		}
		s.score[n] = 0
	}
	s.raised = s.raised[:0]
	s.top = 0
}
