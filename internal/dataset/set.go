package dataset

import (
	"fmt"
	"strings"
)

// DigitsName is the name of the generated digits wherever a folder of images is expected. A folder
// of that name is reached as "./digits".
const DigitsName = "digits"

// Split names one of the two parts of a data set.
type Split uint8

const (
	// Train is the part to learn from. It is the zero value.
	Train Split = iota
	// Test is the part to measure on.
	Test
)

// ParseSplit returns the split that s names: "train" or "test".
func ParseSplit(s string) (Split, error) {
	switch strings.ToLower(s) {
	case "train":
		return Train, nil
	case "test":
		return Test, nil
	}
	return Train, fmt.Errorf("split %q is not known: use train or test", s)
}

// String returns "train" or "test".
func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Test:
		return "test"
	}
	return fmt.Sprintf("Split(%d)", uint8(s))
}

// Set is a set of samples of one shape with a label each. Its elements are
// bytes or real numbers. It is not changed after it is made, so that it may be
// shared between goroutines; [Set.Slice] and [Set.Image] return views of the
// same memory.
type Set struct {
	// Name says what the samples are: "mnist" where the file contents are
	// MNIST's own, "digits" for the generated ones, else the folder's name.
	Name string
	// Split is the part of the data set that this is.
	Split Split
	// Shape is the shape of a sample, such as 28 x 28 or, channels first,
	// 3 x 32 x 32. It has at least one axis and none of them is 0.
	Shape []int
	// Classes is the number of classes; every label is below it.
	Classes int
	// Bytes holds all samples one after the other, shape [N, Shape...],
	// 0 = background, 255 = full ink; nil where the samples are real numbers.
	Bytes []uint8
	// Reals holds the samples where they are real numbers, shape
	// [N, Shape...]; each is finite.
	Reals []float32
	// Labels holds the class of every sample, shape [N], or is nil where the
	// classes are not known.
	Labels []int32
	// Picture is set where the samples are pictures by their format: Shape is
	// then channels x height x width.
	Picture bool
	// Whole is set where the data has no parts for training and test, so that
	// both are all of it.
	Whole bool
	// Notes are messages on unusual input that could be read.
	Notes []string
}

// Len returns the number of samples.
func (s *Set) Len() int {
	if s.Labels != nil {
		return len(s.Labels)
	}
	return s.elements() / max(s.Size(), 1)
}

// elements is the number of elements of all samples.
func (s *Set) elements() int { return len(s.Bytes) + len(s.Reals) }

func (s *Set) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// Size returns the number of elements of a sample.
func (s *Set) Size() int {
	size := 1
	for _, d := range s.Shape {
		size *= d
	}
	return size
}

// IsBytes reports whether the samples are bytes and not real numbers.
func (s *Set) IsBytes() bool { return s.Reals == nil }

// Image returns sample i of a set of bytes, shape [Shape...] row-major, as a
// view of s. The caller must not change it. It panics like a slice if i is out
// of range or the samples are real numbers.
func (s *Set) Image(i int) []uint8 {
	n := s.Size()
	return s.Bytes[i*n : (i+1)*n : (i+1)*n]
}

// Real returns sample i of a set of real numbers as Image does for bytes.
func (s *Set) Real(i int) []float32 {
	n := s.Size()
	return s.Reals[i*n : (i+1)*n : (i+1)*n]
}

// Slice returns the samples lo to hi-1 as a view of s. Bounds outside the set are clamped, so that
// the result may be shorter, or empty.
func (s *Set) Slice(lo, hi int) *Set {
	lo = min(max(lo, 0), s.Len())
	hi = min(max(hi, lo), s.Len())
	part := *s
	n := s.Size()
	if s.IsBytes() {
		part.Bytes = s.Bytes[lo*n : hi*n : hi*n]
	} else {
		part.Reals = s.Reals[lo*n : hi*n : hi*n]
	}
	if s.Labels != nil {
		part.Labels = s.Labels[lo:hi:hi]
	}
	return &part
}

// Pick returns the samples of the given numbers, in their order, as a copy.
func (s *Set) Pick(numbers []int32) *Set {
	part := *s
	part.Bytes, part.Reals, part.Labels = nil, nil, nil
	for _, i := range numbers {
		if s.IsBytes() {
			part.Bytes = append(part.Bytes, s.Image(int(i))...)
		} else {
			part.Reals = append(part.Reals, s.Real(int(i))...)
		}
		if s.Labels != nil {
			part.Labels = append(part.Labels, s.Labels[i])
		}
	}
	return &part
}

// Head returns the first n samples, or all where there are fewer, as a view of s.
func (s *Set) Head(n int) *Set { return s.Slice(0, n) }
