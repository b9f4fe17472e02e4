package sample

import (
	"adder/chip"
	"adder/spike"
	"adder/spike/encode"
)

// Trains are samples that are spike trains already. All have one size. An ANN takes
// their rates: the number of spikes of a source, by the number of ticks.
type Trains struct {
	Title string
	// Form is the shape of the sources of a train, nil for one axis.
	Form   []int
	Trains []*spike.Train
	// Labels has one class per train, or is nil.
	Labels []int
}

// Name implements Samples.
func (t *Trains) Name() string { return t.Title }

// Len implements Samples.
func (t *Trains) Len() int { return len(t.Trains) }

// Shape implements Samples.
func (t *Trains) Shape() []int {
	if t.Form == nil {
		return []int{t.Size()}
	}
	return t.Form
}

// Classes implements Samples.
func (t *Trains) Classes() int { return classesOf(t.Labels) }

// Label implements Samples.
func (t *Trains) Label(i int) int {
	if t.Labels == nil {
		return -1
	}
	return t.Labels[i]
}

// Analog implements Samples.
func (t *Trains) Analog(i int, x []float64) ([]float64, error) {
	return Rates(t.Trains[i], x), nil
}

// Rates stores the spikes per tick of each source of a train in x, growing it where it
// is too small, and returns it.
func Rates(train *spike.Train, x []float64) []float64 {
	x = resize(x, train.Sources())
	clear(x)
	for tick := range train.Ticks() {
		train.Each(tick, func(source int) { x[source]++ })
	}
	for k := range x {
		x[k] /= float64(train.Ticks())
	}
	return x
}

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

// Feed implements Source.
func (t *Trains) Feed(i int, s *chip.Sample) (encode.Work, error) {
	s.Number, s.Spikes = uint64(i), t.Trains[i]
	return encode.Work{}, nil
}
