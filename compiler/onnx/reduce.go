package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

// reduce is ReduceMean, ReduceSum or ReduceMax: a pool over all of the
// axes that it names.
func reduce(c *call) error {
	v, err := c.raw(0)
	if err != nil {
		return err
	}
	marks, err := c.reducedAxes(v)
	if err != nil {
		return err
	}
	keep, err := c.intAttribute("keepdims", 1)
	if err != nil {
		return err
	}
	if !slices.Contains(marks, true) {
		return c.give(0, v.alias())
	}
	y, err := c.reduced(v, marks)
	if err != nil {
		return err
	}
	dims, batch := reducedDims(v, marks, keep != 0)
	if y, err = c.rename("_shape", y, dims, batch); err != nil {
		return err
	}
	return c.give(0, y)
}

// reducedAxes marks the axes that go.
func (c *call) reducedAxes(v *value) ([]bool, error) {
	axes, err := c.integerList("axes", 1)
	if err != nil {
		return nil, err
	}
	marks, err := axesIn(axes, len(v.dims))
	if err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		none, err := c.intAttribute("noop_with_empty_axes", 0)
		if err != nil || none != 0 {
			return marks, err
		}
		for i := range marks {
			marks[i] = true
		}
	}
	if v.batch >= 0 && marks[v.batch] && !c.b.singleBatch {
		return nil, fmt.Errorf("it goes over axes %v, the batch among them; Adder runs one "+
			"sample at a time", axes)
	}
	return marks, nil
}

// reducedDims are the extents after a reduction.
func reducedDims(v *value, marks []bool, keep bool) (dims []int, batch int) {
	batch = -1
	for i, d := range v.dims {
		if marks[i] && !keep {
			continue
		}
		if i == v.batch {
			batch = len(dims)
		}
		if marks[i] {
			d = 1
		}
		dims = append(dims, d)
	}
	return dims, batch
}

// reduced pools over the marked axes. Those of an image are one window over
// it; others are brought to the end first.
func (c *call) reduced(v *value, marks []bool) (*value, error) {
	if x, ok, err := c.wholePlanes(v, marks); ok || err != nil {
		if err != nil {
			return nil, err
		}
		dims, window := wholeImage(x)
		return c.appendPool(c.reduction(window), x, dims)
	}
	stay, go_, perm := 1, 1, []int(nil)
	for i, marked := range marks {
		if !marked {
			perm = append(perm, i)
			stay *= v.dims[i]
		}
	}
	for i, marked := range marks {
		if marked {
			perm = append(perm, i)
			go_ *= v.dims[i]
		}
	}
	x, err := c.permuted(v, perm)
	if err != nil {
		return nil, err
	}
	if x, err = c.b.materialise(x); err != nil {
		return nil, err
	}
	if x, err = c.rename("_rows", x, []int{1, stay, go_}, 0); err != nil {
		return nil, err
	}
	dims, window := wholeImage(x)
	return c.appendPool(c.reduction(window), x, dims)
}

// wholePlanes reports whether the marked axes are the spatial ones of an
// image as its node gives it, and gives it so.
func (c *call) wholePlanes(v *value, marks []bool) (*value, bool, error) {
	of, own := v, marks
	if v.view != nil {
		of, own = v.view.of, make([]bool, len(marks))
		for i, axis := range v.view.perm {
			own[axis] = marks[i]
		}
	}
	if checkImage(of) != nil {
		return nil, false, nil
	}
	for i, marked := range own {
		if marked != (i >= 2) {
			return nil, false, nil
		}
	}
	x, err := c.b.materialise(of)
	return x, true, err
}

func (c *call) reduction(window snn.Window) snn.Op {
	if c.node.op == "ReduceMax" {
		return &snn.MaxPool{Window: window}
	}
	return &snn.Pool{Window: window, Average: c.node.op == "ReduceMean"}
}
