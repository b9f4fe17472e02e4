package compiler

import "adder/snn"

// flat is the trained network with its linear chains folded: neurons and
// the synapses between them, still real numbers. It is what the passes
// hand each other between lower and quantise.
type flat struct {
	name        string
	inputName   string
	inputShape  snn.Shape
	populations []population
	projections []projection
	output      int
	dt          float64
}

// population is a layer of neurons with the constant part of its input.
type population struct {
	name   string
	shape  snn.Shape
	neuron *snn.Neuron
	// bias is the weighted input of a tick without spikes, or nil for 0.
	bias []float64
	// depth is set by retime.
	depth int
	// shared is set where potentials are compared with each other.
	shared bool
}

// fromInput as projection.source is the host's signal.
const fromInput = -1

// projection is all synapses from one source to one population that have
// the same delay.
type projection struct {
	source, target int
	// wait is the delay in ticks that the model asks for, lag the number of
	// edges on the way that carry the previous tick.
	wait, lag int
	// delay is the axonal delay, set by retime.
	delay   int
	weights realWeights
}

// realWeights are either a matrix by target or a list by source.
type realWeights struct {
	sources, targets int
	// matrix is [targets][sources], scaled by row[target] and
	// column[source] where these are not nil.
	matrix      snn.Matrix
	row, column []float64
	// start, target and value list source i at [start[i]:start[i+1]], by
	// ascending target; used where matrix is nil.
	start  []int64
	target []int32
	value  []float64
}

// eachTarget calls visit with every row of a matrix, scaled; the row is
// only valid during the call.
func (w *realWeights) eachTarget(visit func(target int, row []float64)) {
	buf := make([]float64, w.sources)
	for t := range w.targets {
		row := w.matrix.Row(t, buf)
		scale := snn.At(w.row, t, 1)
		for s := range row {
			buf[s] = row[s] * scale * snn.At(w.column, s, 1)
		}
		visit(t, buf)
	}
}

// eachEntry calls visit with every entry of a list or matrix, zeros
// included.
func (w *realWeights) eachEntry(visit func(source, target int, v float64)) {
	if w.matrix != nil {
		w.eachTarget(func(t int, row []float64) {
			for s, v := range row {
				visit(s, t, v)
			}
		})
		return
	}
	for s := range w.sources {
		for k := w.start[s]; k < w.start[s+1]; k++ {
			visit(s, int(w.target[k]), w.value[k])
		}
	}
}

// list gives the weights as a list by source, without zeros.
func (w *realWeights) list() realWeights {
	if w.matrix == nil {
		return *w
	}
	b := newListBuilder(w.sources, w.targets)
	columns := make([][]float64, w.sources)
	for s := range columns {
		columns[s] = make([]float64, w.targets)
	}
	w.eachEntry(func(s, t int, v float64) { columns[s][t] = v })
	for _, column := range columns {
		for t, v := range column {
			if v != 0 {
				b.add(int32(t), v)
			}
		}
		b.endSource()
	}
	return b.weights
}

// listBuilder appends a list source by source.
type listBuilder struct{ weights realWeights }

func newListBuilder(sources, targets int) *listBuilder {
	return &listBuilder{realWeights{sources: sources, targets: targets, start: make([]int64, 1, sources+1)}}
}

func (b *listBuilder) add(target int32, v float64) {
	b.weights.target = append(b.weights.target, target)
	b.weights.value = append(b.weights.value, v)
}

func (b *listBuilder) endSource() {
	b.weights.start = append(b.weights.start, int64(len(b.weights.target)))
}

// sum adds the weights of two projections of the same shape.
func sum(a, b realWeights) realWeights {
	x, y := a.list(), b.list()
	out := newListBuilder(x.sources, x.targets)
	dense := make([]float64, x.targets)
	for s := range x.sources {
		for k := x.start[s]; k < x.start[s+1]; k++ {
			dense[x.target[k]] += x.value[k]
		}
		for k := y.start[s]; k < y.start[s+1]; k++ {
			dense[y.target[k]] += y.value[k]
		}
		for t, v := range dense {
			if v != 0 {
				out.add(int32(t), v)
			}
			dense[t] = 0
		}
		out.endSource()
	}
	return out.weights
}
