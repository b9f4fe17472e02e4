package dataset

import (
	"fmt"
	"strings"
)

// DigitsName is the word that stands for the generated digits wherever a
// folder of images is expected. A folder of that name is reached as "./digits".
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

// Set is a set of grey images of one size with a label each. It is not
// changed after it is made, so that it may be shared between goroutines;
// [Set.Slice] and [Set.Image] return views of the same memory.
type Set struct {
	// Name says what the images are: "mnist" where the file contents are
	// MNIST's own, "digits" for the generated ones, else the folder's name.
	Name string
	// Split is the part of the data set that this is.
	Split Split
	// Rows and Cols are the height and width of every image in pixels.
	Rows, Cols int
	// Classes is the number of classes; every label is below it.
	Classes int
	// Pixels holds all images one after the other, shape [N, Rows, Cols],
	// 0 = background, 255 = full ink.
	Pixels []uint8
	// Labels holds the class of every image, shape [N].
	Labels []uint8
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Size returns the number of pixels of an image, Rows*Cols.
func (s *Set) Size() int { return s.Rows * s.Cols }

// Image returns image i, shape [Rows, Cols] row-major, as a view of s. The
// caller must not change it. It panics like a slice if i is out of range.
func (s *Set) Image(i int) []uint8 {
	n := s.Size()
	return s.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// Slice returns the images lo to hi-1 as a view of s. Bounds outside the set
// are brought to its ends, so that the result may be shorter, or empty.
func (s *Set) Slice(lo, hi int) *Set {
	lo = min(max(lo, 0), s.Len())
	hi = min(max(hi, lo), s.Len())
	part := *s
	n := s.Size()
	part.Pixels = s.Pixels[lo*n : hi*n : hi*n]
	part.Labels = s.Labels[lo:hi:hi]
	return &part
}

// Head returns the first n images, or all where there are fewer, as a view of s.
func (s *Set) Head(n int) *Set { return s.Slice(0, n) }

// Open returns one split of the data set at dir: the generated digits (with
// the zero [DigitsOptions]) when dir is [DigitsName], otherwise the IDX files
// in the folder dir under any of the names that [List] accepts. The error names
// the file and the place in it, or says which file is missing.
func Open(dir string, split Split) (*Set, error) {
	if split != Train && split != Test {
		return nil, fmt.Errorf("open %s: %v is neither the train nor the test split", dir, split)
	}
	if dir == DigitsName {
		return Digits(split, DigitsOptions{})
	}
	return openFolder(dir, split)
}
