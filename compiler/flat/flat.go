// Package flat owns the flat network, the form between the passes lower and quantise: populations
// of neurons and the synapses between them, in real numbers. Linear chains are folded into
// projections, time constants into constants per tick.
//
//	flat.go      Network, Population, Projection, Weights; lists of weights and their sums
//	fold.go      the constants of a tick, from those of a neuron model
//	validate.go  the checks of a network
//	text.go      a network as text
package flat

import (
	"slices"

	"adder/snn"
)

// Network is the trained network with its linear chains folded: neurons and the synapses between
// them, still real numbers. It is the form between the passes lower and quantise.
type Network struct {
	Name        string
	InputName   string
	InputShape  snn.Shape
	Populations []Population
	Projections []Projection
	// Output is the population that is read.
	Output int
	// DT is the length of a tick in seconds, 0 where the model has none.
	DT float64
}

// Population is a layer of neurons with the constant part of its input.
type Population struct {
	Name   string
	Shape  snn.Shape
	Neuron *snn.Neuron
	// Bias is the weighted input of a tick without spikes, or nil for 0.
	Bias []float64
	// Depth is set by retime.
	Depth int
	// Shared is set where potentials are compared with each other.
	Shared bool
}

// FromInput as Projection.Source is the host's signal.
const FromInput = -1

// Projection is all synapses from one source to one population that have
// the same delay.
type Projection struct {
	// Source and Target are indices of populations; Source may be FromInput.
	Source, Target int
	// Wait is the delay of the model in ticks, Lag the number of edges of the path that carry the
	// previous tick.
	Wait, Lag int
	// Delays names the Delay nodes of the path.
	Delays []string
	// Delay is the axonal delay, set by retime.
	Delay   int
	Weights Weights
}

// Weights are either a matrix by target or a list by source.
type Weights struct {
	Sources, Targets int
	// Matrix is [targets][sources], scaled by Row[target] and
	// Column[source] where these are not nil.
	Matrix      snn.Matrix
	Row, Column []float64
	// Start, Target and Value list source i at [Start[i]:Start[i+1]], by
	// ascending target; used where Matrix is nil.
	Start  []int64
	Target []int32
	Value  []float64
}

// eachTarget calls visit with rows first..last-1 of a matrix, scaled; the row is
// only valid during the call.
func (w *Weights) eachTarget(first, last int, visit func(target int, row []float64)) {
	buf := make([]float64, w.Sources)
	for t := first; t < last; t++ {
		row := w.Matrix.Row(t, buf)
		scale := snn.At(w.Row, t, 1)
		for s := range row {
			buf[s] = row[s] * scale * snn.At(w.Column, s, 1)
		}
		visit(t, buf)
	}
}

// EachEntry calls visit with every entry of a list or matrix, zeros
// included.
func (w *Weights) EachEntry(visit func(source, target int, v float64)) {
	w.EachTo(0, w.Targets, visit)
}

// EachTo is EachEntry for targets first..last-1 alone, in the same order.
func (w *Weights) EachTo(first, last int, visit func(source, target int, v float64)) {
	if w.Matrix != nil {
		w.eachTarget(first, last, func(t int, row []float64) {
			for s, v := range row {
				visit(s, t, v)
			}
		})
		return
	}
	for s := range w.Sources {
		from, values := w.Target[w.Start[s]:w.Start[s+1]], w.Value[w.Start[s]:]
		if first > 0 {
			skip, _ := slices.BinarySearch(from, int32(first))
			from, values = from[skip:], values[skip:]
		}
		for k, t := range from {
			if int(t) >= last {
				break
			}
			visit(s, int(t), values[k])
		}
	}
}

// List returns the weights as a list by source, without zeros.
func (w *Weights) List() Weights {
	if w.Matrix == nil {
		return *w
	}
	b := NewListBuilder(w.Sources, w.Targets)
	columns := make([][]float64, w.Sources)
	for s := range columns {
		columns[s] = make([]float64, w.Targets)
	}
	w.EachEntry(func(s, t int, v float64) { columns[s][t] = v })
	for _, column := range columns {
		for t, v := range column {
			if v != 0 {
				b.Add(int32(t), v)
			}
		}
		b.EndSource()
	}
	return b.Weights
}

// ListBuilder appends a list source by source.
type ListBuilder struct{ Weights Weights }

// NewListBuilder returns an empty list for so many sources and targets.
func NewListBuilder(sources, targets int) *ListBuilder {
	return &ListBuilder{Weights{Sources: sources, Targets: targets,
		Start: make([]int64, 1, sources+1)}}
}

// Add appends a weight of the current source; targets come in ascending order.
func (b *ListBuilder) Add(target int32, v float64) {
	b.Weights.Target = append(b.Weights.Target, target)
	b.Weights.Value = append(b.Weights.Value, v)
}

// EndSource ends the current source; Add then adds to the next.
func (b *ListBuilder) EndSource() {
	b.Weights.Start = append(b.Weights.Start, int64(len(b.Weights.Target)))
}

// Join concatenates the lists of runs of sources, and empties them.
func Join(sources, targets int, parts []*ListBuilder) Weights {
	total := 0
	for _, b := range parts {
		total += len(b.Weights.Target)
	}
	out := Weights{
		Sources: sources, Targets: targets, Start: make([]int64, 1, sources+1),
		Target: make([]int32, 0, total), Value: make([]float64, 0, total),
	}
	for i, b := range parts {
		before := int64(len(out.Target))
		out.Target = append(out.Target, b.Weights.Target...)
		out.Value = append(out.Value, b.Weights.Value...)
		for _, start := range b.Weights.Start[1:] {
			out.Start = append(out.Start, before+start)
		}
		parts[i] = nil
	}
	return out
}

// Sum adds the weights of two projections of the same shape.
func Sum(a, b Weights) Weights {
	x, y := a.List(), b.List()
	out := NewListBuilder(x.Sources, x.Targets)
	dense := make([]float64, x.Targets)
	for s := range x.Sources {
		for k := x.Start[s]; k < x.Start[s+1]; k++ {
			dense[x.Target[k]] += x.Value[k]
		}
		for k := y.Start[s]; k < y.Start[s+1]; k++ {
			dense[y.Target[k]] += y.Value[k]
		}
		for t, v := range dense {
			if v != 0 {
				out.Add(int32(t), v)
			}
			dense[t] = 0
		}
		out.EndSource()
	}
	return out.Weights
}
