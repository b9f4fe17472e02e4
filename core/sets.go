package core

import (
	"math/bits"

	"adder/core/kernel"
)

// sets is scratch for the sets of spikes of a window.
type sets struct {
	// part are those of a bank, base what most ticks have in common, nil for nothing, and
	// common the part of it that is a bank's.
	part, base, common []uint64
	due                kernel.Due
	// planes count in how many ticks an entry spikes; counted says that they do so for the
	// entries of this window.
	planes  []uint64
	counted bool
	members []uint64 // of base
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

// prepare looks for what the ticks of a window have in common.
func (s *sets) prepare(c *Core) {
	w := c.window
	s.counted, s.base = false, nil
	if len(c.panels.banks) == 0 || w.ticks < minBaseTicks ||
		w.ticks > maxCounted {
		return
	}
	s.count(c)
	if s.findBase(w.ticks) {
		s.base = s.members
	}
}

// take takes words first..last-1 of the due sets of a window.
func (s *sets) take(w *Window, first, last int) {
	s.due.Bits, s.due.Words, s.due.Step, s.due.Ticks = w.due[first:], last-first, w.words, w.ticks
}

// sumBank adds the rows of a bank for all ticks.
func (c *Core) sumBank(b *rowBank) {
	w := c.window
	s := &w.sets
	word, lastWord := int(b.axon>>6), int(b.last+63)>>6
	s.take(w, word, lastWord)
	base := s.base
	if base != nil {
		base = base[word:lastWord]
	}
	if b.axon > 0 || int(b.last) < c.places() {
		s.part = s.part[:0]
		for k := range w.ticks {
			s.part = b.cut(s.part, s.due.At(k))
		}
		s.due.Bits, s.due.Step = s.part, s.due.Words
		if base != nil {
			s.common = b.cut(s.common[:0], base)
			base = s.common
		}
	}
	sums, width := w.sums[b.first:], int(b.neuron-b.first)
	if b.packed != nil {
		c.set.AddPackedSets(sums, c.Neurons(), width, b.packed, &s.due, base)
		return
	}
	c.set.AddSets(sums, c.Neurons(), width, &b.rows, &s.due, base)
}

// cut appends the part of some words of a set, from that of the bank's first entry on, that
// are entries of the bank.
func (b *rowBank) cut(part, words []uint64) []uint64 {
	part = append(part, words...)
	now := part[len(part)-len(words):]
	now[0] &= ^uint64(0) << (b.axon & 63)
	now[len(now)-1] &= ^uint64(0) >> (-b.last & 63)
	return part
}

// sumBlock adds what rows have for a block for all ticks.
func (c *Core) sumBlock(b *lineBlock) {
	w := c.window
	w.sets.take(w, 0, w.words)
	c.set.AddLines(w.sums[b.first:], c.Neurons(), int(b.last-b.first), &b.lines, &w.sets.due)
}

// count counts in how many ticks each entry spikes.
func (s *sets) count(c *Core) {
	w := c.window
	n := repeatedInt(w.words, kernel.Planes)
	if cap(s.planes) < n {
		s.planes = make([]uint64, n)
	}
	s.planes = s.planes[:n]
	s.take(w, 0, w.words)
	c.set.CountSets(s.planes, &s.due)
	s.counted = true
}

// findBase finds the entries that spike in more than half of the ticks, and reports
// whether a base of them spares enough.
func (s *sets) findBase(ticks int) bool {
	words, some := s.due.Words, uint64(0)
	s.members = s.members[:0]
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
		s.members = append(s.members, more)
		some |= more
	}
	return some != 0 && s.saved(ticks) > repeatedInt(ticks, 1<<minSaved)
}

// saved is the number of rows that the base spares.
func (s *sets) saved(ticks int) int {
	spikes, members, planes := 0, 0, s.planes
	for _, word := range s.members {
		members += bits.OnesCount64(word)
	}
	for p := range kernel.Planes {
		for w, word := range s.members {
			spikes += bits.OnesCount64(word&planes[w]) << p
		}
		planes = planes[len(s.members):]
	}
	return spikes<<1 - repeatedInt(members, ticks) - members
}

// reads is the counts of spikes on panels.
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

// MaxSets is the number of sets that Planes counts.
const MaxSets = maxCounted

// Planes counts, for each member, in how many of several sets it is, as bit planes. The sets are
// consecutive, at most MaxSets, of words words each. Plane p, the words from p*words on, has bit p
// of each count. The planes are written to the memory of planes if that is large enough.
func Planes(planes, sets []uint64, words int) []uint64 {
	due := kernel.Due{Bits: sets, Words: words, Step: words}
	for ; len(sets) > 0; sets = sets[words:] {
		due.Ticks++
	}
	if n := repeatedInt(words, kernel.Planes); cap(planes) < n {
		planes = make([]uint64, n)
	} else {
		planes = planes[:n]
	}
	kernel.Best().CountSets(planes, &due)
	return planes
}
