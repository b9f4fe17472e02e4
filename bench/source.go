package bench

import (
	"fmt"

	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
)

// Source is where samples come from. Its methods may be called by several
// goroutines.
type Source interface {
	// Name says what the samples are.
	Name() string
	// Len is the number of samples, Ticks the input ticks of each.
	Len() int
	Ticks() int
	// Size is the number of sources of a sample.
	Size() int
	// Label is the class of sample i, -1 where it is not known.
	Label(i int) int
	// Feed fills s with sample i, reusing its memory, and returns the host's
	// work.
	Feed(i int, s *chip.Sample) encode.Work
}

// Images are the encoded images of a set.
type Images struct {
	Set     *dataset.Set
	Encoder encode.Encoder
}

// Name implements Source.
func (m *Images) Name() string { return m.Set.Name }

// Len implements Source.
func (m *Images) Len() int { return m.Set.Len() }

// Ticks implements Source.
func (m *Images) Ticks() int { return m.Encoder.Config().Ticks }

// Size implements Source.
func (m *Images) Size() int { return m.Encoder.Sources(m.Set.Size()) }

// Label implements Source.
func (m *Images) Label(i int) int {
	if len(m.Set.Labels) == 0 {
		return -1
	}
	return int(m.Set.Labels[i])
}

// Feed implements Source.
func (m *Images) Feed(i int, s *chip.Sample) encode.Work {
	s.Number = uint64(i)
	x := m.Set.Image(i)
	if direct, ok := m.Encoder.(*encode.Direct); ok {
		if len(s.Levels) != len(x) {
			s.Levels = make([]int32, len(x))
		}
		direct.Levels(x, s.Levels)
		s.MaxLevel = direct.MaxLevel()
		return encode.Work{}
	}
	if s.Spikes == nil {
		s.Spikes = spike.NewTrain(m.Size(), m.Ticks())
	}
	return m.Encoder.Encode(uint64(i), x, s.Spikes)
}

// Trains are samples that are spike trains already. All have one size.
type Trains struct {
	Title  string
	Trains []*spike.Train
	// Labels has one class per train, or is nil.
	Labels []int
}

// Name implements Source.
func (t *Trains) Name() string { return t.Title }

// Len implements Source.
func (t *Trains) Len() int { return len(t.Trains) }

// Ticks implements Source.
func (t *Trains) Ticks() int {
	if len(t.Trains) == 0 {
		return 0
	}
	return t.Trains[0].Ticks()
}

// Size implements Source.
func (t *Trains) Size() int {
	if len(t.Trains) == 0 {
		return 0
	}
	return t.Trains[0].Sources()
}

// Label implements Source.
func (t *Trains) Label(i int) int {
	if t.Labels == nil {
		return -1
	}
	return t.Labels[i]
}

// Feed implements Source.
func (t *Trains) Feed(i int, s *chip.Sample) encode.Work {
	s.Number, s.Spikes = uint64(i), t.Trains[i]
	return encode.Work{}
}

// Graded are samples of real numbers per tick, which only the reference
// engine takes: what travels on a chip are spikes. All have one size.
type Graded struct {
	Title string
	// Signals has, per sample and tick, one number per source.
	Signals [][][]float64
	// Labels has one class per sample, or is nil.
	Labels []int
}

// Name implements Source.
func (g *Graded) Name() string { return g.Title }

// Len implements Source.
func (g *Graded) Len() int { return len(g.Signals) }

// Ticks implements Source.
func (g *Graded) Ticks() int {
	if len(g.Signals) == 0 {
		return 0
	}
	return len(g.Signals[0])
}

// Size implements Source.
func (g *Graded) Size() int {
	if g.Ticks() == 0 {
		return 0
	}
	return len(g.Signals[0][0])
}

// Label implements Source.
func (g *Graded) Label(i int) int {
	if g.Labels == nil {
		return -1
	}
	return g.Labels[i]
}

// Feed implements Source. It leaves the sample without spikes, which no
// chip accepts; EvaluateReference reads Signals.
func (g *Graded) Feed(i int, s *chip.Sample) encode.Work {
	*s = chip.Sample{Number: uint64(i)}
	return encode.Work{}
}

// checkSize refuses samples that do not fit the image's input.
func checkSize(s Source, img *layout.Image) error {
	size := 1
	for _, d := range img.Input.Shape {
		size *= int(d)
	}
	if s.Size() != size {
		return fmt.Errorf("a sample of %s has %d sources; %s takes %d: use an encoder with one source per pixel, or a model for such samples", s.Name(), s.Size(), img.Model, size)
	}
	return nil
}
