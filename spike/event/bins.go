package event

import (
	"errors"
	"fmt"
)

// Binning is the division of time into ticks, in one of two ways.
type Binning struct {
	// Ticks is the number of ticks that each recording is cut into.
	Ticks int
	// Nanoseconds is the length of a tick, where Ticks is 0.
	Nanoseconds int64
}

// Bins are the ticks of one recording, as tonic's ToFrame cuts it: the first tick
// begins with the first event that is seen, ticks are equally long, and events after
// the last whole tick are in none. A recording shorter than one tick has one.
type Bins struct {
	Ticks int
	first int64 // us
	// A tick lasts ns nanoseconds.
	ns int64
}

// maxSpan is the longest recording, in microseconds, 292 years: its nanoseconds fit an
// int64.
const maxSpan = (1<<63 - 1) / 1000

// Extent is the number and the times of a recording's events in a view.
type Extent struct {
	Seen        int64
	First, Last int64 // us, 0 where nothing is seen
	// MaxX and MaxY are the largest column and row that is seen, after the view, -1 where
	// nothing is.
	MaxX, MaxY int
}

// Extent reads a recording and returns the extent of its view.
func (v *View) Extent(r *Recording) (Extent, error) {
	e := Extent{MaxX: -1, MaxY: -1}
	err := r.Each(func(events []Event) error {
		for _, event := range events {
			if v.sees(event) {
				e.add(v, event)
			}
		}
		return nil
	})
	return e, err
}

func (e *Extent) add(v *View, event Event) {
	if e.Seen == 0 {
		e.First, e.Last = event.T, event.T
	}
	_, x, y := v.place(event)
	e.First, e.Last = min(e.First, event.T), max(e.Last, event.T)
	e.MaxX, e.MaxY = max(e.MaxX, x), max(e.MaxY, y)
	e.Seen++
}

// Cut returns the ticks of a recording of that extent.
func (b Binning) Cut(e Extent) (Bins, error) {
	if e.Seen == 0 {
		return Bins{}, errors.New("no event of it is seen")
	}
	span := e.Last - e.First
	if span < 0 || span > maxSpan {
		return Bins{}, fmt.Errorf("its events are from %d to %d us: such a clock is damaged",
			e.First, e.Last)
	}
	if b.Ticks > 0 {
		length := span / int64(b.Ticks)
		if length == 0 {
			return Bins{}, fmt.Errorf(
				"it lasts %d us, less than a microsecond for each of %d ticks", span, b.Ticks)
		}
		return Bins{Ticks: b.Ticks, first: e.First, ns: length * 1000}, nil
	}
	ticks := max(span*1000/b.Nanoseconds, 1)
	const most = 1<<31 - 1
	if ticks > most {
		return Bins{}, fmt.Errorf("it lasts %.3g s, %d ticks of %d ns: give longer ticks",
			float64(span)/1e6, ticks, b.Nanoseconds)
	}
	return Bins{Ticks: int(ticks), first: e.First, ns: b.Nanoseconds}, nil
}

// Tick is the tick of a time, -1 where it is in none.
func (b Bins) Tick(t int64) int {
	since := t - b.first
	if since < 0 || since > maxSpan {
		return -1
	}
	tick := since * 1000 / b.ns
	if tick >= int64(b.Ticks) {
		return -1
	}
	return int(tick)
}

// Fill reads a recording and calls add for each event of the view within the ticks, with its tick
// and its source in the frame. It returns how many events are in no tick.
func (v *View) Fill(r *Recording, f Frame, b Bins,
	add func(tick, source int)) (outside int64, err error) {
	err = r.Each(func(events []Event) error {
		for _, e := range events {
			if !v.sees(e) {
				continue
			}
			c, x, y := v.place(e)
			if x >= f.Width || y >= f.Height {
				return fmt.Errorf("%s: an event at column %d, row %d of frames of %d x %d "+
					"pixels: crop or downsample to the size that the network takes",
					r.Name(), x, y, f.Width, f.Height)
			}
			tick := b.Tick(e.T)
			if tick < 0 {
				outside++
				continue
			}
			add(tick, (c*f.Height+y)*f.Width+x)
		}
		return nil
	})
	return outside, err
}
