package onchip

import (
	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/setting"
)

// feedAhead is the number of images that are encoded ahead of the chip.
const feedAhead = 8

// encoded is an image as spikes.
type encoded struct {
	chip.Sample
	work encode.Work
}

// feed encodes the images of a training ahead of the chip, on another processor
// where there is one. An image's spikes depend on its number alone.
type feed struct {
	ready, free chan *encoded
	done        chan struct{}
}

func newFeed(r *Training) *feed {
	f := &feed{ready: make(chan *encoded, feedAhead), free: make(chan *encoded, feedAhead+2),
		done: make(chan struct{})}
	for range feedAhead + 1 {
		e := &encoded{}
		e.Spikes = &spike.Train{}
		f.free <- e
	}
	go f.run(r.encoder, r.set, &r.order, r.next, r.total)
	return f
}

func (f *feed) run(encoder encode.Encoder, set *dataset.Set, order *Order, from, to int) {
	for i := from; i < to; i++ {
		var e *encoded
		select {
		case e = <-f.free:
		case <-f.done:
			return
		}
		e.Number = setting.TrainKeys + uint64(i)
		e.work = encoder.Encode(e.Number, set.Image(order.At(i)), e.Spikes)
		select {
		case f.ready <- e:
		case <-f.done:
			return
		}
	}
}

// next waits for the next image.
func (f *feed) next() *encoded { return <-f.ready }

// reuse gives the memory of an image back.
func (f *feed) reuse(e *encoded) { f.free <- e }

// stop ends the encoding.
func (f *feed) stop() { close(f.done) }

// window judges a training while it runs: by the labels that one stretch of
// images gives, the next one is classed.
type window struct {
	labels   *Labeller
	readout  layout.Readout
	right, n int
	// accuracy is that of the last whole stretch.
	accuracy float64
}

func newWindow(neurons, classes int) window {
	return window{labels: NewLabeller(neurons, classes),
		readout: layout.Readout{Kind: layout.ReadoutLabels, Classes: int32(classes)}}
}

func (w *window) add(spikes []int32, class int) {
	if len(w.readout.Labels) > 0 && chip.Class(&w.readout, spikes, 0) == class {
		w.right++
	}
	w.labels.Add(spikes, class)
	if w.n++; w.n < windowImages {
		return
	}
	if len(w.readout.Labels) > 0 {
		w.accuracy = float64(w.right) / float64(w.n)
	}
	w.readout.Labels, w.readout.Proportions = w.labels.Assign()
	w.labels.halve()
	w.right, w.n = 0, 0
}
