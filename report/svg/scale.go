package svg

import (
	"fmt"
	"math"
	"strconv"
)

// Scale maps the values [Least, Greatest] to the positions [From, To]; From may exceed To. A
// logarithmic one needs values above 0.
type Scale struct {
	Least, Greatest float64
	From, To        float64
	Log             bool
}

// At is the position of a value; values outside of the scale are clamped.
func (s *Scale) At(v float64) float64 {
	v = min(max(v, s.Least), s.Greatest)
	part := 0.0
	switch {
	case s.Greatest <= s.Least:
	case s.Log:
		part = math.Log(v/s.Least) / math.Log(s.Greatest/s.Least)
	default:
		part = (v - s.Least) / (s.Greatest - s.Least)
	}
	return s.From + float64(part*(s.To-s.From))
}

// Holds reports whether a value is on the scale.
func (s *Scale) Holds(v float64) bool { return v >= s.Least && v <= s.Greatest }

// Linear is a scale from 0, or from the least value where that is lower, with round ends.
func Linear(least, greatest, from, to float64) Scale {
	return Span(min(least, 0), greatest, from, to)
}

// Span is a linear scale with round ends that holds both values.
func Span(least, greatest, from, to float64) Scale {
	if greatest <= least {
		greatest = least + 1
	}
	step := roundStep((greatest - least) / 6)
	return Scale{
		Least: math.Floor(least/step) * step, Greatest: math.Ceil(greatest/step-1e-9) * step,
		From: from, To: to,
	}
}

// Logarithmic is a scale over whole decades. Both values are above 0.
func Logarithmic(least, greatest, from, to float64) Scale {
	low, high := math.Floor(math.Log10(least)+1e-9), math.Ceil(math.Log10(greatest)-1e-9)
	if high <= low {
		high = low + 1
	}
	return Scale{Least: powerOfTen(low), Greatest: powerOfTen(high), From: from, To: to, Log: true}
}

// Ticks are round values of the scale, about so many.
func (s *Scale) Ticks(about int) []float64 {
	if s.Log {
		return s.decades(about)
	}
	step := roundStep((s.Greatest - s.Least) / float64(max(about, 1)))
	var out []float64
	first := math.Ceil(s.Least/step - 1e-9)
	for k := first; float64(k*step) <= s.Greatest+float64(1e-9*step); k++ {
		out = append(out, float64(k*step)+0) // no -0
	}
	return out
}

func (s *Scale) decades(about int) []float64 {
	low, high := math.Round(math.Log10(s.Least)), math.Round(math.Log10(s.Greatest))
	step := math.Max(1, math.Ceil((high-low)/float64(max(about, 1))))
	var out []float64
	for d := low; d <= high; d += step {
		out = append(out, powerOfTen(d))
	}
	return out
}

// powerOfTen is exact where a number can be, so that it is written in few digits.
func powerOfTen(exponent float64) float64 {
	x, err := strconv.ParseFloat(fmt.Sprintf("1e%d", int(exponent)), 64)
	if err != nil {
		return math.Pow(10, exponent)
	}
	return x
}

// roundStep is the least of 1, 2 and 5 times a power of ten that is no less than x.
func roundStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	power := powerOfTen(math.Floor(math.Log10(x)))
	for _, by := range []float64{1, 2, 5} {
		if x <= float64(by*power)*(1+1e-9) {
			return by * power
		}
	}
	return 10 * power
}
