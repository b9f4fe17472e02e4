package encode

import (
	"math"
	"math/bits"

	"adder/fixedpoint"
	"adder/spike"
)

// intervalBits is the number of bits of a draw's id for the index of an interval: an element has at
// most one per tick.
const intervalBits = 16

// Renewal is what the BindsNET simulator calls Poisson: a renewal process whose
// intervals are Poisson-distributed integers. With d = x/255 * intensity in spikes
// per second and a tick of dt milliseconds, a nonzero element draws intervals from
// the Poisson distribution with mean lambda = (1/d) * (1000/dt) ticks, a 0 becoming a
// 1; it spikes in the ticks t-1 of their running sums t, up to the last tick. d and
// lambda are float32, each operation rounded, as in that software.
//
// The process is far more regular than Poisson's and starts in silence: at 128 Hz a
// full-scale element gives 12.4 spikes in 100 ticks with a variance of 1.8, few of
// them in the first 4, and an element below 8 Hz almost never gives one.
//
// Interval j of an element is the smallest k with U < F[k], where U is the upper half
// of draw(seed, sample, element*65536 + j, 0, encoder) and F[k] the probability of an
// interval of at most k, rounded to a multiple of 2^-32. A draw, a running sum and
// the comparisons of a binary search are counted per interval.
type Renewal struct {
	base
	source    fixedpoint.Source
	intervals [levels]intervalTable
}

// intervalTable is the distribution of an interval: it is below first + j + 1 with probability
// below[j] / 2^32. The number of entries is a power of two less one, so that a search is the same
// comparisons every time; what is past the ticks of a sample, or past the distribution, is 1. A
// table without entries says that no interval ends within a sample.
type intervalTable struct {
	first int
	below []uint64
}

func newRenewal(b base) Encoder {
	e := &Renewal{base: b, source: fixedpoint.NewSource(b.config.Seed)}
	for x := 1; x < levels; x++ {
		e.intervals[x] = newIntervalTable(meanInterval(x, b.config), b.config.Ticks)
	}
	return e
}

// meanInterval is lambda of a value, +Inf where float32 cannot hold it.
func meanInterval(x int, c Config) float64 {
	perSecond := float32(1000 / float64(c.TickSeconds*1000))
	return float64(float32(1/scaled(x, c)) * perSecond)
}

// scaled is the input of BindsNET's encoders: the value of a byte times the intensity, in float32.
func scaled(x int, c Config) float32 {
	return float32(float32(x)/fullScale) * float32(c.Intensity)
}

// newIntervalTable is the distribution of an interval with a mean, within a number of ticks.
func newIntervalTable(mean float64, ticks int) intervalTable {
	// An interval this far from its mean has a probability below 2^-64.
	spread := float64(12*math.Sqrt(mean)) + 40
	if !(mean-spread <= float64(ticks)) {
		return intervalTable{}
	}
	first := max(int(mean-spread), 0)
	weights := poissonWeights(mean, first, int(mean+spread))
	total := 0.0
	for _, w := range weights {
		total += w
	}
	var below []uint64
	sum := 0.0
	for _, w := range weights[:min(len(weights), ticks-first+1)] {
		sum += w
		below = append(below, uint64(math.Round(sum/total*probabilityOne)))
	}
	for len(below) > 0 && below[0] == 0 {
		below = below[1:]
		first++
	}
	return intervalTable{first, pad(below)}
}

// poissonWeights are the probabilities of first to last under the Poisson
// distribution, up to a common factor: they fall from 1 at the mode by the ratio of
// neighbours, so that no exponential is needed.
func poissonWeights(mean float64, first, last int) []float64 {
	weights := make([]float64, last-first+1)
	mode := int(mean)
	weights[mode-first] = 1
	for k := mode + 1; k <= last; k++ {
		weights[k-first] = float64(weights[k-first-1]*mean) / float64(k)
	}
	for k := mode; k > first; k-- {
		weights[k-first-1] = float64(weights[k-first]*float64(k)) / mean
	}
	return weights
}

// pad cuts what is certain from the end of a distribution, then extends it by
// certainties to a power of two less one.
func pad(below []uint64) []uint64 {
	for len(below) > 1 && below[len(below)-2] == probabilityOne {
		below = below[:len(below)-1]
	}
	for size := 1<<bits.Len(uint(len(below))) - 1; len(below) < size; {
		below = append(below, probabilityOne)
	}
	return below
}

// interval is the interval, at least 1, of a uniform 32-bit number.
func (t *intervalTable) interval(u uint64) int {
	position := 0
	for step := (len(t.below) + 1) / 2; step > 0; step /= 2 {
		if t.below[position+step-1] <= u {
			position += step
		}
	}
	return max(t.first+position, 1)
}

// comparisons is the number of comparisons of a search.
func (t *intervalTable) comparisons() int64 { return int64(bits.Len(uint(len(t.below)))) }

// probability is that of an interval k >= 1.
func (t *intervalTable) probability(k int) float64 {
	at := func(k int) uint64 {
		j := k - t.first
		switch {
		case k < 1 || j < 0 || len(t.below) == 0:
			return 0
		case j < len(t.below):
			return t.below[j]
		default:
			return probabilityOne
		}
	}
	return float64(at(k)-at(k-1)) / probabilityOne
}

// Encode is part of Encoder.
func (e *Renewal) Encode(sample uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	stream := e.source.Stream(sample, 0, fixedpoint.PurposeEncoder)
	var work Work
	for element, value := range x {
		table := &e.intervals[value]
		if len(table.below) == 0 {
			continue
		}
		id := uint64(element) << intervalBits
		intervals := int64(0)
		for tick := -1; ; intervals++ {
			tick += table.interval(stream.Draw(id+uint64(intervals)) >> 32)
			if tick >= e.config.Ticks {
				break
			}
			out.Set(tick, element)
		}
		intervals++ // the one that left the sample
		work.Draws += intervals
		work.Adds += intervals * (1 + table.comparisons())
	}
	return work
}

// Peak is part of Encoder: the mean over the ticks of the probability of a spike, which
// follows tick by tick from the distribution of the intervals.
func (e *Renewal) Peak() float64 {
	table := &e.intervals[fullScale]
	ticks := e.config.Ticks
	probabilities := make([]float64, min(max(table.first, 1)+len(table.below), ticks)+1)
	for k := range probabilities {
		probabilities[k] = table.probability(k)
	}
	events := make([]float64, ticks+1) // events[t] is the probability that a running sum is t
	events[0] = 1
	total := 0.0
	for t := 1; t <= ticks; t++ {
		for k := 1; k < len(probabilities) && k <= t; k++ {
			events[t] += float64(probabilities[k] * events[t-k])
		}
		total += events[t]
	}
	return total / float64(ticks)
}
