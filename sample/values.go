package sample

import (
	"adder/chip"
	"adder/internal/dataset"
	"adder/spike"
	"adder/spike/encode"
)

// Values are the samples of a data set as real numbers: bytes as pixel/255, real
// numbers as they are.
type Values struct {
	Set *dataset.Set
}

// Name implements Samples.
func (v *Values) Name() string { return v.Set.Name }

// Len implements Samples.
func (v *Values) Len() int { return v.Set.Len() }

// Shape implements Samples.
func (v *Values) Shape() []int { return v.Set.Shape }

// Classes implements Samples.
func (v *Values) Classes() int { return v.Set.Classes }

// Label implements Samples.
func (v *Values) Label(i int) int {
	if len(v.Set.Labels) == 0 {
		return -1
	}
	return int(v.Set.Labels[i])
}

// Analog implements Samples.
func (v *Values) Analog(i int, x []float64) ([]float64, error) {
	x = resize(x, v.Set.Size())
	if v.Set.IsBytes() {
		for k, b := range v.Set.Image(i) {
			x[k] = float64(b) / 255
		}
		return x, nil
	}
	for k, value := range v.Set.Real(i) {
		x[k] = float64(value)
	}
	return x, nil
}

// Encoded are the samples of a data set of bytes that an encoder gives to a chip.
type Encoded struct {
	Values
	Encoder encode.Encoder
}

// Ticks implements Source.
func (e *Encoded) Ticks() int { return e.Encoder.Config().Ticks }

// Size implements Source.
func (e *Encoded) Size() int { return e.Encoder.Sources(e.Set.Size()) }

// Feed implements Source.
func (e *Encoded) Feed(i int, s *chip.Sample) (encode.Work, error) {
	s.Number = uint64(i)
	x := e.Set.Image(i)
	if direct, ok := e.Encoder.(*encode.Direct); ok {
		if len(s.Levels) != len(x) {
			s.Levels = make([]int32, len(x))
		}
		direct.Levels(x, s.Levels)
		s.MaxLevel = direct.MaxLevel()
		return encode.Work{}, nil
	}
	if s.Spikes == nil {
		s.Spikes = spike.NewTrain(e.Size(), e.Ticks())
	}
	work := e.Encoder.Encode(uint64(i), x, s.Spikes)
	work.Reads = int64(len(x))
	return work, nil
}
