// Package proportion owns the intervals of accuracies: of the accuracy of one classifier on a
// number of samples, and of the difference between two that judged the same samples. It does not
// know networks.
//
// Both intervals invert a score test, so they hold at accuracies near 1 and for few
// samples, where the textbook's normal interval does not.
package proportion

import "math"

// z is the two-sided 95 % point of the normal distribution.
const z = 1.959963984540054

// Interval is a 95 % interval.
type Interval struct{ Low, High float64 }

// Contains reports whether x is in the interval, ends included.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Of is the interval of a share, given that right of n samples were right (Wilson, J. Am.
// Stat. Assoc. 22, 1927). Without samples it is [0, 1].
func Of(right, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	samples, share := float64(n), float64(right)/float64(n)
	middle := share + float64(z*z)/(2*samples)
	half := z * math.Sqrt(float64(share*(1-share))/samples+float64(z*z)/(4*samples*samples))
	scale := 1 + float64(z*z)/samples
	return Interval{max(0, (middle-half)/scale), min(1, (middle+half)/scale)}
}

// Pairs counts the samples that only one of two classifiers has right.
type Pairs struct {
	// Samples is their number.
	Samples float64
	// First and Second are the samples that only the first, or only the second, of the
	// two has right.
	First, Second float64
}

// Count returns the pairs of two classifiers, given whether each has each sample right. The slices
// have the same length.
func Count(first, second []bool) Pairs {
	p := Pairs{Samples: float64(len(first))}
	for i, right := range first {
		switch {
		case right && !second[i]:
			p.First++
		case !right && second[i]:
			p.Second++
		}
	}
	return p
}

// Difference is the first's share of right samples less the second's.
func (p Pairs) Difference() float64 {
	if p.Samples == 0 {
		return 0
	}
	return (p.First - p.Second) / p.Samples
}

// Interval is the score interval of the difference (Tango, Statistics in Medicine 17,
// 1998). Without samples it is [-1, 1].
func (p Pairs) Interval() Interval {
	if p.Samples == 0 {
		return Interval{-1, 1}
	}
	d := p.Difference()
	return Interval{Low: p.boundary(d, -1), High: p.boundary(d, 1)}
}

// boundary bisects between the difference, which the test accepts, and an end of the
// range, which it rejects.
func (p Pairs) boundary(accepted, rejected float64) float64 {
	const steps = 60 // below the resolution of a float64 between -1 and 1
	for range steps {
		middle := (accepted + rejected) / 2
		if math.Abs(p.score(middle)) <= z {
			accepted = middle
		} else {
			rejected = middle
		}
	}
	return accepted
}

// score is the test statistic of the hypothesis that the difference is d.
func (p Pairs) score(d float64) float64 {
	excess := p.First - p.Second - float64(p.Samples*d)
	variance := p.Samples * (float64(2*p.unlike(d)) + float64(d*(1-d)))
	if variance <= 0 {
		return math.Copysign(math.Inf(1), excess)
	}
	return excess / math.Sqrt(variance)
}

// unlike is the most likely probability that only the second is right, given that the
// difference is d: the root of Tango's equation.
func (p Pairs) unlike(d float64) float64 {
	a := 2 * p.Samples
	b := float64((2*p.Samples-p.First+p.Second)*d) - p.First - p.Second
	c := -p.Second * d * (1 - d)
	return max(0, (math.Sqrt(max(0, float64(b*b)-float64(4*a*c)))-b)/(2*a))
}

// maxNeeded ends the search for a number of samples that decides.
const maxNeeded = 1e7

// Needed is about how many samples would decide on which side of -margin the difference is, if the
// two classifiers differ at the rate in p: the interval then ends above it or begins below it. It
// is 0 where no number up to ten million would.
func (p Pairs) Needed(margin float64) int {
	if p.Samples == 0 {
		return 0
	}
	decided := func(n float64) bool {
		more := Pairs{Samples: n, First: p.First * n / p.Samples, Second: p.Second * n / p.Samples}
		i := more.Interval()
		return i.Low >= -margin || i.High < -margin
	}
	if !decided(maxNeeded) {
		return 0
	}
	few, enough := 1.0, float64(maxNeeded)
	for enough-few > 1 {
		if middle := math.Floor((few + enough) / 2); decided(middle) {
			enough = middle
		} else {
			few = middle
		}
	}
	return roundUp(enough)
}

// roundUp gives two digits, since the estimate has no more.
func roundUp(n float64) int {
	step := math.Pow(10, max(0, math.Floor(math.Log10(n))-1))
	return int(math.Ceil(n/step) * step)
}
