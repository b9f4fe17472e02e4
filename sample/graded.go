package sample

import (
	"fmt"

	"adder/chip"
	"adder/spike/encode"
)

// Graded are samples of real numbers per tick, for the reference engine only. All have one size.
// For an ANN they are averaged over the ticks.
type Graded struct {
	Title string
	// Signals has, per sample and tick, one number per source.
	Signals [][][]float64
	// Labels has one class per sample, or is nil.
	Labels []int
}

// Name implements Samples.
func (g *Graded) Name() string { return g.Title }

// Len implements Samples.
func (g *Graded) Len() int { return len(g.Signals) }

// Shape implements Samples.
func (g *Graded) Shape() []int { return []int{g.Size()} }

// Classes implements Samples.
func (g *Graded) Classes() int { return classesOf(g.Labels) }

// Label implements Samples.
func (g *Graded) Label(i int) int {
	if g.Labels == nil {
		return -1
	}
	return g.Labels[i]
}

// Analog implements Samples.
func (g *Graded) Analog(i int, x []float64) ([]float64, error) {
	x = resize(x, g.Size())
	clear(x)
	for _, tick := range g.Signals[i] {
		for k, v := range tick {
			x[k] += v
		}
	}
	for k := range x {
		x[k] /= float64(g.Ticks())
	}
	return x, nil
}

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

// Signal implements Signals.
func (g *Graded) Signal(i int) ([][]float64, error) { return g.Signals[i], nil }

// Feed implements Source. It is an error: a chip has no such input.
func (g *Graded) Feed(i int, _ *chip.Sample) (encode.Work, error) {
	return encode.Work{}, fmt.Errorf("sample %d of %s has real numbers, and what travels on a "+
		"chip are spikes: use the engine reference",
		i, g.Title)
}
