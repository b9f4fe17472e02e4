package quantise

import (
	"math"
	"slices"

	"adder/compiler/flat"
	"adder/snn"
)

// maxGrid is the finest grid that is looked for: weights that a training
// tool quantised to 8 bits have at most 127 steps to the largest.
const maxGrid = 127

// grid is the set of numbers m, 1 to maxGrid, for which all weights seen so far are multiples of
// the largest weight's m-th part. Bit m%64 of word m/64 is m.
type grid [(maxGrid + 1) / 64]uint64

func fullGrid() grid {
	var g grid
	for m := 1; m <= maxGrid; m++ {
		g[m/64] |= 1 << (m % 64)
	}
	return g
}

// keep drops the grids that a weight, as a fraction of the largest, is not
// on. Weights and scales of 32-bit floats are off by their rounding.
func (g *grid) keep(fraction float64) {
	const tolerance = 1.0 / (1 << 22)
	for m := 1; m <= maxGrid; m++ {
		if g[m/64]>>(m%64)&1 == 0 {
			continue
		}
		if x := fraction * float64(m); math.Abs(x-math.RoundToEven(x)) > float64(m)*tolerance {
			g[m/64] &^= 1 << (m % 64)
		}
	}
}

// and drops the grids that are not in another set.
func (g *grid) and(other *grid) {
	for i := range g {
		g[i] &= other[i]
	}
}

// coarsest is the smallest m, or 0 where no grid is left.
func (g *grid) coarsest() int {
	for m := 1; m <= maxGrid; m++ {
		if g[m/64]>>(m%64)&1 != 0 {
			return m
		}
	}
	return 0
}

// steps is the number of steps of the weight range that neuron i's largest weight gets: all of
// them, or as many as keep its weights on their grid. On a grid, weights that a training tool has
// quantised, or that were written by hand, become integers exactly.
func (l *layer) steps() []float64 {
	sets := l.grids()
	out := make([]float64, l.size)
	l.grid = make([]float64, l.size)
	for i := range out {
		out[i] = l.maxWeight
		if m := sets[l.scaledWith(i)].coarsest(); m > 0 && float64(m) <= l.maxWeight {
			out[i] -= math.Mod(l.maxWeight, float64(m))
			l.grid[i] = l.largest[i] / float64(m)
		}
	}
	return out
}

// grids are the grids that the weights of each neuron are on, with those of the neurons that
// are scaled with it: those of the first of them.
func (l *layer) grids() []grid {
	with := make([]int32, l.size)
	for t := range with {
		with[t] = int32(l.scaledWith(t))
	}
	cut := spansOf(l.size)
	parts := make([][]grid, cut.parts)
	cut.each(func(part, first, last int) {
		sets := slices.Repeat([]grid{fullGrid()}, l.size)
		for _, p := range l.incoming {
			p.Weights.EachTo(first, last, func(_, t int, v float64) {
				set := &sets[with[t]]
				if *set != (grid{}) && l.largest[t] > 0 {
					set.keep(math.Abs(v*l.constants[t].Gain) / l.largest[t])
				}
			})
		}
		parts[part] = sets
	})
	for _, part := range parts[1:] {
		for i := range part {
			parts[0][i].and(&part[i])
		}
	}
	return parts[0]
}

// exact reports whether integers at the least exponent make every decision of the model:
// neurons without a leak whose weights, bias, reset and start are multiples of one step,
// and so are all potentials, and whose threshold parts the same ones when it is rounded.
func (l *layer) exact() bool {
	n := l.pop.Neuron
	if n.Model != snn.ModelIF && n.Model != snn.ModelThreshold || l.q.Host {
		return false // levels of direct input are parts of a weight
	}
	for i := range l.size {
		if l.largest[i] > 0 && !l.exactNeuron(i) {
			return false
		}
	}
	return true
}

func (l *layer) exactNeuron(i int) bool {
	c, step := &l.constants[i], l.grid[i]
	if step == 0 {
		return false
	}
	for _, x := range []float64{snn.At(l.pop.Bias, i, 0) * c.Gain, c.Reset, c.V0} {
		if !whole(x / step) {
			return false
		}
	}
	threshold, err := l.threshold(c.Threshold * l.unit(i))
	if err != nil {
		return false
	}
	// Multiples of step that are fired at begin after the threshold.
	unit, last := step*l.unit(i), math.Floor(c.Threshold/step)
	if whole(c.Threshold / step) {
		last = math.RoundToEven(c.Threshold / step)
		if l.pop.Neuron.AtLeast {
			last--
		}
	}
	return float64(threshold) >= math.RoundToEven(last*unit) &&
		float64(threshold) < math.RoundToEven((last+1)*unit)
}

// whole reports whether a number of steps is whole, up to the rounding of 32-bit floats.
func whole(x float64) bool {
	return math.Abs(x-math.RoundToEven(x)) <= 1e-6*max(1, math.Abs(x))
}

// scaledWith is the first neuron that must have the same scale as t.
func (l *layer) scaledWith(t int) int {
	if l.pop.Shared {
		return 0
	}
	if l.kernels() {
		plane := l.pop.Shape[1] * l.pop.Shape[2]
		return t / plane * plane
	}
	return t
}

// kernels reports whether the neurons of a channel share one scale, so that
// rows of a kernel are equal also where padding cuts off its largest weight
// and the chip stores them once.
func (l *layer) kernels() bool {
	if !l.chip.Weights.SharedRows || len(l.pop.Shape) != 3 {
		return false
	}
	return !slices.ContainsFunc(l.incoming, func(p *flat.Projection) bool {
		return p.Weights.Matrix != nil
	})
}
