package router

// buffer is a queue of packets. It grows to the most that it ever held; who
// fills it knows how much that may be. The zero buffer is empty.
type buffer struct {
	slots []slot // as many as a power of two
	head  uint
	count int
}

func (b *buffer) push(w slot) {
	if b.count == len(b.slots) {
		b.grow()
	}
	b.slots[(b.head+uint(b.count))&uint(len(b.slots)-1)] = w
	b.count++
}

func (b *buffer) grow() {
	slots := make([]slot, max(len(b.slots)<<1, 4))
	n := copy(slots, b.slots[min(b.head, uint(len(b.slots))):])
	copy(slots[n:], b.slots[:min(b.head, uint(len(b.slots)))])
	b.slots, b.head = slots, 0
}

// first is the packet that came first; the buffer is not empty.
func (b *buffer) first() *slot { return &b.slots[b.head] }

// pop removes the packet that came first.
func (b *buffer) pop() slot {
	w := b.slots[b.head]
	b.head = (b.head + 1) & uint(len(b.slots)-1)
	b.count--
	return w
}
