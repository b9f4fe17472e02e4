package router

// Near is the number of ticks within which a spike is kept where it came from: as a bit of
// the set of sources that spiked in its tick, in a Ring. What is due later waits in a
// Schedule.
const Near = 64

// Ring holds the sets of sources that spiked in the last ticks, for those whom their
// spikes reach. Make one with NewRing.
type Ring struct {
	rows [][]uint64
	mask int32
	some []bool
}

// NewRing returns a ring of sets of so many sources that holds at least so many ticks.
func NewRing(sources, ticks int) *Ring {
	size := 1
	for size < ticks {
		size <<= 1
	}
	r := &Ring{mask: int32(size - 1), some: make([]bool, size)}
	for range size {
		r.rows = append(r.rows, make([]uint64, (sources+63)>>6))
	}
	return r
}

// Reset forgets all spikes. Rows keep what they hold until they are written again.
func (r *Ring) Reset() { clear(r.some) }

// Row is the set of a tick, to be written, with a bit per source in whole words. Set says
// whether it holds any.
func (r *Ring) Row(tick int32) []uint64 { return r.rows[tick&r.mask] }

// Set says whether any source spiked in a tick, whose set is written.
func (r *Ring) Set(tick int32, some bool) { r.some[tick&r.mask] = some }

// At is the set of a tick that the ring still holds, nil if no source spiked.
func (r *Ring) At(tick int32) []uint64 {
	if !r.some[tick&r.mask] {
		return nil
	}
	return r.Row(tick)
}
