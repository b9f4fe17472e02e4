package router

// buffer is a queue of packets. It grows to the most that it ever held; who
// fills it knows how much that may be. The zero buffer is empty.
type buffer struct {
	cells []cell // as many as a power of two
	head  uint
	count int
}

func (b *buffer) push(w cell) {
	if b.count == len(b.cells) {
		b.grow()
	}
	b.cells[(b.head+uint(b.count))&uint(len(b.cells)-1)] = w
	b.count++
}

func (b *buffer) grow() {
	cells := make([]cell, max(len(b.cells)<<1, 4))
	n := copy(cells, b.cells[min(b.head, uint(len(b.cells))):])
	copy(cells[n:], b.cells[:min(b.head, uint(len(b.cells)))])
	b.cells, b.head = cells, 0
}

// first is the packet that came first; the buffer is not empty.
func (b *buffer) first() *cell { return &b.cells[b.head] }

// pop removes the packet that came first.
func (b *buffer) pop() cell {
	w := b.cells[b.head]
	b.head = (b.head + 1) & uint(len(b.cells)-1)
	b.count--
	return w
}
