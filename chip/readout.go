package chip

import (
	"adder/layout"
)

// Class reads a class from the values of the population that is read, as an
// engine does: its spike counts, or potentials. Ties go to the lowest class; it
// is -1 without a readout.
func Class(r *layout.Readout, values []int32) int { return class(r, values) }

// class reads a class from the values of the population that is read; ties
// go to the lowest class.
func class(r *layout.Readout, values []int32) int {
	switch r.Kind {
	case layout.ReadoutNone:
		return -1
	case layout.ReadoutLabels:
		return labelClass(r, values)
	}
	best := 0
	for n, v := range values {
		if v > values[best] {
			best = n
		}
	}
	return best
}

// labelClass takes the class with the largest mean over its neurons of their
// counts, weighted by their proportions if there are any. Means are compared as
// fractions.
func labelClass(r *layout.Readout, counts []int32) int {
	total, members := make([]int64, r.Classes), make([]int64, r.Classes)
	for n, label := range r.Labels {
		if label < 0 {
			continue
		}
		score := int64(counts[n])
		if len(r.Proportions) > 0 {
			score *= int64(r.Proportions[n])
		}
		total[label] += score
		members[label]++
	}
	best := 0
	for k := range total {
		if members[k] == 0 {
			continue
		}
		if members[best] == 0 || total[k]*members[best] > total[best]*members[k] {
			best = k
		}
	}
	return best
}
