package router

// Near is the number of ticks within which a spike is kept where it came from: as a bit of
// the set of sources that spiked in its tick, in a Ring. What is due later waits in a
// Schedule.
const Near = 64

// Ring holds the sets of sources that spiked in the last ticks, for those whom their
// spikes reach. Make one with NewRing.
type Ring struct {
	rows  []uint64
	words int
	shift uint // of a tick to the words of its row
	mask  int32
	some  []bool
	last  int32
}

// NewRing returns a ring of sets of so many sources that holds at least so many ticks.
func NewRing(sources, ticks int) *Ring {
	size := 1
	for size < ticks {
		size <<= 1
	}
	r := &Ring{words: (sources + 63) >> 6, mask: int32(size - 1), some: make([]bool, size)}
	for 1<<r.shift < r.words {
		r.shift++
	}
	r.rows = make([]uint64, size<<r.shift)
	r.Reset()
	return r
}

// Reset clears all spikes. Rows keep what they hold until they are written again.
func (r *Ring) Reset() {
	clear(r.some)
	r.last = -1 << 30
}

// Row is the set of a tick, to be written, with a bit per source in whole words. Set says
// whether it holds any.
func (r *Ring) Row(tick int32) []uint64 {
	return r.rows[int(tick&r.mask)<<r.shift:][:r.words:r.words]
}

// Set says whether any source spiked in a tick, whose set is written.
func (r *Ring) Set(tick int32, some bool) {
	r.some[tick&r.mask] = some
	if some {
		r.last = tick
	}
}

// Put writes the sets of the ticks from one on, one after the other, and says whether each
// holds any source.
func (r *Ring) Put(first int32, sets []uint64) {
	for t := first; len(sets) >= r.words && r.words > 0; t++ {
		set, any := sets[:r.words], uint64(0)
		row := r.Row(t)
		for w, word := range set {
			row[w] = word
			any |= word
		}
		r.Set(t, any != 0)
		sets = sets[r.words:]
	}
}

// Silence says that no source spiked in the ticks first..last-1, which follow the last
// one that was set or silenced.
func (r *Ring) Silence(first, last int32) {
	if r.last+r.mask < first { // nothing is left of any tick with spikes
		return
	}
	for t := max(first, last-r.mask-1); t < last; t++ {
		r.some[t&r.mask] = false
	}
}

// Last is the last tick in which a source spiked, far below 0 for none.
func (r *Ring) Last() int32 { return r.last }

// At is the set of a tick that the ring still holds, nil if no source spiked.
func (r *Ring) At(tick int32) []uint64 {
	if !r.some[tick&r.mask] {
		return nil
	}
	return r.Row(tick)
}
