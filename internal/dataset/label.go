package dataset

import (
	"errors"
	"fmt"
	"math"
)

// maxClasses bounds a label: more classes than any network here has.
const maxClasses = 1 << 20

// label takes labels of a shape: [N] or [N, 1] of whole numbers, or [N, K] of zeros
// and a single one.
func (s *Set) label(numbers []float64, shape []int) error {
	classes, err := labelColumns(shape)
	if err != nil {
		return err
	}
	if classes > 1 {
		return s.labelOneHot(numbers, classes)
	}
	s.Labels, s.Classes = make([]int32, len(numbers)), 0
	for i, v := range numbers {
		if v != math.Trunc(v) || v < 0 || v >= maxClasses {
			return fmt.Errorf("label %d is %g: a class is a whole number from 0, below %d",
				i, v, maxClasses)
		}
		s.Labels[i] = int32(v)
		s.Classes = max(s.Classes, int(v)+1)
	}
	return nil
}

// labelColumns is the number of columns of labels, 1 for plain ones.
func labelColumns(shape []int) (int, error) {
	switch {
	case len(shape) == 1:
		return 1, nil
	case len(shape) == 2 && shape[1] >= 1 && shape[1] <= maxClasses:
		return shape[1], nil
	}
	return 0, fmt.Errorf("labels have shape %v: give one number a sample, [N], or a one-hot row, "+
		"[N, classes]",
		shape)
}

// labelOneHot takes rows in which a single element is 1 and the others are 0.
func (s *Set) labelOneHot(numbers []float64, classes int) error {
	s.Labels, s.Classes = make([]int32, len(numbers)/classes), classes
	for i := range s.Labels {
		row, at := numbers[i*classes:(i+1)*classes], -1
		for k, v := range row {
			if v != 0 && v != 1 || v == 1 && at >= 0 {
				return fmt.Errorf("row %d of the labels, %d columns, is not one-hot: a single 1 "+
					"among zeros is due",
					i, classes)
			}
			if v == 1 {
				at = k
			}
		}
		if at < 0 {
			return fmt.Errorf("row %d of the labels, %d columns, is not one-hot: it has no 1",
				i, classes)
		}
		s.Labels[i] = int32(at)
	}
	s.note("labels are one-hot rows of %d columns: the class is the column of the 1", classes)
	return nil
}

// checkCounts requires as many labels as samples, if there are any.
func (s *Set) checkCounts(samples, labels string) error {
	if s.Labels == nil {
		return nil
	}
	if n := s.elements() / max(s.Size(), 1); n != len(s.Labels) {
		return fmt.Errorf("%s holds %d images, but %s holds %d labels: they do not belong together",
			samples, n, labels, len(s.Labels))
	}
	return nil
}

// checkFinite refuses real numbers that are none.
func (s *Set) checkFinite() error {
	for i, v := range s.Reals {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("element %d of sample %d is %g: give finite numbers within 32 bits",
				i%max(s.Size(), 1), i/max(s.Size(), 1), v)
		}
	}
	return nil
}

// checkShape refuses samples that are too large or have no elements.
func checkShape(shape []int) error {
	elements := 1
	for _, d := range shape {
		if d < 1 || d > maxElements {
			return fmt.Errorf("samples of shape %v: each side must be 1 to %d", shape, maxElements)
		}
		if elements *= d; elements > maxElements {
			return fmt.Errorf("samples of shape %v have more than the limit of %d elements",
				shape, maxElements)
		}
	}
	if len(shape) == 0 {
		return errors.New("one number a sample: a sample has at least one axis, [N, 1]")
	}
	return nil
}
