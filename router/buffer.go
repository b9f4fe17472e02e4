package router

// waiting is a packet in a buffer, or on the wire into it.
type waiting struct {
	// stamp is the cycle from which the packet could have moved on, above
	// the two bits of its class.
	stamp int64
	id    int32
	route Route
}

func newWaiting(since int64, id int32, route Route, class Class) waiting {
	return waiting{stamp: since<<2 | int64(class), id: id, route: route}
}

func (w *waiting) since() int64 { return w.stamp >> 2 }

func (w *waiting) class() Class { return Class(w.stamp & 3) }

// buffer is a queue of packets. It grows to the most that it ever held; who
// fills it knows how much that may be. The zero buffer is empty.
type buffer struct {
	slots []waiting // as many as a power of two
	head  uint
	count int
}

func (b *buffer) push(w waiting) {
	if b.count == len(b.slots) {
		b.grow()
	}
	b.slots[(b.head+uint(b.count))&uint(len(b.slots)-1)] = w
	b.count++
}

func (b *buffer) grow() {
	slots := make([]waiting, max(len(b.slots)<<1, 4))
	n := copy(slots, b.slots[min(b.head, uint(len(b.slots))):])
	copy(slots[n:], b.slots[:min(b.head, uint(len(b.slots)))])
	b.slots, b.head = slots, 0
}

// first is the packet that came first; the buffer is not empty.
func (b *buffer) first() *waiting { return &b.slots[b.head] }

// pop removes the packet that came first.
func (b *buffer) pop() waiting {
	w := b.slots[b.head]
	b.head = (b.head + 1) & uint(len(b.slots)-1)
	b.count--
	return w
}
