// Package csr owns the check of weights in compressed sparse rows, one row per source. The
// weights themselves, and what their numbers may be, are the caller's.
package csr

import "fmt"

// Validate returns an error if start and target are not the rows of sources x targets weights.
// Row s is target[start[s]:start[s+1]], in ascending order of targets, with one of the values
// each.
func Validate(start []int64, target []int32, values, sources, targets int) error {
	if len(start) != sources+1 || start[0] != 0 || start[sources] != int64(len(target)) ||
		len(target) != values {
		return fmt.Errorf("a list of %d sources, %d targets and %d weights, in %d parts", sources,
			len(target), values, len(start)-1)
	}
	for s := range sources {
		if start[s+1] < start[s] || start[s+1] > int64(len(target)) {
			return fmt.Errorf("the list of source %d ends at %d", s, start[s+1])
		}
		if err := validateRow(target[start[s]:start[s+1]], targets); err != nil {
			return fmt.Errorf("source %d %w", s, err)
		}
	}
	return nil
}

func validateRow(row []int32, targets int) error {
	last := int32(-1)
	for _, t := range row {
		if t <= last || int(t) >= targets {
			return fmt.Errorf("lists target %d behind %d, of %d: targets ascend", t, last, targets)
		}
		last = t
	}
	return nil
}
