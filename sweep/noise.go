package sweep

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"adder/bench/energy"
	"adder/bench/proportion"
)

// accuracyColumn and samplesColumn are the columns of an interval.
const (
	accuracyColumn = "accuracy"
	samplesColumn  = "samples"
)

// doubt finds the interval of each accuracy, and the rows that are not told apart from the one
// with the largest.
func (t *Table) doubt() {
	best := -1
	var most float64
	for i := range t.Rows {
		r := &t.Rows[i]
		accuracy, ok := t.number(i, accuracyColumn)
		samples, known := t.number(i, samplesColumn)
		if !ok || !known {
			continue
		}
		of := proportion.Of(int(math.Round(accuracy*samples)), int(samples))
		r.Interval = &[2]float64{of.Low, of.High}
		if r.Wanted && (best < 0 || accuracy > most) {
			best, most = i, accuracy
		}
	}
	if best < 0 {
		return
	}
	t.Rows[best].Best = true
	for i := range t.Rows {
		r := &t.Rows[i]
		r.Undecided = i != best && r.Wanted && r.Interval != nil &&
			r.Interval[1] >= t.Rows[best].Interval[0]
	}
}

// number is the value of a column as a number, if it is one.
func (t *Table) number(row int, name string) (float64, bool) {
	x, err := strconv.ParseFloat(t.cell(row, name), 64)
	return x, err == nil
}

// Intervals says that rows have intervals of their accuracy.
func (t *Table) Intervals() bool {
	for i := range t.Rows {
		if t.Rows[i].Interval != nil {
			return true
		}
	}
	return false
}

// Standing says how the row's accuracy stands to the largest, "" where it has no interval.
func (r *Row) Standing() string {
	switch {
	case r.Interval == nil || !r.Wanted:
		return ""
	case r.Best:
		return "best"
	case r.Undecided:
		return "undecided"
	}
	return "lower"
}

// Text is a cell for people: shares in percent, an accuracy with its interval, energies with
// their units, other numbers with five significant digits.
func (t *Table) Text(r *Row, column int) string {
	cell := r.Cells[column]
	x, err := strconv.ParseFloat(cell, 64)
	if column < t.Settings || err != nil {
		return short(cell)
	}
	switch name := t.Columns[column]; {
	case name == accuracyColumn && r.Interval != nil:
		return fmt.Sprintf("%.2f %% (%.2f-%.2f)", 100*x, 100*r.Interval[0], 100*r.Interval[1])
	case name == accuracyColumn || name == "ann_accuracy":
		return fmt.Sprintf("%.2f %%", 100*x)
	case name == energyColumn || strings.HasPrefix(name, "snn_pj.") ||
		strings.HasPrefix(name, "ann_pj."):
		return energy.Text(x)
	}
	return short(cell)
}
