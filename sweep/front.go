package sweep

import "strconv"

// ranks returns the front of each row: 0 for those that no other beats, 1 for those that only these
// beat, and so on. Rows that have no value of an objective, or that a condition refuses, come after
// all fronts.
func (t *Table) ranks() []int {
	goals := make([][]float64, len(t.Rows))
	left := 0
	for i := range t.Rows {
		if goals[i] = t.goals(i); goals[i] != nil {
			left++
		}
	}
	out := make([]int, len(t.Rows))
	for i := range out {
		out[i] = -1
	}
	for rank := 0; left > 0; rank++ {
		var front []int
		for i := range goals {
			if goals[i] != nil && out[i] < 0 && !beaten(goals, out, i) {
				front = append(front, i)
			}
		}
		for _, i := range front {
			out[i] = rank
		}
		left -= len(front)
	}
	for i := range out {
		if out[i] < 0 {
			out[i] = len(t.Rows)
		}
	}
	return out
}

// beaten says that a row without a rank yet is as good as row i in all and better in one.
func beaten(goals [][]float64, ranks []int, i int) bool {
	for k, other := range goals {
		if k != i && other != nil && ranks[k] < 0 && beats(other, goals[i]) {
			return true
		}
	}
	return false
}

func beats(a, b []float64) bool {
	better := false
	for i := range a {
		if a[i] < b[i] {
			return false
		}
		better = better || a[i] > b[i]
	}
	return better
}

// goals are the values of the objectives of a row, the larger the better; nil where one is
// missing or the row is refused.
func (t *Table) goals(row int) []float64 {
	r := &t.Rows[row]
	if !r.Wanted {
		return nil
	}
	var out []float64
	for _, o := range t.Objectives {
		x, err := strconv.ParseFloat(t.cell(row, o.Column), 64)
		if err != nil {
			return nil
		}
		if !o.Large {
			x = -x
		}
		out = append(out, x)
	}
	return out
}
