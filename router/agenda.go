package router

import (
	"cmp"
	"math/bits"

	"github.com/emirpasic/gods/v2/queues/priorityqueue"
)

// happening says what an event is.
type happening uint8

const (
	// step: a packet may move on in a router.
	step happening = iota
	// arrive: a packet of Clocked.far arrives at its router.
	arrive
	// back: a credit, the actor, is back.
	back
	// room: the output FIFO has a free place again, for which its core waits.
	room
	// wake: the client asked to be called.
	wake
)

// event is something that happens, mostly at the tile of the actor.
type event struct {
	what  happening
	actor int32
}

// agenda holds events and returns them by cycle and, within a cycle, in the order of insertion.
type agenda interface {
	// push puts in an event for a cycle that is not past.
	push(cycle int64, e event)
	// next goes to the first cycle that has an event; ok is false, and
	// nothing happens, if there is none up to a cycle.
	next(until int64) (cycle int64, ok bool)
	// pop takes an event of the cycle that next went to, also one put in
	// since; ok is false if there is none left.
	pop() (e event, ok bool)
	// rewind goes back to cycle 0. The agenda is empty.
	rewind()
}

// dated is an event with its place in the order.
type dated struct {
	cycle    int64
	sequence uint64
	event    event
}

// compareDated orders events by cycle and then as they were put in, so that
// the heap's own order of equal keys never shows.
func compareDated(a, b dated) int {
	if c := cmp.Compare(a.cycle, b.cycle); c != 0 {
		return c
	}
	return cmp.Compare(a.sequence, b.sequence)
}

// heap is the agenda as a priority queue.
type heap struct {
	queue    *priorityqueue.Queue[dated]
	sequence uint64
	now      int64
}

func newHeap() *heap { return &heap{queue: priorityqueue.NewWith(compareDated)} }

func (h *heap) push(cycle int64, e event) {
	h.sequence++
	h.queue.Enqueue(dated{cycle: cycle, sequence: h.sequence, event: e})
}

func (h *heap) next(until int64) (int64, bool) {
	first, ok := h.queue.Peek()
	if !ok || first.cycle > until {
		return h.now, false
	}
	h.now = first.cycle
	return h.now, true
}

func (h *heap) pop() (event, bool) {
	if first, ok := h.queue.Peek(); !ok || first.cycle != h.now {
		return event{}, false
	}
	first, _ := h.queue.Dequeue()
	return first.event, true
}

func (h *heap) rewind() { h.now, h.sequence = 0, 0 }

const (
	// buckets is the number of coming cycles that a ring keeps a list for.
	buckets    = 4096
	bucketMask = buckets - 1
)

// ring is the agenda as one list of events per coming cycle, with a priority queue for what is
// farther ahead than there are lists. A list costs a few nanoseconds per event where a heap costs
// hundreds, and nearly all events of a mesh are a few cycles ahead.
type ring struct {
	now int64
	// lists are nil where a cycle has no event; those that are done with wait
	// in spare. at is the place of the next event in the list of now.
	lists [buckets][]event
	spare [][]event
	at    int
	// words has a bit per list that is not nil and summary one per word that
	// is not zero.
	words   [buckets >> 6]uint64
	summary uint64
	// far holds events of cycle now + buckets and later. far is looked at whenever now moves on,
	// before anything else is put in, so that lists are in the order of the queue.
	far    *heap
	queued int
}

func newRing() *ring { return &ring{far: newHeap()} }

func (r *ring) push(cycle int64, e event) {
	if cycle-r.now >= buckets {
		r.far.push(cycle, e)
		r.queued++
		return
	}
	r.link(uint(cycle&bucketMask), e)
}

// link appends an event to a bucket.
func (r *ring) link(bucket uint, e event) {
	list := &r.lists[bucket]
	if *list == nil {
		r.open(bucket)
	}
	*list = append(*list, e)
}

// open gives a bucket an empty list.
func (r *ring) open(bucket uint) {
	r.words[bucket>>6] |= 1 << (bucket & 63)
	r.summary |= 1 << (bucket >> 6)
	if last := len(r.spare) - 1; last >= 0 {
		r.lists[bucket], r.spare = r.spare[last], r.spare[:last]
		return
	}
	r.lists[bucket] = make([]event, 0, 16)
}

// close frees the list of now, whose events have all been returned.
func (r *ring) close() {
	bucket := uint(r.now & bucketMask)
	if r.lists[bucket] == nil {
		return
	}
	r.spare = append(r.spare, r.lists[bucket][:0])
	r.lists[bucket], r.at = nil, 0
	r.words[bucket>>6] &^= 1 << (bucket & 63)
	if r.words[bucket>>6] == 0 {
		r.summary &^= 1 << (bucket >> 6)
	}
}

func (r *ring) next(until int64) (int64, bool) {
	if r.at == len(r.lists[r.now&bucketMask]) {
		r.close()
	}
	cycle := until + 1
	if ahead, ok := r.ahead(); ok {
		cycle = r.now + ahead
	} else if r.queued > 0 {
		first, _ := r.far.queue.Peek()
		cycle = first.cycle
	}
	if cycle > until {
		return r.now, false
	}
	r.now = cycle
	for r.queued > 0 {
		first, _ := r.far.queue.Peek()
		if first.cycle-r.now >= buckets {
			break
		}
		r.far.queue.Dequeue()
		r.queued--
		r.link(uint(first.cycle&bucketMask), first.event)
	}
	return r.now, true
}

// ahead is the distance to the first bucket that is not empty.
func (r *ring) ahead() (int64, bool) {
	if r.summary == 0 {
		return 0, false
	}
	here := uint(r.now & bucketMask)
	word := here >> 6
	if rest := r.words[word] >> (here & 63); rest != 0 {
		return int64(bits.TrailingZeros64(rest)), true
	}
	// The words after this one, around the ring and back to its beginning.
	turned := bits.RotateLeft64(r.summary, -int(word+1))
	found := (word + 1 + uint(bits.TrailingZeros64(turned))) & 63
	bucket := found<<6 + uint(bits.TrailingZeros64(r.words[found]))
	return int64((bucket - here) & bucketMask), true
}

func (r *ring) pop() (event, bool) {
	list := r.lists[r.now&bucketMask]
	if r.at == len(list) {
		return event{}, false
	}
	r.at++
	return list[r.at-1], true
}

func (r *ring) rewind() {
	r.close()
	r.now = 0
	r.far.rewind()
}
