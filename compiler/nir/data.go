package nir

import (
	"errors"
	"fmt"

	"adder/snn"
)

// array reads one of the node's datasets; nil if it has none of that name.
func (n *node) array(name string) (*array, error) {
	if n.data == nil {
		return nil, nil
	}
	if a, ok := n.read[name]; ok {
		return a, nil
	}
	a, err := n.data.array(name)
	if err != nil {
		return nil, fmt.Errorf("dataset %q: %w", name, err)
	}
	if n.read == nil {
		n.read = make(map[string]*array)
	}
	n.read[name] = a
	return a, nil
}

// required is array for datasets that NIR requires.
func (n *node) required(name string) (*array, error) {
	a, err := n.array(name)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, fmt.Errorf("it has no dataset %q", name)
	}
	return a, nil
}

// integer reads a whole number, or def where the dataset is missing.
func (n *node) integer(name string, def int) (int, error) {
	v, err := n.extents(name, 1, def)
	if err != nil {
		return 0, err
	}
	return v[0], nil
}

// extents reads count whole numbers; a single one applies to all, and a missing dataset for def.
func (n *node) extents(name string, count, def int) ([]int, error) {
	a, err := n.array(name)
	if err != nil {
		return nil, err
	}
	values := []int{def}
	if a != nil {
		if values, err = a.integers(); err != nil {
			return nil, fmt.Errorf("%s %w", name, err)
		}
	}
	if len(values) == 1 {
		out := make([]int, count)
		for i := range out {
			out[i] = values[0]
		}
		return out, nil
	}
	if len(values) != count {
		return nil, fmt.Errorf("%s has %d entries, want %d", name, len(values), count)
	}
	return values, nil
}

// declaredShape reads the shape of an Input or Output, nil without one.
func (n *node) declaredShape() (snn.Shape, error) {
	a, err := n.array("shape")
	if err != nil || a == nil {
		return nil, err
	}
	values, err := a.integers()
	if err != nil {
		return nil, fmt.Errorf("shape %w", err)
	}
	if len(values) == 0 {
		return nil, errors.New("shape is empty")
	}
	for _, d := range values {
		if d < 1 {
			return nil, fmt.Errorf("shape %v has an extent below 1", values)
		}
	}
	return values, nil
}
