package core

import (
	"math/bits"

	"adder/core/kernel"
)

// sets is scratch for the sets of spikes of a window.
type sets struct {
	// part are those of a bank, base what it sums once.
	part, base []uint64
	due        kernel.Due
	// planes count in how many ticks an entry spikes; counted says that they do so for all
	// entries of the window.
	planes  []uint64
	counted bool
	sums    []int32 // of the base
}

const (
	// minBaseTicks is the number of ticks from which it is asked whether most of them have
	// spikes in common, and minSaved the rows for each tick, as a shift, that this must
	// spare.
	minBaseTicks = 8
	minSaved     = 1
	// maxCounted is the number of ticks that planes count.
	maxCounted = 64
)

// sumBank adds the rows of a bank for all ticks. Entries that spike in most of them are
// the base: their rows are summed once, and tick by tick what is missing is added and what
// did not spike is taken away.
func (c *Core) sumBank(i int) {
	w, b := &c.window, &c.panels.banks[i]
	s := &w.sets
	whole := b.axon == 0 && int(b.last) == len(c.axons)
	s.take(w)
	if !whole {
		w.cut(b)
	}
	var base []uint64
	if i == 0 && w.ticks >= minBaseTicks && w.ticks <= maxCounted {
		s.count(c.set, &s.due)
		s.counted = whole
		if s.findBase(w.ticks) {
			base = s.base
			c.sumBase(b)
		}
	}
	c.set.AddSets(w.sums[b.first:], c.Neurons(), int(b.neuron-b.first), &b.rows, &s.due, base)
}

// take takes the due sets of a window.
func (s *sets) take(w *window) { s.due.Bits, s.due.Words, s.due.Ticks = w.due, w.words, w.ticks }

// cut writes the part of the due sets that belongs to a bank, in whole words.
func (w *window) cut(b *rowBank) {
	s := &w.sets
	word, lastWord := int(b.axon>>6), int(b.last+63)>>6
	s.due.Words = lastWord - word
	s.part = s.part[:0]
	for rest := w.due; len(rest) > 0 && len(s.part) < repeatedInt(s.due.Words, w.ticks); rest = rest[w.words:] {
		s.part = append(s.part, rest[word:lastWord]...)
		now := s.part[len(s.part)-s.due.Words:]
		now[0] &= ^uint64(0) << (b.axon & 63)
		now[len(now)-1] &= ^uint64(0) >> (-b.last & 63)
	}
	s.due.Bits = s.part
}

// count counts in how many ticks entries spike.
func (s *sets) count(set kernel.Set, due *kernel.Due) {
	n := repeatedInt(due.Words, kernel.Planes)
	if cap(s.planes) < n {
		s.planes = make([]uint64, n)
	}
	s.planes = s.planes[:n]
	set.CountSets(s.planes, due)
}

// findBase finds the entries that spike in more than half of the ticks, and reports
// whether a base of them spares enough.
func (s *sets) findBase(ticks int) bool {
	words, some := s.due.Words, uint64(0)
	s.base = s.base[:0]
	for w := range words {
		more, even := uint64(0), ^uint64(0)
		for p, at := kernel.Planes-1, len(s.planes)-words+w; p >= 0; p, at = p-1, at-words {
			if plane := s.planes[at]; uint(ticks)>>(p+1)&1 == 1 {
				even &= plane
			} else {
				more |= even & plane
				even &^= plane
			}
		}
		s.base = append(s.base, more)
		some |= more
	}
	return some != 0 && s.saved(ticks) > repeatedInt(ticks, 1<<minSaved)
}

// saved is the number of rows that the base spares.
func (s *sets) saved(ticks int) int {
	spikes, members, planes := 0, 0, s.planes
	for _, word := range s.base {
		members += bits.OnesCount64(word)
	}
	for p := range kernel.Planes {
		for w, word := range s.base {
			spikes += bits.OnesCount64(word&planes[w]) << p
		}
		planes = planes[len(s.base):]
	}
	return spikes<<1 - repeatedInt(members, ticks) - members
}

// sumBase brings the sums of the base to all ticks, which have none yet.
func (c *Core) sumBase(b *rowBank) {
	w, count := &c.window, int(b.neuron-b.first)
	s := &w.sets
	if len(s.sums) < count {
		s.sums = make([]int32, c.Neurons())
	}
	base := s.sums[:count]
	clear(base)
	due := s.due.Bits
	s.due.Bits, s.due.Ticks = s.base, 1
	c.set.AddSets(base, 0, count, &b.rows, &s.due, nil)
	s.due.Bits, s.due.Ticks = due, w.ticks
	for k := range w.ticks {
		copy(c.row(k)[b.first:], base)
	}
}

// reads is what spikes on panels count.
type reads struct{ spikes, synops, adds, bits int64 }

// add counts the members of a set 2^shift times.
func (n *reads) add(c *Core, set []uint64, shift uint) {
	spikes := int64(0)
	for _, word := range set {
		spikes += int64(bits.OnesCount64(word))
	}
	if spikes == 0 {
		return
	}
	p := c.panels
	sum := c.set.SumSet(p.both, set)
	adds := int64(sum >> 32)
	read := repeated(adds, p.width)
	if p.bits != nil {
		read = int64(c.set.SumSet(p.bits, set))
	}
	n.spikes += spikes << shift
	n.synops += int64(sum&(1<<32-1)) << shift
	n.adds += adds << shift
	n.bits += read << shift
}

// addReads adds what was read.
func (n *Counts) addReads(r *reads) {
	n.AxonReads += r.spikes
	n.Synops += r.synops
	n.SynapticAdds += r.adds
	n.SynapseBits += r.bits
}
