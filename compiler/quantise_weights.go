package compiler

import (
	"math"

	"adder/compiler/ir"
)

// sparseBelow is the share of nonzero entries under which a list takes
// less memory than a matrix.
const sparseBelow = 0.5

// weights rounds a projection's weights to integers.
func (l *layer) weights(w *realWeights) ir.Weights {
	out := ir.Weights{Sources: w.sources, Targets: w.targets}
	cells := w.sources * w.targets
	dense := w.matrix != nil || float64(len(w.target)) > sparseBelow*float64(cells)
	switch {
	case dense && l.q.WeightBits <= 8:
		out.Dense = make([]int8, cells)
		w.eachEntry(func(s, t int, v float64) { out.Dense[s*w.targets+t] = int8(l.weight(t, v)) })
	case dense:
		out.Dense16 = make([]int16, cells)
		w.eachEntry(func(s, t int, v float64) { out.Dense16[s*w.targets+t] = int16(l.weight(t, v)) })
	default:
		out.Start = make([]int64, 1, w.sources+1)
		for s := range w.sources {
			for k := w.start[s]; k < w.start[s+1]; k++ {
				if q := l.weight(int(w.target[k]), w.value[k]); q != 0 {
					out.Target = append(out.Target, w.target[k])
					out.Value = append(out.Value, int16(q))
				}
			}
			out.Start = append(out.Start, int64(len(out.Target)))
		}
	}
	if l.sumW > 0 {
		l.report.WeightError = math.Sqrt(l.errW / l.sumW)
	}
	return out
}

// weight rounds one weight of neuron t and notes the error.
func (l *layer) weight(t int, v float64) int {
	exact := float64(v * l.constants[t].gain)
	scaled := exact * l.scale[t]
	q := min(max(math.RoundToEven(scaled), -l.maxWeight), l.maxWeight)
	back := q/l.scale[t] - exact
	l.errW += float64(back * back)
	l.sumW += float64(exact * exact)
	return int(q)
}

// hostLayer turns weights by source into a matrix by target.
func hostLayer(target int, w ir.Weights, exponent int) *ir.Host {
	h := &ir.Host{Target: target, WeightExp: exponent, Weights: make([]int16, w.Sources*w.Targets)}
	for s := range w.Sources {
		w.Each(s, func(t int32, v int16) { h.Weights[int(t)*w.Sources+s] = v })
	}
	return h
}
