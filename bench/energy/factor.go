package energy

import (
	"fmt"
	"math"
)

// Factor is a source of uncertainty that scales several prices together, on both sides of a
// comparison: if one of them is at its greatest, all are. Prices without a factor have no band.
type Factor struct {
	Name string
	// Least and Greatest bound the multiple of the best figures; Least <= 1 <= Greatest.
	Least, Greatest Bound
}

// Bound is one end of a factor.
type Bound struct {
	Times    float64  `json:"times" yaml:"times"`
	Evidence Evidence `json:"evidence" yaml:"evidence"`
	Source   string   `json:"source" yaml:"source"`
}

// maxFactors bounds the vertices of the box of prices that a ratio is taken over.
const maxFactors = 10

// Band is the interval of a sum or a ratio over the box of prices: every factor between
// its bounds, independently of the others.
type Band struct{ Least, Greatest float64 }

// factor is the place of a factor in the table, -1 for the empty name.
func (t *Table) factor(name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	for i := range t.Factors {
		if t.Factors[i].Name == name {
			return i, nil
		}
	}
	return -1, fmt.Errorf("factor %q is not in the table's factors: add it there, or leave it out",
		name)
}

// Band is the interval of a bill. Its ends are exact, since a bill is linear in the
// factors and no price is negative.
func (t *Table) Band(b *Bill) Band {
	return t.extremes(b.split)
}

// Difference is the interval of a's energy less b's. A factor that both sides hold moves
// both: the coefficient of each is a difference, whose sign says which end is extreme.
func (t *Table) Difference(a, b *Bill) Band {
	return t.extremes(a.split.less(b.split))
}

// extremes is the interval of a linear form over the box.
func (t *Table) extremes(s split) Band {
	out := Band{s.fixed, s.fixed}
	for i, c := range s.by {
		low, high := float64(c*t.Factors[i].Least.Times), float64(c*t.Factors[i].Greatest.Times)
		out.Least += min(low, high)
		out.Greatest += max(low, high)
	}
	return out
}

// Ratio returns the interval of a's energy divided by b's, and whether there is one: the least
// energy of b must be above 0. A ratio of linear forms is extreme at a vertex of the box, and all
// of them are tried.
func (t *Table) Ratio(a, b *Bill) (Band, bool) {
	if t.Band(b).Least <= 0 {
		return Band{}, false
	}
	out := Band{math.Inf(1), math.Inf(-1)}
	for vertex := range 1 << len(t.Factors) {
		r := t.at(a.split, vertex) / t.at(b.split, vertex)
		out = Band{min(out.Least, r), max(out.Greatest, r)}
	}
	return out, true
}

// at evaluates a linear form at a vertex, whose bit i says that factor i is greatest.
func (t *Table) at(s split, vertex int) float64 {
	sum := s.fixed
	for i, c := range s.by {
		f := &t.Factors[i]
		if vertex>>i&1 == 1 {
			sum += float64(c * f.Greatest.Times)
		} else {
			sum += float64(c * f.Least.Times)
		}
	}
	return sum
}

// split is an energy by what moves it: by has a part per factor of the table, at the best
// figures, and fixed is the rest.
type split struct {
	fixed float64
	by    []float64
}

func newSplit(factors int) split { return split{by: make([]float64, factors)} }

func (s *split) add(factor int, pj float64) {
	if factor < 0 {
		s.fixed += pj
		return
	}
	s.by[factor] += pj
}

func (s split) less(other split) split {
	out := split{fixed: s.fixed - other.fixed, by: make([]float64, len(s.by))}
	for i := range s.by {
		out.by[i] = s.by[i] - other.by[i]
	}
	return out
}
