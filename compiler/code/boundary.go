package code

import (
	"math"

	"adder/quantised"
)

// interval are the places in which a boundary means the same to all sums that can be: above low, at
// most high. The smallest and the largest integer mean no bound.
type interval struct{ low, high int64 }

const (
	noLow  = math.MinInt64
	noHigh = math.MaxInt64
)

// intervals are those of boundaries of so many bits in potentials that are sums shifted
// left, sums being from least to greatest. Boundaries that are missing are never reached.
func intervals(boundaries []int64, bits, shift int, least, greatest int64) []interval {
	out := make([]interval, 1<<bits-1)
	for j := range out {
		t := int64(quantised.Never)
		if j < len(boundaries) {
			t = boundaries[j]
		}
		switch {
		case t <= least:
			out[j] = interval{noLow, least << shift}
		case t > greatest:
			out[j] = interval{greatest << shift, noHigh}
		default:
			out[j] = interval{(t - 1) << shift, t << shift}
		}
	}
	return out
}

// multiples are boundaries at j theta - offset.
type multiples struct{ theta, offset int64 }

// maxThetas bounds the search for a theta.
const maxThetas = 1 << 12

// findMultiples finds a theta of which every multiple, less an offset, is in its interval, the
// least one.
func findMultiples(in []interval) (multiples, bool) {
	low, high := thetas(in)
	for theta := max(low, 1); theta <= min(high, low+maxThetas); theta++ {
		if offset, ok := offsetOf(in, theta); ok {
			return multiples{theta, offset}, true
		}
	}
	return multiples{}, false
}

// thetas bounds theta by the first and the last boundary that has sums on both sides.
func thetas(in []interval) (low, high int64) {
	first, last := -1, -1
	for j, i := range in {
		if i.low != noLow && i.high != noHigh {
			if first < 0 {
				first = j
			}
			last = j
		}
	}
	if first < 0 || first == last {
		// At most one of the boundaries separates sums: the others are as far away as sums can be.
		span := int64(1)
		for _, i := range in {
			for _, end := range []int64{i.low, i.high} {
				if end != noLow && end != noHigh {
					span = max(span, 2*max(end, -end)+1)
				}
			}
		}
		return span, span
	}
	n := int64(last - first)
	return (in[last].low - in[first].high) / n, (in[last].high-in[first].low)/n + 1
}

// offsetOf is the offset that puts the multiples of theta into their intervals, the one nearest to
// 0.
func offsetOf(in []interval, theta int64) (int64, bool) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	for j, i := range in {
		x := int64(j+1) * theta
		if i.high != noHigh {
			low = max(low, x-i.high)
		}
		if i.low != noLow {
			high = min(high, x-i.low-1)
		}
	}
	return min(max(0, low), high), low <= high
}

// table are boundaries as words of a chip whose potentials hold magnitudes up to limit: those that
// no sum or every sum reaches are at its ends, which no possible sum reaches.
func table(boundaries []int64, bits, shift int, limit int64) []int32 {
	out := make([]int32, 1<<bits-1)
	for j := range out {
		x := limit
		if j < len(boundaries) {
			if t := boundaries[j]; t <= -limit>>shift {
				x = -limit
			} else if t <= limit>>shift {
				x = t << shift
			}
		}
		out[j] = int32(x)
	}
	return out
}
