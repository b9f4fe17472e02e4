package sample

import (
	"fmt"
	"math"
	"sync/atomic"

	"adder/chip"
	"adder/internal/grouped"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
)

// Encoded are the samples of a data set, encoded for a chip.
type Encoded struct {
	Values
	Encoder encode.Encoder
	// Preparation is how numbers become the chip's input; nil where they are used unchanged.
	Preparation *layout.Preparation
	// Groups is the number of channels of the chip's input; the two lines of a signed one are
	// ordered by channel. 0 means 1.
	Groups int

	clipped atomic.Int64
}

// Clipped is the number of elements so far that were clipped to the range of the input.
func (e *Encoded) Clipped() int64 { return e.clipped.Load() }

// ClippedText says how many of the elements Clipped counts.
func (e *Encoded) ClippedText() string {
	return fmt.Sprintf("%s of %s inputs lay outside of what the input can say and were clipped",
		grouped.Int(e.Clipped()), grouped.Int(int64(e.Len())*int64(e.Set.Size())))
}

// Ticks implements Source.
func (e *Encoded) Ticks() int { return e.Encoder.Config().Ticks }

// Size implements Source.
func (e *Encoded) Size() int {
	if _, direct := e.Encoder.(*encode.Direct); direct {
		return e.Set.Size()
	}
	return e.Encoder.Sources(e.lines() * e.Set.Size())
}

// CheckSize refuses samples that become another number of sources than an input has.
func (e *Encoded) CheckSize(input []int) error {
	size := Size(input)
	switch {
	case e.Size() == size:
		return nil
	case e.Encoder.Sources(size) != size:
		return fmt.Errorf("%s: the encoder makes %s sources of a sample, and the model takes %s, %s: "+
			"use an encoder with one source per element", e.Name(), grouped.Int(int64(e.Size())),
			form(input), grouped.Int(int64(size)))
	}
	return fmt.Errorf("%s: %w", e.Name(), wrongShape(e.Set.Shape, input))
}

// lines is the number of lines of spikes per element: two for a signed one, and one for a code,
// whose levels have a zero point.
func (e *Encoded) lines() int {
	if _, coded := e.Encoder.(*encode.Coded); coded {
		return 1
	}
	if e.Preparation != nil && e.Preparation.Signed {
		return 2
	}
	return 1
}

// Feed implements Source.
func (e *Encoded) Feed(i int, s *chip.Sample) (encode.Work, error) {
	s.Number = uint64(i)
	if direct, ok := e.Encoder.(*encode.Direct); ok {
		e.feedLevels(direct, i, s)
		work := e.preparing()
		work.Reads += int64(len(s.Levels))
		return work, nil
	}
	if s.Spikes == nil {
		s.Spikes = spike.NewTrain(e.Size(), e.Ticks())
	}
	if coded, ok := e.Encoder.(*encode.Coded); ok {
		return e.feedCoded(coded, i, s), nil
	}
	x := e.bytes(i)
	work := e.Encoder.Encode(uint64(i), x, s.Spikes)
	work.Reads = int64(len(x))
	work.Add(e.preparing())
	return work, nil
}

// feedCoded sends the levels of sample i. Where they are no table of bytes, each takes a
// division.
func (e *Encoded) feedCoded(coded *encode.Coded, i int, s *chip.Sample) encode.Work {
	coded.EncodeLevels(e.Levels(coded, i, nil), s.Spikes)
	work := e.preparing()
	if !e.asBytes() {
		work.MACs += int64(e.Set.Size())
	}
	work.Reads += int64(e.Set.Size())
	return work
}

// Levels stores the levels of sample i in dst, growing it if it is too small, and returns it.
// Evaluation on the host and on a chip both use these levels.
func (e *Encoded) Levels(coded *encode.Coded, i int, dst []int32) []int32 {
	if cap(dst) < e.Set.Size() {
		dst = make([]int32, e.Set.Size())
	}
	dst = dst[:e.Set.Size()]
	if e.asBytes() {
		coded.Levels(e.Set.Image(i), dst)
		return dst
	}
	quantiser := coded.Quantiser()
	for k, v := range e.raw(i, nil) {
		dst[k] = quantiser.Level(e.prepared(k, v))
	}
	return dst
}

// prepared is the network's input for element k of value v.
func (e *Encoded) prepared(k int, v float64) float64 {
	p := e.Preparation
	if p == nil {
		return v
	}
	c := 0
	if n := max(len(p.Gain), len(p.Offset)); n > 1 {
		c = e.axes.channelOf(k, n)
	}
	return float64(v*p.Gain.At(c, 1)) + p.Offset.At(c, 0)
}

// preparing is the host's work before the encoder: a multiplication and an addition per
// element, and the choice of a line or a sign.
func (e *Encoded) preparing() (work encode.Work) {
	if p := e.Preparation; p != nil && len(p.Gain)+len(p.Offset) > 0 {
		work.MACs = int64(e.Set.Size())
	}
	if e.lines() == 2 {
		work.Adds = int64(e.Set.Size())
	}
	return work
}

// asBytes reports whether the set's own bytes are encoded.
func (e *Encoded) asBytes() bool {
	return e.Preparation == nil && e.Set.IsBytes() && (e.axes == nil || e.axes.from == nil)
}

// feedLevels makes direct input.
func (e *Encoded) feedLevels(direct *encode.Direct, i int, s *chip.Sample) {
	if len(s.Levels) != e.Set.Size() {
		s.Levels = make([]int32, e.Set.Size())
	}
	s.MaxLevel = direct.MaxLevel()
	if e.asBytes() {
		direct.Levels(e.Set.Image(i), s.Levels)
		return
	}
	for k, u := range e.units(i) {
		s.Levels[k] = int32(math.Round(u * float64(s.MaxLevel)))
	}
}

// bytes are the elements of sample i as encoders take them. A signed one is two: its
// positive and its negative part, channel by channel.
func (e *Encoded) bytes(i int) []uint8 {
	if e.asBytes() {
		return e.Set.Image(i)
	}
	units := e.units(i)
	out := make([]uint8, e.lines()*len(units))
	if e.lines() == 1 {
		for k, u := range units {
			out[k] = uint8(math.Round(u * 255))
		}
		return out
	}
	for k, u := range units {
		at, size := e.line(k, u)
		out[at] = uint8(math.Round(size * 255))
	}
	return out
}

// SourceValues returns the values of the sources of sample i: with two lines per element, each from
// 0.
func (e *Encoded) SourceValues(i int) []float64 {
	units := e.units(i)
	if _, direct := e.Encoder.(*encode.Direct); direct || e.lines() == 1 {
		return units
	}
	out := make([]float64, 2*len(units))
	for k, u := range units {
		at, size := e.line(k, u)
		out[at] = size
	}
	return out
}

// line is the line of element k, and what it carries.
func (e *Encoded) line(k int, u float64) (at int, size float64) {
	channel := e.Set.Size() / max(e.Groups, 1)
	at = k + k/channel*channel
	if u < 0 {
		return at + channel, -u
	}
	return at, u
}

// rounding is how far off what was measured may come out.
const rounding = 1e-9

// units returns the elements of sample i in the units of the chip's input: from 0, or from -1 where
// they are signed, to 1. What is beyond is clipped.
func (e *Encoded) units(i int) []float64 {
	x := e.raw(i, nil)
	least, clipped := 0.0, int64(0)
	if e.lines() == 2 {
		least = -1
	}
	for k, v := range x {
		v = e.prepared(k, v)
		if x[k] = min(max(v, least), 1); math.Abs(x[k]-v) > rounding {
			clipped++
		}
	}
	e.clipped.Add(clipped)
	return x
}
