package ir

import "adder/core"

// endSample ends a sample in learning mode (sections 5 and 6).
func (r *Interpreter) endSample() {
	for k := range r.learners {
		if l := &r.learners[k]; l.Learning != nil {
			r.countBars(l)
			r.normalise(l)
		}
	}
	for p := range r.populations {
		for i := range r.populations[p].groups {
			r.fall(p, &r.populations[p].groups[i])
		}
	}
}

// countBars starts the bar of the neurons that won and counts down the bars of the others.
func (r *Interpreter) countBars(l *learner) {
	barred := r.populations[l.Target].barred[l.Weights.First:]
	for j, won := range l.won {
		if won {
			barred[j] = r.bar
		} else {
			barred[j] = max(barred[j]-1, 0)
		}
	}
}

// Passes of a normalisation: what winners are shrunk by starts at 0, what all are shrunk and grown
// by after a round of samples after that.
const (
	maxPasses   = 64
	firstShrink = 64
	firstGrow   = 128
)

// maxTarget is the largest target that scaling yields.
const maxTarget = 1<<31 - 1

// normalise scales the weights of winners to their targets, which scaling moves.
func (r *Interpreter) normalise(l *learner) {
	norm := &l.Learning.Norm
	if norm.Kind == core.NormNone {
		return
	}
	target := r.populations[l.Target].target[l.Weights.First:]
	for j, won := range l.won {
		if !won {
			continue
		}
		if norm.Every > 0 {
			target[j] = max(target[j]-int64(norm.Step), 1)
			l.pool++
		}
		r.shrink(l, j, 0, target[j])
	}
	if norm.Every == 0 {
		return
	}
	if l.samples++; l.samples < int64(norm.Every) {
		return
	}
	l.samples = 0
	neurons := int64(l.Weights.Count)
	rise := l.pool / neurons * int64(norm.Step)
	l.pool %= neurons
	for j := range l.won {
		target[j] = min(target[j]+rise, maxTarget)
		r.shrink(l, j, firstShrink, target[j])
		r.grow(l, j, firstGrow, target[j])
	}
}

// shrink takes from the weights into neuron j of the run while they are too many.
func (r *Interpreter) shrink(l *learner, j, pass int, target int64) {
	for k := 0; k < maxPasses && l.norm(j) > target; k++ {
		r.pass(l, j, pass+k, -1)
	}
}

// grow gives to the weights into neuron j while a pass does not exceed the target.
func (r *Interpreter) grow(l *learner, j, pass int, target int64) {
	enough := target - target>>(l.Learning.Norm.Shift-1)
	for k := 0; k < maxPasses && l.norm(j) < enough; k++ {
		r.pass(l, j, pass+k, 1)
	}
}

// pass changes every weight into neuron j by its 2^-Shift-th part.
func (r *Interpreter) pass(l *learner, j, number int, sign int64) {
	for i := range l.stored {
		w := l.stored[i][j]
		part := stoch(w, uint(l.Learning.Norm.Shift), r.synapse(l, j, i, number, forNorm))
		l.stored[i][j] = clip(l.Learning, w+sign*part)
	}
}

// norm is the sum of the weights into neuron j, or that of the squares of what is
// added of them.
func (l *learner) norm(j int) (sum int64) {
	for i := range l.stored {
		w := l.stored[i][j]
		if l.Learning.Norm.Kind == core.NormL2 {
			w = (w / 256) * (w / 256)
		}
		sum += w
	}
	return sum
}
