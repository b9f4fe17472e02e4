package recorded

import (
	"fmt"
	"sync/atomic"

	"adder/chip"
	"adder/sample"
	"adder/spike"
	"adder/spike/encode"
	"adder/spike/event"
)

// EventOptions are the options for converting recordings of events to samples.
type EventOptions struct {
	event.View
	event.Binning
	Counts Counts
	// Length is the number of ticks of a sample, 0 for that of the longest one: longer samples are
	// cut, and shorter ones padded with ticks without spikes.
	Length int
}

// Recordings are recordings of events, one file per sample, which is read on demand. For an ANN
// they are the events per tick of each source.
type Recordings struct {
	set    *event.Set
	o      EventOptions
	bins   []event.Bins
	infos  []event.Info
	beyond []event.Extent
	frame  event.Frame
	form   []int
	ticks  int
	// Of each sample that was asked for: events in no tick, and events that were
	// clipped. A sample may be asked for several times.
	late, above []atomic.Int64
}

// OpenEvents reads the length of every recording of a set. Call Fit before reading samples.
func OpenEvents(set *event.Set, o EventOptions) (*Recordings, error) {
	r := &Recordings{set: set, o: o, late: make([]atomic.Int64, len(set.Files)),
		above: make([]atomic.Int64, len(set.Files))}
	for _, path := range set.Files {
		if err := r.open(path); err != nil {
			return nil, err
		}
	}
	if o.Length > 0 {
		r.ticks = o.Length
	}
	return r, nil
}

// open reads one recording for its length.
func (r *Recordings) open(path string) error {
	file, err := event.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	extent, err := r.o.View.Extent(file)
	if err != nil {
		return err
	}
	bins, err := r.o.Binning.Cut(extent)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	r.bins, r.infos, r.beyond = append(r.bins, bins), append(r.infos, file.Info), append(r.beyond,
		extent)
	r.ticks = max(r.ticks, bins.Ticks)
	return nil
}

// Fit decides the frames for a network's input of a shape: channels, rows and columns, or flat. If
// a file does not state the size of its sensor, the shape decides it.
func (r *Recordings) Fit(shape []int) error {
	for i, info := range r.infos {
		frame, err := r.fit(info, shape)
		if err != nil {
			return fmt.Errorf("%s: %w", r.set.Files[i], err)
		}
		if e := r.beyond[i]; e.MaxX >= frame.Width || e.MaxY >= frame.Height {
			return fmt.Errorf("%s: its events reach column %d and row %d of frames of %d x %d "+
				"pixels: crop or downsample to the size that the model takes",
				r.set.Files[i], e.MaxX, e.MaxY, frame.Width, frame.Height)
		}
		if i > 0 && frame != r.frame {
			return fmt.Errorf("%s: its frames have %d rows and %d columns, those before it %d "+
				"and %d: crop them to one size",
				r.set.Files[i], frame.Height, frame.Width, r.frame.Height, r.frame.Width)
		}
		r.frame = frame
	}
	r.form = shape
	train := trainBytes(1, r.ticks, r.frame.Sources())
	return checkMemory(r.set.Name, 1, r.ticks, r.frame.Sources(), train)
}

// fit gives the frames of one recording.
func (r *Recordings) fit(info event.Info, shape []int) (event.Frame, error) {
	want := spread(shape, r.o.Polarity.Channels())
	if info.Width == 0 && r.o.Crop.Width == 0 && want.Width > 0 {
		// The frames are the network's; what does not fit them is found by Fit.
		frame := event.Frame{Channels: r.o.Polarity.Channels(), Height: want.Height,
			Width: want.Width}
		return frame, compareFrames(frame, want, shape)
	}
	frame, err := r.o.View.Frame(info.Width, info.Height)
	if err != nil || want.Width == 0 && frame.Sources() == sample.Size(shape) {
		return frame, err // a flat input
	}
	return frame, compareFrames(frame, want, shape)
}

// spread reads a shape as channels, rows and columns, all 0 where it is flat.
func spread(shape []int, channels int) event.Frame {
	switch {
	case len(shape) == 3:
		return event.Frame{Channels: shape[0], Height: shape[1], Width: shape[2]}
	case len(shape) == 2 && channels == 1:
		return event.Frame{Channels: 1, Height: shape[0], Width: shape[1]}
	}
	return event.Frame{}
}

// compareFrames refuses frames that are not the network's input.
func compareFrames(have, want event.Frame, shape []int) error {
	if have == want {
		return nil
	}
	help := "--crop and --downsample change the size"
	if have.Height == want.Height && have.Width == want.Width {
		help = "--polarity keep gives two channels, merge and drop give one"
	}
	return fmt.Errorf("its frames have %d channels of %d rows and %d columns, and the model "+
		"takes an input of shape %v: %s",
		have.Channels, have.Height, have.Width, shape, help)
}

// Name implements sample.Samples.
func (r *Recordings) Name() string { return r.set.Name }

// Len implements sample.Samples.
func (r *Recordings) Len() int { return len(r.set.Files) }

// Shape implements sample.Samples.
func (r *Recordings) Shape() []int { return r.form }

// Classes implements sample.Samples.
func (r *Recordings) Classes() int { return len(r.set.Classes) }

// Label implements sample.Samples.
func (r *Recordings) Label(i int) int {
	if r.set.Labels == nil {
		return -1
	}
	return r.set.Labels[i]
}

// Ticks implements sample.Source.
func (r *Recordings) Ticks() int { return r.ticks }

// Size implements sample.Source.
func (r *Recordings) Size() int { return r.frame.Sources() }

// fill reads sample i and calls add with the tick and the source of each event.
func (r *Recordings) fill(i int, add func(tick, source int)) error {
	file, err := event.Open(r.set.Files[i])
	if err != nil {
		return err
	}
	defer file.Close()
	late, err := r.o.View.Fill(file, r.frame, r.bins[i], func(tick, source int) {
		if tick < r.ticks {
			add(tick, source)
		}
	})
	r.late[i].Store(late)
	return err
}

// Feed implements sample.Source.
func (r *Recordings) Feed(i int, s *chip.Sample) (encode.Work, error) {
	if s.Spikes == nil {
		s.Spikes = spike.NewTrain(r.Size(), r.ticks)
	}
	s.Number = uint64(i)
	return encode.Work{}, r.train(i, s.Spikes)
}

// train fills a train with sample i.
func (r *Recordings) train(i int, train *spike.Train) error {
	train.Resize(r.Size(), r.ticks)
	above, tick, source := int64(0), 0, 0
	err := r.fill(i, func(t, k int) {
		if train.Get(t, k) {
			if above == 0 {
				tick, source = t, k
			}
			above++
		}
		train.Set(t, k)
	})
	if err != nil || above == 0 {
		return err
	}
	if r.o.Counts == CountsClip {
		r.above[i].Store(above)
		return nil
	}
	help := "--counts clip makes them one spike, --counts keep leaves them to the reference " +
		"engine, and shorter ticks have fewer"
	if r.o.Counts == CountsKeep {
		help = "a chip takes one, and only the reference engine takes counts (--engine " +
			"reference): or clip them (--counts clip)"
	}
	return fmt.Errorf("%s: several events of source %d in tick %d, and %d more like these: %s",
		r.set.Files[i], source, tick, above-1, help)
}

// Analog implements sample.Samples.
func (r *Recordings) Analog(i int, x []float64) ([]float64, error) {
	if cap(x) < r.Size() {
		x = make([]float64, r.Size())
	}
	x = x[:r.Size()]
	clear(x)
	if r.o.Counts == CountsKeep {
		if err := r.fill(i, func(_, source int) { x[source]++ }); err != nil {
			return nil, err
		}
		for k := range x {
			x[k] /= float64(r.ticks)
		}
		return x, nil
	}
	train := spike.NewTrain(r.Size(), r.ticks)
	if err := r.train(i, train); err != nil {
		return nil, err
	}
	return sample.Rates(train, x), nil
}

// Notes implements Noted.
func (r *Recordings) Notes() []string {
	late, above := int64(0), int64(0)
	for i := range r.late {
		late += r.late[i].Load()
		above += r.above[i].Load()
	}
	var notes []string
	if late > 0 {
		notes = append(notes,
			fmt.Sprintf(
				"%s: events later than the last whole tick of their recording: %d, left out",
				r.set.Name, late))
	}
	if above > 0 {
		notes = append(notes,
			fmt.Sprintf("%s: events after another one of their source in the same tick: %d, "+
				"clipped to one spike", r.set.Name, above))
	}
	return notes
}

// Counted are recordings whose counts are kept, for the reference engine.
type Counted struct{ *Recordings }

// Signal implements sample.Signals.
func (c Counted) Signal(i int) ([][]float64, error) {
	const number, row = 8, 24
	bytes := float64(c.ticks) * (float64(c.Size())*number + row)
	if err := checkMemory(c.set.Files[i], 1, c.ticks, c.Size(), bytes); err != nil {
		return nil, err
	}
	all, out := make([]float64, c.ticks*c.Size()), make([][]float64, c.ticks)
	for t := range out {
		out[t] = all[t*c.Size():][:c.Size()]
	}
	return out, c.fill(i, func(tick, source int) { out[tick][source]++ })
}
