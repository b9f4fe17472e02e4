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
		w.EachEntry(func(s, t int, v float64) { out.Dense[s*w.Targets+t] = int8(l.weight(t, v)) })
	case dense:
		out.Dense16 = make([]int16, cells)
		w.EachEntry(func(s, t int, v float64) {
			out.Dense16[s*w.Targets+t] = int16(l.weight(t, v))
		})
	default:
		out.Start = make([]int64, 1, w.Sources+1)
		out.Target = make([]int32, 0, len(w.Target))
		out.Value = make([]int16, 0, len(w.Target))
		for s := range w.Sources {
			for k := w.Start[s]; k < w.Start[s+1]; k++ {
				if q := l.weight(int(w.Target[k]), w.Value[k]); q != 0 {
					out.Target = append(out.Target, w.Target[k])
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
	exact := float64(v * l.constants[t].Gain)
	scaled := exact * l.scale[t]
	q := min(max(math.RoundToEven(scaled), -l.maxWeight), l.maxWeight)
	if exact != 0 {
		l.report.Weights++
		if q == 0 {
			l.report.Zeroed++
		}
	}
	back := q/l.scale[t] - exact
	l.errW += float64(back * back)
	l.sumW += float64(exact * exact)
	return int(q)
}

// hostLayer turns weights by source into a matrix by target.
func hostLayer(target int, w ir.Weights, exponent int) *ir.Host {
	h := &ir.Host{Target: target, WeightExp: exponent, Weights: make([]int16, w.Sources*w.Targets)}
	for s := range w.Sources {
		w.Each(s, func(t, v int32) { h.Weights[int(t)*w.Sources+s] = int16(v) })
	}
	return h
}
