package router

import "github.com/emirpasic/gods/v2/queues/priorityqueue"

// Schedule holds spikes until they are due, in one batch per due tick and core.
// A priority queue orders the batches by tick and then by core; adding a spike
// to a batch that exists does not touch it.
//
// NewSchedule makes one. Batches are recycled: once the largest tick has been
// seen, nothing is allocated.
type Schedule struct {
	queue *priorityqueue.Queue[batchKey]
	// heads[c][due & wheelMask] leads to the batches of core c with those
	// low bits of the due tick, linked by next.
	heads   [][wheelSize]int32
	batches []batch
	free    int32 // recycled batches, linked by next
	lent    int32 // the batch that the last Pop returned
	queued  int
	ballast int
}

const (
	// wheelSize is the number of due ticks that a core finds without walking a list. Later ones
	// work too.
	wheelSize = 64
	wheelMask = wheelSize - 1
	// none ends a list of batches.
	none = -1
	// maxTick is the last tick that anything can be due in.
	maxTick = 1<<31 - 1
)

// batchKey is a due tick and a core, packed so that keys order by both.
type batchKey uint64

// lastKey is after every batch.
const lastKey batchKey = 1<<64 - 1

func makeKey(due int32, core Core) batchKey {
	return batchKey(uint32(due))<<32 | batchKey(uint32(core))
}

func (k batchKey) due() int32 { return int32(k >> 32) }

func (k batchKey) core() Core { return Core(uint32(k)) }

// batch is the axons of one core that have a spike due in one tick.
type batch struct {
	due, next int32
	axons     []int32
}

// NewSchedule returns an empty schedule for cores 0..cores-1.
func NewSchedule(cores int) *Schedule {
	s := &Schedule{queue: priorityqueue.New[batchKey](), heads: make([][wheelSize]int32, cores)}
	s.forget()
	return s
}

// forget marks every spoke empty and no batch as recycled or lent.
func (s *Schedule) forget() {
	for c := range s.heads {
		for spoke := range s.heads[c] {
			s.heads[c][spoke] = none
		}
	}
	s.free, s.lent = none, none
}

// Add schedules a spike on an axon entry of a core for tick due, which is not
// negative. The core must be one of the schedule's. Spikes of one tick and
// core keep the order they were added in.
func (s *Schedule) Add(due int32, core Core, axon int32) {
	head := &s.heads[core][due&wheelMask]
	at := *head
	for at != none && s.batches[at].due != due {
		at = s.batches[at].next
	}
	if at == none {
		at = s.open(due, head)
		s.push(makeKey(due, core))
	}
	b := &s.batches[at]
	b.axons = append(b.axons, axon)
}

// open takes an empty batch and puts it in a spoke.
func (s *Schedule) open(due int32, head *int32) int32 {
	at := s.free
	if at == none {
		at = int32(len(s.batches))
		s.batches = append(s.batches, batch{})
	} else {
		s.free = s.batches[at].next
	}
	b := &s.batches[at]
	b.due, b.next, b.axons = due, *head, b.axons[:0]
	*head = at
	return at
}

// push queues a batch. The queue gives memory back when it runs low and takes it again afterwards,
// every tick. Ballast after the last batch, half as much again as was ever queued, keeps its length
// above the quarter of its capacity at which it does.
func (s *Schedule) push(key batchKey) {
	s.queue.Enqueue(key)
	s.queued++
	for s.ballast <= s.queued+s.queued>>1+4 {
		s.queue.Enqueue(lastKey)
		s.ballast++
	}
}

// NextDue returns the earliest tick in which a spike is due; ok is false if
// there is none.
func (s *Schedule) NextDue() (due int32, ok bool) {
	if s.queued == 0 {
		return 0, false
	}
	key, _ := s.queue.Peek()
	return key.due(), true
}

// Pop removes the first batch, by due tick and then by core, that is due at t
// or before; ok is false if there is none. Called until then, it returns the
// cores of tick t in ascending order. The axons are valid until the next Pop
// or Reset, also while spikes are added.
func (s *Schedule) Pop(t int32) (core Core, axons []int32, ok bool) {
	s.recycle()
	if due, some := s.NextDue(); !some || due > t {
		return 0, nil, false
	}
	key, _ := s.queue.Dequeue()
	s.queued--
	s.lent = s.take(key.due(), &s.heads[key.core()][key.due()&wheelMask])
	return key.core(), s.batches[s.lent].axons, true
}

// take removes the batch of a due tick from its spoke.
func (s *Schedule) take(due int32, head *int32) int32 {
	link := head
	for s.batches[*link].due != due {
		link = &s.batches[*link].next
	}
	at := *link
	*link = s.batches[at].next
	return at
}

// recycle takes back the batch that the last Pop lent.
func (s *Schedule) recycle() {
	if s.lent == none {
		return
	}
	s.batches[s.lent].next = s.free
	s.free, s.lent = s.lent, none
}

// Reset drops everything scheduled and keeps the memory.
func (s *Schedule) Reset() {
	for {
		if _, _, ok := s.Pop(maxTick); !ok {
			return
		}
	}
}
