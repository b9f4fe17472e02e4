package paper

import (
	"adder/internal/dataset"
	"adder/spike"
	"adder/spike/encode"
)

// batch is a batch of encoded images.
type batch struct {
	samples []uint64
	trains  []*spike.Train
	classes []uint8
}

// feed gives the batches of a set in an order, encoded. One that runs ahead
// encodes a batch while the one before is used; the spikes of an image depend on its
// number alone.
type feed struct {
	encoder encode.Encoder
	set     *dataset.Set
	order   []int
	size    int
	keys    uint64
	used    batch

	ahead bool
	ready chan batch
	spare chan batch
}

// newFeed starts a feed. The number of image i is keys + i.
func newFeed(encoder encode.Encoder, set *dataset.Set, order []int, size int, keys uint64,
	ahead bool) *feed {
	f := &feed{encoder: encoder, set: set, order: order, size: size, keys: keys, ahead: ahead}
	if !ahead {
		return f
	}
	f.ready, f.spare = make(chan batch), make(chan batch, 2)
	f.spare <- batch{}
	f.spare <- batch{}
	go f.run()
	return f
}

// run encodes ahead until the set is through or the feed is stopped.
func (f *feed) run() {
	defer close(f.ready)
	for len(f.order) > 0 {
		b, more := <-f.spare
		if !more {
			return
		}
		f.ready <- f.encode(b)
	}
}

// next returns the next batch, which lives until next is called again, and false
// after the last.
func (f *feed) next() (batch, bool) {
	if !f.ahead {
		if len(f.order) == 0 {
			return batch{}, false
		}
		f.used = f.encode(f.used)
		return f.used, true
	}
	if f.used.trains != nil {
		f.spare <- f.used
		f.used = batch{}
	}
	b, more := <-f.ready
	f.used = b
	return b, more
}

// stop ends a feed that may not be through, and waits for it.
func (f *feed) stop() {
	if !f.ahead {
		return
	}
	close(f.spare)
	for range f.ready {
	}
}

// encode takes the next images of the order into b's storage.
func (f *feed) encode(b batch) batch {
	n := min(f.size, len(f.order))
	for len(b.trains) < n {
		b.trains = append(b.trains, new(spike.Train))
	}
	b.trains, b.samples, b.classes = b.trains[:n], b.samples[:0], b.classes[:0]
	for k, i := range f.order[:n] {
		sample := f.keys + uint64(i)
		f.encoder.Encode(sample, f.set.Image(i), b.trains[k])
		b.samples = append(b.samples, sample)
		b.classes = append(b.classes, uint8(f.set.Labels[i]))
	}
	f.order = f.order[n:]
	return b
}
