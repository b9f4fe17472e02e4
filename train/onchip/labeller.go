package onchip

import "math"

// Labeller assigns classes to neurons by how often they win for images of each.
type Labeller struct {
	classes int
	// counts is [neurons][classes], the spikes; images are those of each class.
	counts []int64
	images []int64
}

func NewLabeller(neurons, classes int) *Labeller {
	return &Labeller{classes: classes, counts: make([]int64, neurons*classes),
		images: make([]int64, classes)}
}

// Add takes the spikes of each neuron for an image of a class.
func (l *Labeller) Add(spikes []int32, class int) {
	for n, k := range spikes {
		if k != 0 {
			l.counts[n*l.classes+class] += int64(k)
		}
	}
	l.images[class]++
}

// halve lets half of what was seen be forgotten.
func (l *Labeller) halve() {
	for i := range l.counts {
		l.counts[i] >>= 1
	}
	for i := range l.images {
		l.images[i] >>= 1
	}
}

// Assign gives each neuron the class with the highest mean count, -1 where it
// was silent, and the share of that mean among those of all classes, in 65535ths
// (Diehl and Cook, Frontiers in Computational Neuroscience 9:99, 2015).
func (l *Labeller) Assign() (labels []int32, proportions []uint16) {
	neurons := len(l.counts) / l.classes
	labels, proportions = make([]int32, neurons), make([]uint16, neurons)
	for n := range neurons {
		best, top, sum := -1, 0.0, 0.0
		for c, count := range l.counts[n*l.classes:][:l.classes] {
			if l.images[c] == 0 || count == 0 {
				continue
			}
			rate := float64(count) / float64(l.images[c])
			sum += rate
			if rate > top {
				best, top = c, rate
			}
		}
		labels[n] = int32(best)
		if best >= 0 {
			proportions[n] = uint16(math.Round(float64(top/sum) * 65535))
		}
	}
	return labels, proportions
}
