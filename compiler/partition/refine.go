package partition

import (
	"cmp"
	"slices"
)

const (
	// maxSweeps bounds how often refine goes over all neurons.
	maxSweeps = 4
	// maxCounts bounds the table of refine: parts times sources.
	maxCounts = 1 << 26
)

// refined moves and swaps neurons of population p between the parts of a cut wherever that saves
// axons: a source of only one neuron of a part leaves with it (the moves of Fiduccia and
// Mattheyses, DAC 1982, on the sources as nets). It returns the cut as it was where that saves
// nothing, and where rows take more memory than there is when their neurons are put in order.
func (c *cutter) refined(p int, made cut) cut {
	r := newRefiner(c, p, &made)
	if r == nil {
		return made
	}
	for range maxSweeps {
		if !r.sweep() {
			break
		}
	}
	lists := make([][]int32, len(made.parts))
	for n, at := range r.at {
		lists[at] = append(lists[at], int32(n))
	}
	out := cut{}
	for i, neurons := range lists {
		if len(neurons) == 0 {
			continue
		}
		l := c.weigh(p, neurons)
		if l.exceeds(&c.chip.Core) != "" {
			return made
		}
		out.parts = append(out.parts, Part{Pieces: []Piece{{p, neurons}}, Load: l,
			Full: made.parts[i].Full})
	}
	return out
}

// refiner counts, per part, the neurons that each source reaches.
type refiner struct {
	c     *cutter
	p     int
	at    []int32 // part of each neuron
	loads []Load  // bits are those of lists, the most that rows take
	base  []int   // first source of each projection into p
	width int     // all sources
	uses  []int32 // [part][source]
}

func newRefiner(c *cutter, p int, made *cut) *refiner {
	r := &refiner{c: c, p: p, at: make([]int32, c.net.Populations[p].Size),
		loads: make([]Load, len(made.parts))}
	for i := range c.fanIn[p] {
		r.base = append(r.base, r.width)
		r.width += c.fanIn[p][i].Weights.Sources
	}
	if len(made.parts)*r.width > maxCounts {
		return nil
	}
	r.uses = make([]int32, len(made.parts)*r.width)
	for i := range made.parts {
		for _, n := range made.parts[i].Pieces[0].Neurons {
			r.put(n, int32(i))
		}
	}
	return r
}

// each calls visit with every source of neuron n, numbered over all
// projections.
func (r *refiner) each(n int32, visit func(source int)) {
	for i := range r.c.fanIn[r.p] {
		for _, s := range r.c.fanIn[r.p][i].of(n) {
			visit(r.base[i] + int(s))
		}
	}
}

// own is the load of neuron n without its axons.
func (r *refiner) own(n int32) Load {
	l := Load{Neurons: 1, Routes: int(r.c.routes[r.p][n])}
	for i := range r.c.fanIn[r.p] {
		f := &r.c.fanIn[r.p][i]
		l.Bits += int64(len(f.of(n))) * int64(f.WeightBits+r.c.chip.Weights.SparseIndexBits)
	}
	return l
}

func (r *refiner) put(n, to int32) {
	l := r.own(n)
	row := r.uses[int(to)*r.width:][:r.width]
	r.each(n, func(s int) {
		if row[s] == 0 {
			l.Axons++
		}
		row[s]++
	})
	r.loads[to].add(l)
	r.at[n] = to
}

func (r *refiner) take(n int32) {
	from := r.at[n]
	l := r.own(n)
	row := r.uses[int(from)*r.width:][:r.width]
	r.each(n, func(s int) {
		row[s]--
		if row[s] == 0 {
			l.Axons++
		}
	})
	r.loads[from].add(Load{Neurons: -l.Neurons, Axons: -l.Axons, Routes: -l.Routes, Bits: -l.Bits})
}

// gain is the number of axons that moving neuron n to a part saves.
func (r *refiner) gain(n, to int32) (gain int) {
	a, b := r.uses[int(r.at[n])*r.width:][:r.width], r.uses[int(to)*r.width:][:r.width]
	r.each(n, func(s int) {
		if a[s] == 1 {
			gain++
		}
		if b[s] == 0 {
			gain--
		}
	})
	return gain
}

// candidate is a move that would save axons but does not fit.
type candidate struct {
	neuron, to int32
	gain       int
}

// sweep tries to move each neuron to where it saves most axons, then to
// swap neurons whose best parts are each other's. It reports whether anything
// moved.
func (r *refiner) sweep() (moved bool) {
	candidates := map[[2]int32][]candidate{}
	for n := range int32(len(r.at)) {
		w := r.candidateOf(n)
		if w.gain <= 0 {
			continue
		}
		from := r.at[n]
		if r.move(n, w.to) {
			moved = true
			continue
		}
		candidates[[2]int32{from, w.to}] = append(candidates[[2]int32{from, w.to}], w)
	}
	for a := range int32(len(r.loads)) {
		for b := range a {
			if r.swaps(candidates[[2]int32{a, b}], candidates[[2]int32{b, a}]) {
				moved = true
			}
		}
	}
	return moved
}

// candidateOf is the best part for neuron n.
func (r *refiner) candidateOf(n int32) (best candidate) {
	for to := range int32(len(r.loads)) {
		if to == r.at[n] {
			continue
		}
		if g := r.gain(n, to); g > best.gain {
			best = candidate{n, to, g}
		}
	}
	return best
}

// move moves neuron n if it fits and saves axons.
func (r *refiner) move(n, to int32) bool {
	from := r.at[n]
	before := r.loads[from].Axons + r.loads[to].Axons
	r.take(n)
	r.put(n, to)
	if r.loads[from].Axons+r.loads[to].Axons < before && r.loads[to].exceeds(&r.c.chip.Core) == "" {
		return true
	}
	r.take(n)
	r.put(n, from)
	return false
}

// swaps exchanges pairs of neurons, candidate moves, best first.
func (r *refiner) swaps(there, back []candidate) (moved bool) {
	byGain := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.neuron, b.neuron))
	}
	slices.SortFunc(there, byGain)
	slices.SortFunc(back, byGain)
	for i := range min(len(there), len(back)) {
		moved = r.swap(there[i].neuron, back[i].neuron) || moved
	}
	return moved
}

func (r *refiner) swap(n, m int32) bool {
	a, b := r.at[n], r.at[m]
	before := r.loads[a].Axons + r.loads[b].Axons
	exchange := func(x, y int32) {
		r.take(n)
		r.take(m)
		r.put(n, x)
		r.put(m, y)
	}
	exchange(b, a)
	limits := &r.c.chip.Core
	if r.loads[a].Axons+r.loads[b].Axons < before && r.loads[a].exceeds(limits) == "" &&
		r.loads[b].exceeds(limits) == "" {
		return true
	}
	exchange(a, b)
	return false
}
