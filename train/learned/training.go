package learned

import (
	"errors"
	"fmt"
	"slices"

	"adder/chip"
	"adder/internal/dataset"
	"adder/spike/encode"
)

// Progress is the progress of a training.
type Progress struct {
	// Done and Total are training images.
	Done, Total int
	// Accuracy is the accuracy on the last thousand images, with labels from those before; 0 before
	// there are any.
	Accuracy float64
	// Labelling says that learning is over and labels are assigned.
	Labelling bool
}

// Result is the outcome of a training.
type Result struct {
	Network *Network
	// Counts are the events of learning.
	Counts chip.Counts
	// Silent is the number of neurons without a label.
	Silent int
}

// ErrStopped is the error of Learn when its context ended a training, after the last checkpoint was
// written.
var ErrStopped = errors.New("training stopped")

// maxClasses bounds the number of classes of a neuron's label.
const maxClasses = 256

// CheckImages returns an error for a set that cannot be learned from.
func CheckImages(set *dataset.Set) error {
	switch {
	case set.Len() == 0:
		return errors.New("the training set holds no images")
	case !set.IsBytes():
		return fmt.Errorf("%s has real numbers, and encoders take bytes: give pixels as uint8",
			set.Name)
	case set.Classes > maxClasses:
		return fmt.Errorf("%s has %d classes: at most %d can be labelled", set.Name, set.Classes,
			maxClasses)
	}
	return nil
}

// InputShape is the shape of a sample at a network's input: the set's, and the sources of a pixel
// where it has several.
func InputShape(set *dataset.Set, encoder encode.Encoder) []int {
	shape := slices.Clone(set.Shape)
	if perPixel := encoder.Sources(set.Size()) / max(set.Size(), 1); perPixel > 1 {
		shape = append(shape, perPixel)
	}
	return shape
}
