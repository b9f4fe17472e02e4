package router

// buffer is a queue of packets. It grows to the largest number that it held; its users bound that
// number. The zero buffer is empty.
type buffer struct {
	places []waiting // as many as a power of two
	head   uint
	count  int
}

func (b *buffer) push(m moving, since int64) {
	if b.count == len(b.places) {
		b.grow()
	}
	w := &b.places[(b.head+uint(b.count))&uint(len(b.places)-1)]
	w.moving, w.since = m, since
	b.count++
}

func (b *buffer) grow() {
	places := make([]waiting, max(len(b.places)<<1, 4))
	n := copy(places, b.places[min(b.head, uint(len(b.places))):])
	copy(places[n:], b.places[:min(b.head, uint(len(b.places)))])
	b.places, b.head = places, 0
}

// first is the packet that came first; the buffer is not empty.
func (b *buffer) first() *waiting { return &b.places[b.head] }

// pop removes the packet that came first.
func (b *buffer) pop() waiting {
	w := b.places[b.head]
	b.head = (b.head + 1) & uint(len(b.places)-1)
	b.count--
	return w
}
