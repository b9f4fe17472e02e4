package core

import "adder/core/kernel"

// bank is consecutive rows of one shape: a run of axon entries that name one row after the other,
// which differ only in their weights, unsigned bytes. The inputs of a fully connected population
// are stored so. The spikes of a tick on a bank are delivered as a set, without looking at each
// entry and row.
type bank struct {
	// first and count are the axon entries, row the row of the first.
	first, count, row int32
	// offsets are the rows' in their store, and synops those of rows that
	// never change.
	offsets []uint32
	synops  []int32
}

// findBank returns the longest bank of a core whose rows reach one population
// only, one without entries if it has none.
func findBank(s *tables) bank {
	var longest bank
	if s.rowBytes == nil {
		return longest
	}
	for first := int32(0); first < int32(len(s.axons)); {
		b := bank{first: first, count: 1, row: s.axons[first].Row}
		for b.continues(s) {
			b.count++
		}
		if first += b.count; b.count > longest.count && b.starts(s) && !s.shares.split(b.first) {
			longest = b
		}
	}
	for i, r := range s.rows[longest.row:][:longest.count] {
		place := s.rowBytes[int(longest.row)+i].place
		longest.offsets = append(longest.offsets, uint32(place)+uint32(r.First&(laneNeurons-1)))
		longest.synops = append(longest.synops, s.reads[int(longest.row)+i].synops)
	}
	return longest
}

// starts reports whether the first entry can be a bank's: a learner, if there is
// one, counts its sources from it.
func (b *bank) starts(s *tables) bool {
	r := &s.rowBytes[b.row]
	last := &s.rowBytes[b.row+b.count-1]
	return r.padded > 0 && last.place < maxStore && s.axons[b.first].Base == 0 &&
		(r.learner < 0 || r.source == 0)
}

// continues reports whether the entry after the last one is like it.
func (b *bank) continues(s *tables) bool {
	next := b.row + b.count
	if at := b.first + b.count; int(at) >= len(s.axons) || s.axons[at].Row != next ||
		s.axons[at].Base != s.axons[at-1].Base {
		return false
	}
	r, last := &s.rows[next], &s.rows[next-1]
	bytes, before := &s.rowBytes[next], &s.rowBytes[next-1]
	return r.Format == last.Format && r.First == last.First && r.Count == last.Count &&
		s.reads[next].bits == s.reads[next-1].bits && bytes.padded == before.padded &&
		bytes.learner == before.learner
}

// DeliverSet delivers a spike on axon first + i for each bit i that is set in words: bit i mod 64
// of word i / 64. No bit from count on may be set.
func (c *Core) DeliverSet(first, count int32, words []uint64) {
	if first == c.bank.first && count <= c.bank.count && !c.widths.MergeDuplicates {
		c.axonSet = c.set.List(c.axonSet[:0], words, first)
		c.deliverBank(c.axonSet)
		return
	}
	c.axonSet = c.set.List(c.axonSet[:0], words, first)
	c.DeliverAll(c.axonSet)
}

// deliverBank delivers spikes on axon entries of the bank, all different.
func (c *Core) deliverBank(axons []int32) {
	if len(axons) == 0 {
		return
	}
	r := &c.rows[c.bank.row]
	store, synops := c.bytes, c.bank.synops
	if r.Format == Plastic {
		store, synops = c.plastic.bytes, c.plastic.synops[c.bank.row:]
	}
	c.touched = true
	sums := c.accumulator[r.First:][:r.Count]
	rows := kernel.Rows{Weights: store, Offsets: c.bank.offsets, First: c.bank.first}
	c.set.AddRows(sums, &rows, axons)
	c.set.AddEach(sums, int32(len(axons))<<laneShift) // what stored bytes are too little
	n := c.into[c.firstShare(c.bank.first)]
	n.AxonReads += int64(len(axons))
	each := &c.reads[c.bank.row]
	n.SynapticAdds += repeated(int64(each.adds), uint(len(axons)))
	n.SynapseBits += repeated(int64(each.bits), uint(len(axons)))
	for _, a := range axons {
		n.Synops += int64(synops[a-c.bank.first])
	}
	if of := c.bytesOf(c.bank.row); c.learning && of.learner >= 0 {
		learns := &c.plastic.learners[of.learner]
		for _, a := range axons {
			learns.arrive(a - c.bank.first)
		}
	}
}
