package core

import "math/bits"

// bank is a run of axon entries that name one row after the other, alike but for
// their weights, which are bytes without sign: what the inputs of a population
// look like that reach all of its neurons. The spikes of a tick on a bank are
// delivered as a set, without looking at each entry and row.
type bank struct {
	// first and count are the axon entries, row the row of the first.
	first, count, row int32
	// places are the rows' in their store, and synops those of rows that
	// never change.
	places []int64
	synops []int32
}

// findBank returns the longest bank of a core whose rows reach one population
// only, one without entries if it has none.
func findBank(axons []Axon, rows []row, shares shares) bank {
	var longest bank
	for first := int32(0); first < int32(len(axons)); {
		b := bank{first: first, count: 1, row: axons[first].Row}
		for b.continues(axons, rows) {
			b.count++
		}
		if first += b.count; b.count > longest.count && b.starts(axons, rows) && !shares.split(b.first) {
			longest = b
		}
	}
	for _, r := range rows[longest.row:][:longest.count] {
		longest.places = append(longest.places, r.place)
		longest.synops = append(longest.synops, r.synops)
	}
	return longest
}

// starts reports whether the first entry can be a bank's: a learner, if there is
// one, counts its sources from it.
func (b *bank) starts(axons []Axon, rows []row) bool {
	r := &rows[b.row]
	return r.padded > 0 && axons[b.first].Base == 0 && (r.learner < 0 || r.source == 0)
}

// continues reports whether the entry behind the last one is like it.
func (b *bank) continues(axons []Axon, rows []row) bool {
	next := b.row + b.count
	if at := b.first + b.count; int(at) >= len(axons) || axons[at].Row != next || axons[at].Base != axons[at-1].Base {
		return false
	}
	r, last := &rows[next], &rows[next-1]
	return r.format == last.format && r.first == last.first && r.count == last.count && r.padded == last.padded && r.bits == last.bits && r.learner == last.learner
}

// DeliverSet delivers a spike on axon first + i for each bit i of words that is
// set, bit i mod 64 of word i / 64; none is set from count on.
func (c *Core) DeliverSet(first, count int32, words []uint64) {
	if first == c.bank.first && count <= c.bank.count && !c.widths.MergeDuplicates {
		c.deliverBank(words)
		return
	}
	axons := c.axonSet[:0]
	for _, word := range words {
		for ; word != 0; word &= word - 1 {
			axons = append(axons, first+int32(bits.TrailingZeros64(word)))
		}
		first += 64
	}
	c.axonSet = axons
	c.DeliverAll(axons)
}

// deliverBank delivers a set of spikes on the bank.
func (c *Core) deliverBank(words []uint64) {
	r := &c.rows[c.bank.row]
	store, synops := c.bytes, c.bank.synops
	if r.format == Plastic {
		store, synops = c.plastic.bytes, c.plastic.synops[c.bank.row:]
	}
	var learns *learner
	if c.learning && r.learner >= 0 {
		learns = &c.plastic.learners[r.learner]
	}
	var spikes uint
	var nonzero int64
	for w, word := range words {
		spikes += uint(bits.OnesCount64(word))
		for ; word != 0; word &= word - 1 {
			i := w<<6 + bits.TrailingZeros64(word)
			c.deliverBytes(r.first, store[c.bank.places[i]:][:r.padded])
			nonzero += int64(synops[i])
			if learns != nil {
				learns.lastPre[i] = learns.coming
			}
		}
	}
	if spikes == 0 {
		return
	}
	c.touched = true
	n := c.into[c.firstShare(c.bank.first)]
	n.AxonReads += int64(spikes)
	n.Synops += nonzero
	n.SynapticAdds += repeated(int64(r.adds), spikes)
	n.SynapseBits += repeated(r.bits, spikes)
	if learns != nil {
		learns.arriveSet(words)
	}
}
