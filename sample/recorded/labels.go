package recorded

import (
	"fmt"
	"math"

	"adder/internal/npz"
)

// labelNames are the names under which files keep classes.
func labelNames() []string { return []string{"label", "labels", "y"} }

// labelArray reads the classes of a file, nil where it has none.
func labelArray(file *npz.File) (*npz.Array, error) {
	for _, name := range labelNames() {
		if file.Has(name) {
			return file.Array(name)
		}
	}
	return nil, nil
}

// readLabels takes one class a sample: whole numbers [N] or [N, 1], or rows [N, classes]
// with a single 1. There must be as many as the file has samples.
func (a *array) readLabels(labels *npz.Array) ([]int, error) {
	if labels == nil {
		return nil, nil
	}
	values, err := labels.Float64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.path, err)
	}
	columns := 1
	if len(labels.Shape) == 2 {
		columns = labels.Shape[1]
	}
	if len(labels.Shape) < 1 || len(labels.Shape) > 2 || columns < 1 {
		return nil, fmt.Errorf("%s: %q has shape %v: give one class a sample, [samples], or a "+
			"row with a single 1", a.path, labels.Name, labels.Shape)
	}
	if n := labels.Shape[0]; n != a.all {
		return nil, fmt.Errorf("%s: %q has %d classes for %d samples: write one for each, or "+
			"leave the array out", a.path, labels.Name, n, a.all)
	}
	out := make([]int, a.samples)
	for i := range out {
		if out[i], err = class(values[i*columns : (i+1)*columns]); err != nil {
			return nil, fmt.Errorf("%s: row %d of %q %w", a.path, i, labels.Name, err)
		}
	}
	if columns > 1 {
		a.notes = append(a.notes,
			fmt.Sprintf("%s: %q has rows of %d columns: the class is the column of the 1", a.path,
				labels.Name, columns))
	}
	return out, nil
}

// class reads a class from a number, or from a row with a single 1.
func class(row []float64) (int, error) {
	if len(row) == 1 {
		v := row[0]
		if v != math.Trunc(v) || v < 0 || v > math.MaxInt32 {
			return 0, fmt.Errorf("is %g: a class is a whole number from 0", v)
		}
		return int(v), nil
	}
	at := -1
	for k, v := range row {
		if v != 0 && (v != 1 || at >= 0) {
			return 0, fmt.Errorf("has %g in column %d: a single 1 among zeros is a class", v, k)
		}
		if v == 1 {
			at = k
		}
	}
	if at < 0 {
		return 0, fmt.Errorf("has no 1 among %d columns", len(row))
	}
	return at, nil
}
