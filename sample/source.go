package sample

import (
	"fmt"

	"adder/chip"
	"adder/spike/encode"
)

// Samples are labelled samples as real numbers, the input of an ANN. Methods may be called by
// several goroutines.
type Samples interface {
	// Name is the name of the samples.
	Name() string
	// Len is the number of samples.
	Len() int
	// Shape is the shape of a sample's numbers, channels first.
	Shape() []int
	// Classes is the number of classes, 0 where it is not known.
	Classes() int
	// Label is the class of sample i, -1 where it is not known.
	Label(i int) int
	// Analog stores the numbers of sample i in x, growing it where it is too
	// small, and returns it.
	Analog(i int, x []float64) ([]float64, error)
}

// Source is Samples that can also be fed to a chip.
type Source interface {
	Samples
	// Ticks is the number of input ticks of each sample.
	Ticks() int
	// Size is the number of sources of a sample on the chip.
	Size() int
	// Feed fills s with sample i, reusing its memory, and returns the host's
	// work.
	Feed(i int, s *chip.Sample) (encode.Work, error)
}

// Signals is a Source whose samples are real numbers per tick, for the reference engine only: chips
// send spikes.
type Signals interface {
	Source
	// Signal is sample i, one number per tick and source.
	Signal(i int) ([][]float64, error)
}

// Size is the number of elements of a shape.
func Size(shape []int) int {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return size
}

// Labelled reports whether the class of each sample is known.
func Labelled(s Samples) bool { return s.Len() > 0 && s.Label(0) >= 0 }

// Vectors returns the first n samples, or all if there are fewer.
func Vectors(s Samples, n int) ([][]float64, error) {
	out := make([][]float64, min(n, s.Len()))
	for i := range out {
		x, err := s.Analog(i, nil)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// CheckLabels is an error for labels that exceed the outputs of a network. One output separates two
// classes.
func CheckLabels(s Samples, outputs int) error {
	classes := max(outputs, 2)
	for i := range s.Len() {
		if label := s.Label(i); label >= classes {
			return fmt.Errorf("sample %d of %s has label %d, and the model tells %d classes "+
				"apart, 0 to %d: give samples and a model of the same task",
				i, s.Name(), label, classes, classes-1)
		}
	}
	return nil
}

// classesOf is the number of classes of labels, 0 without any.
func classesOf(labels []int) int {
	classes := 0
	for _, label := range labels {
		classes = max(classes, label+1)
	}
	return classes
}

// resize gives x length n.
func resize(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}
