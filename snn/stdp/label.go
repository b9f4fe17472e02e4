package stdp

import (
	"fmt"
	"math"
)

// Labels gives each neuron the class for which it spikes most, and predicts the
// class of a sample from the neurons that spike.
type Labels struct {
	classes, n int
	rates      []float32 // [n, classes], mean spikes per sample, summed over the calls of Assign
	proportion []float32 // [n, classes], rates of a neuron scaled to a sum of 1
	assigned   []int     // [n], -1 before the first call of Assign
	members    []int     // [classes], neurons assigned
}

// NewLabels returns the labels of n neurons, none of them assigned.
func NewLabels(n, classes int) *Labels {
	l := &Labels{
		classes: classes, n: n, rates: make([]float32, n*classes),
		proportion: make([]float32, n*classes),
		assigned:   make([]int, n), members: make([]int, classes),
	}
	for j := range l.assigned {
		l.assigned[j] = -1
	}
	return l
}

// Assigned returns the class of each neuron, -1 before the first assignment, shared
// with l. A silent neuron has class 0.
func (l *Labels) Assigned() []int { return l.assigned }

// Share returns the part of a neuron's rates that its class has, in 65535ths; 0 for a
// silent neuron.
func (l *Labels) Share(j int) uint16 {
	class := l.assigned[j]
	if class < 0 {
		return 0
	}
	return uint16(float32(l.of(l.proportion, j)[class]*math.MaxUint16) + 0.5)
}

// Assign takes the spike counts of samples, shape [samples, n], with their classes.
// Each neuron's mean count per class adds to what earlier calls found, and the neuron
// is assigned the class with the largest part, the lowest of several.
func (l *Labels) Assign(counts []int32, classes []uint8) error {
	if len(counts) != len(classes)*l.n {
		return fmt.Errorf("assign labels: %d spike counts for %d samples of %d neurons",
			len(counts), len(classes), l.n)
	}
	sums := make([]int64, l.n*l.classes)
	samples := make([]int64, l.classes)
	for s, class := range classes {
		if int(class) >= l.classes {
			return fmt.Errorf("assign labels: sample %d has class %d of %d", s, class, l.classes)
		}
		samples[class]++
		for j, count := range counts[s*l.n:][:l.n] {
			sums[j*l.classes+int(class)] += int64(count)
		}
	}
	for i, sum := range sums {
		if total := samples[i%l.classes]; total > 0 {
			l.rates[i] += float32(sum) / float32(total)
		}
	}
	l.derive()
	return nil
}

// Rates returns the mean spikes per sample of each neuron and class, summed over the
// calls of Assign, shape [n, classes], shared with l.
func (l *Labels) Rates() []float32 { return l.rates }

// SetRates puts back what Rates returned.
func (l *Labels) SetRates(rates []float32) error {
	if len(rates) != len(l.rates) {
		return fmt.Errorf("%d rates of %d neurons and %d classes", len(rates), l.n, l.classes)
	}
	copy(l.rates, rates)
	l.derive()
	return nil
}

// derive forms proportions and classes from the rates.
func (l *Labels) derive() {
	clear(l.members)
	for j := range l.assigned {
		rates, proportion := l.of(l.rates, j), l.of(l.proportion, j)
		sum := float32(0)
		for _, rate := range rates {
			sum += rate
		}
		for class, rate := range rates {
			if sum > 0 {
				proportion[class] = rate / sum
			}
		}
		l.assigned[j] = largest(proportion)
		l.members[l.assigned[j]]++
	}
}

// of returns a neuron's part of an array of shape [n, classes].
func (l *Labels) of(values []float32, j int) []float32 { return values[j*l.classes:][:l.classes] }

// AllActivity returns the class whose neurons spiked most on average in a sample of
// spike counts, shape [n]: the lowest of several, and 0 before the first assignment.
func (l *Labels) AllActivity(counts []int32) int {
	return l.vote(counts, func(int, int) float32 { return 1 })
}

// ProportionWeighting is AllActivity with each neuron's count weighted by the part of
// its spikes that its class had.
func (l *Labels) ProportionWeighting(counts []int32) int {
	return l.vote(counts, func(j, class int) float32 { return l.of(l.proportion, j)[class] })
}

// vote returns the class with the largest mean of weighted counts over its neurons.
func (l *Labels) vote(counts []int32, weight func(j, class int) float32) int {
	score := make([]float32, l.classes)
	for j, count := range counts {
		if class := l.assigned[j]; count != 0 && class >= 0 {
			score[class] += float32(weight(j, class) * float32(count))
		}
	}
	for class, members := range l.members {
		if members > 0 {
			score[class] /= float32(members)
		}
	}
	return largest(score)
}

// largest returns the position of the largest value, the first of several.
func largest(values []float32) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}
