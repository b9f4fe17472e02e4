package quantise

import (
	"math"

	"adder/compiler/flat"
	"adder/compiler/ir"
)

// sparseBelow is the share of nonzero entries under which a list takes
// less memory than a matrix.
const sparseBelow = 0.5

// weights rounds a projection's weights to integers.
func (l *layer) weights(w *flat.Weights) ir.Weights {
	out := ir.Weights{Sources: w.Sources, Targets: w.Targets}
	cells := w.Sources * w.Targets
	dense := w.Matrix != nil || float64(len(w.Target)) > sparseBelow*float64(cells)
	switch {
	case dense && l.q.WeightBits <= 8:
		out.Dense = make([]int8, cells)
		fill(l, w, out.Dense)
	case dense:
		out.Dense16 = make([]int16, cells)
		fill(l, w, out.Dense16)
	default:
		l.list(w, &out)
	}
	if l.sumW > 0 {
		l.report.WeightError = math.Sqrt(l.errW / l.sumW)
	}
	return out
}

// fill rounds weights into a matrix by source.
func fill[W int8 | int16](l *layer, w *flat.Weights, out []W) {
	made := make([]rounded, w.Targets)
	spansOf(w.Targets).each(func(_, first, last int) {
		w.EachTo(first, last, func(s, t int, v float64) {
			out[s*w.Targets+t] = W(l.weight(t, v, &made[t]))
		})
	})
	l.add(made)
}

// list rounds weights into a list by source, without zeros. Each run of sources is written
// where its own begin in w, and moved to the end of those before it.
func (l *layer) list(w *flat.Weights, out *ir.Weights) {
	out.Start = make([]int64, w.Sources+1)
	out.Target = make([]int32, len(w.Target))
	out.Value = make([]int16, len(w.Target))
	made := make([]rounded, w.Sources)
	counts := make([]int64, w.Sources)
	cut := spansOf(w.Sources)
	cut.each(func(_, first, last int) {
		at := w.Start[first]
		for s := first; s < last; s++ {
			before := at
			for k := w.Start[s]; k < w.Start[s+1]; k++ {
				if q := l.weight(int(w.Target[k]), w.Value[k], &made[s]); q != 0 {
					out.Target[at], out.Value[at] = w.Target[k], int16(q)
					at++
				}
			}
			counts[s] = at - before
		}
	})
	for s, n := range counts {
		out.Start[s+1] = out.Start[s] + n
	}
	for i := range cut.parts {
		first, last := cut.span(i)
		from, to, n := w.Start[first], out.Start[first], out.Start[last]-out.Start[first]
		copy(out.Target[to:], out.Target[from:from+n])
		copy(out.Value[to:], out.Value[from:from+n])
	}
	end := out.Start[w.Sources]
	out.Target, out.Value = out.Target[:end], out.Value[:end]
	l.add(made)
}

// rounded is the effect of rounding weights: the number of those that are not 0, those that became
// 0, and the squares of errors and weights.
type rounded struct {
	weights, zeroed int64
	errW, sumW      float64
}

// weight rounds one weight of neuron t and records the error.
func (l *layer) weight(t int, v float64, made *rounded) int {
	exact := float64(v * l.constants[t].Gain)
	scaled := exact * l.scale[t]
	q := min(max(math.RoundToEven(scaled), -l.maxWeight), l.maxWeight)
	if exact != 0 {
		made.weights++
		if q == 0 {
			made.zeroed++
		}
	}
	back := q/l.scale[t] - exact
	made.errW += float64(back * back)
	made.sumW += float64(exact * exact)
	return int(q)
}

// add adds up what rounding did, always in the same order.
func (l *layer) add(made []rounded) {
	for i := range made {
		l.report.Weights += made[i].weights
		l.report.Zeroed += made[i].zeroed
		l.errW += made[i].errW
		l.sumW += made[i].sumW
	}
}

// hostLayer turns weights by source into a matrix by target.
func hostLayer(target int, w ir.Weights, exponent int) *ir.Host {
	h := &ir.Host{Target: target, WeightExp: exponent, Weights: make([]int16, w.Sources*w.Targets)}
	for s := range w.Sources {
		w.Each(s, func(t, v int32) { h.Weights[int(t)*w.Sources+s] = int16(v) })
	}
	return h
}
