package onchip

import (
	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/setting"
)

// Images are encoded ahead of the chip in groups: whoever waits for another goroutine takes
// microseconds to wake.
const (
	feedGroup  = 16
	feedGroups = 3
)

// encoded is an image as spikes.
type encoded struct {
	chip.Sample
	work encode.Work
}

// feed encodes the images of a training ahead of the chip, on another processor
// where there is one. An image's spikes depend on its number alone.
type feed struct {
	ready, free chan []encoded
	done        chan struct{}
	// now is the group that images are taken from, of which taken were.
	now   []encoded
	taken int
}

func newFeed(r *Training) *feed {
	f := &feed{ready: make(chan []encoded, feedGroups), free: make(chan []encoded, feedGroups),
		done: make(chan struct{})}
	for range feedGroups {
		group := make([]encoded, feedGroup)
		for i := range group {
			group[i].Spikes = &spike.Train{}
		}
		f.free <- group
	}
	go f.run(r.encoder, r.set, &r.order, r.next, r.total)
	return f
}

func (f *feed) run(encoder encode.Encoder, set *dataset.Set, order *Order, from, to int) {
	for i := from; i < to; {
		var group []encoded
		select {
		case group = <-f.free:
		case <-f.done:
			return
		}
		group = group[:min(feedGroup, to-i)]
		for k := range group {
			e := &group[k]
			e.Number = setting.TrainKeys + uint64(i)
			e.work = encoder.Encode(e.Number, set.Image(order.At(i)), e.Spikes)
			i++
		}
		select {
		case f.ready <- group:
		case <-f.done:
			return
		}
	}
}

// next waits for the next image, which holds until the one after it.
func (f *feed) next() *encoded {
	if f.taken == len(f.now) {
		if f.now != nil {
			f.free <- f.now[:feedGroup]
		}
		f.now, f.taken = <-f.ready, 0
	}
	f.taken++
	return &f.now[f.taken-1]
}

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
