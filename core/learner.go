package core

import (
	"math/bits"
	"slices"
)

// learner is the state of a Plasticity: the weights by neuron, for post events and normalisation,
// and the bytes by row, for deliveries.
type learner struct {
	rule      Rule
	ltp, ltd  uint8
	offset    uint8
	min, max  uint16
	pre, post traceTable
	norm      Norm
	group     int
	// first and count are the neurons of the group, rows the sources.
	first, count, rows int32
	firstRow           int32
	// columns holds the weights, neuron after neuron.
	columns []uint16
	starts  []int32 // of the neurons in columns
	// bytes are plastic's, in which the first neuron of row i is at
	// places[i], and synops the learner's part of plastic's.
	bytes  byteStore
	places []int64
	synops []int32

	// arrived has a bit per row on which a spike came in this tick, seen one per row with a spike
	// in this sample; arrivals are the rows of arrived, once listed.
	arrived, seen []uint64
	any           bool
	arrivals      []int32
	// quads are the numbers of all fours of rows, some those of this tick's arrivals, once they are
	// listed; drawn and the tables of rounding are the memory of draws.
	quads, some, drawn []uint64
	// each has the quad of every one of these rows, of which distinct are different.
	each     []uint64
	distinct int64
	// changed has a bit for each row whose byte a pass of a normalisation changes.
	changed         []uint64
	table, tableLTD []uint64
	// lastPre and lastPost are the ticks of the last spikes of this sample.
	lastPre, lastPost []int32
	// coming is the tick in which arriving spikes count: the first, or the one after the last.
	coming int32
	// spiked are the neurons that won in this sample, ascending.
	spiked []int32
	// pool is the number of wins that no target has yet; samples is the number since the last sweep
	// over all neurons.
	pool, samples int32
}

// column are the weights into neuron j of the group.
func (b *learner) column(j int32) []uint16 { return b.columns[b.starts[j]:][:b.rows] }

// clear clears the spikes of the previous sample.
func (b *learner) clear() {
	for word, set := range b.seen {
		for ; set != 0; set &= set - 1 {
			b.lastPre[word<<6+bits.TrailingZeros64(set)] = never
		}
		b.seen[word] = 0
	}
	for _, j := range b.spiked {
		b.lastPost[j] = never
	}
	b.spiked = b.spiked[:0]
	b.forgetArrivals()
	b.coming = 0
}

// forgetArrivals clears the rows with spikes in this tick.
func (b *learner) forgetArrivals() {
	if b.any {
		clear(b.arrived)
		b.some, b.each, b.arrivals = b.some[:0], b.each[:0], b.arrivals[:0]
		b.any = false
	}
}

// arrive notes a spike on row i.
func (b *learner) arrive(i int32) {
	b.arrived[i>>6] |= 1 << (uint(i) & 63)
	b.seen[i>>6] |= 1 << (uint(i) & 63)
	b.lastPre[i] = b.coming
	b.any = true
}

// learn changes the weights by the spikes of a tick: fired are the neurons of the core that spiked,
// ascending.
func (b *learner) learn(c *Core, tick int32, fired []int32) {
	won := b.note(tick, fired)
	if b.any {
		b.preEvents(c, tick)
	}
	for _, j := range b.spiked {
		if won && b.lastPost[j] == tick {
			b.postEvent(c, tick, j)
		}
	}
	b.forgetArrivals()
}

// note updates the traces by the spikes of the tick, before any rule reads them, and reports
// whether one left the group.
func (b *learner) note(tick int32, fired []int32) (won bool) {
	if b.any && tick != b.coming {
		b.notePre(tick)
	}
	b.coming = tick + 1
	for _, n := range fired {
		j := n - b.first
		if j < 0 || j >= b.count {
			continue
		}
		if b.lastPost[j] == never {
			at, _ := slices.BinarySearch(b.spiked, j)
			b.spiked = slices.Insert(b.spiked, at, j)
		}
		b.lastPost[j] = tick
		won = true
	}
	return won
}

// notePre corrects lastPre for a tick that was not expected.
func (b *learner) notePre(tick int32) {
	for word, set := range b.arrived {
		for ; set != 0; set &= set - 1 {
			b.lastPre[word<<6+bits.TrailingZeros64(set)] = tick
		}
	}
}
