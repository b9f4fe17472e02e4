package code

import (
	"cmp"
	"slices"

	"adder/compiler/ir"
	"adder/quantised"
)

// places maps the neurons and outputs of a population of the quantised network to neurons of the
// integer network. The zero places leave all where they are.
type places struct {
	// size is the number of neurons there.
	size int
	// neurons lists the copies of each neuron, ascending, and outputs has the neuron
	// that sends each output.
	neurons [][]int32
	outputs []int32
	// members are the neurons of each place, -1 for one that fills a window.
	members []int32
}

// newPlaces lays out the windows of a maximum one after the other, each as long as the longest: the
// neurons of a window are copies, and the last of them sends its output. Padding of a window comes
// before its members.
func newPlaces(p *quantised.Population) (at places, run int) {
	w := p.Windows
	if w == nil {
		return places{size: p.Neurons}, 1
	}
	for o := range p.Size() {
		run = max(run, int(w.Start[o+1]-w.Start[o]))
	}
	at = places{size: run * p.Size(), neurons: make([][]int32, p.Neurons)}
	for o := range p.Size() {
		members := w.Member[w.Start[o]:w.Start[o+1]]
		for range run - len(members) {
			at.members = append(at.members, -1)
		}
		for _, m := range members {
			at.neurons[m] = append(at.neurons[m], int32(len(at.members)))
			at.members = append(at.members, m)
		}
		at.outputs = append(at.outputs, int32(len(at.members)-1))
	}
	return at, run
}

// Copies is the number of further neurons that a population has on a chip: copies for overlapping
// max-pooling windows, and padding of windows at an edge.
func Copies(p *quantised.Population) int {
	at, _ := newPlaces(p)
	return at.size - p.Neurons
}

// member is the neuron of place i, -1 for none.
func (at *places) member(i int) int {
	if at.members == nil {
		return i
	}
	return int(at.members[i])
}

// placed are weights between the places of neurons, and shifted left. Where no index changes they
// share memory with the argument.
func placed(w *quantised.Weights, from, to *places, shift int) ir.Weights {
	if from.outputs == nil && to.neurons == nil && shift == 0 {
		return ir.Weights{
			Sources: w.Sources, Targets: w.Targets, Dense: w.Dense, Dense16: w.Dense16,
			Start: w.Start, Target: w.Target, Value: w.Value,
		}
	}
	out := ir.Weights{Sources: from.size, Targets: to.size, Start: make([]int64, 0, from.size+1)}
	out.Start = append(out.Start, 0)
	next := 0 // source
	for i := range from.size {
		if next < w.Sources && (from.outputs == nil || int(from.outputs[next]) == i) {
			for _, e := range row(w, next, to, shift) {
				out.Target, out.Value = append(out.Target, e.target), append(out.Value, e.value)
			}
			next++
		}
		out.Start = append(out.Start, int64(len(out.Target)))
	}
	return out
}

// synapse is an entry of a row.
type synapse struct {
	target int32
	value  int16
}

// row lists the targets of source s.
func row(w *quantised.Weights, s int, to *places, shift int) []synapse {
	var out []synapse
	w.Each(s, func(t, v int32) {
		value := int16(v << shift)
		if to.neurons == nil {
			out = append(out, synapse{t, value})
			return
		}
		for _, copied := range to.neurons[t] {
			out = append(out, synapse{copied, value})
		}
	})
	if to.neurons != nil {
		slices.SortFunc(out, func(a, b synapse) int { return cmp.Compare(a.target, b.target) })
	}
	return out
}

// widest is the width of the widest weight, shifted left.
func widest(w *quantised.Weights, shift int) int {
	bits := 1
	for s := range w.Sources {
		w.Each(s, func(_, v int32) {
			x := int64(v) << shift
			bits = max(bits, bitsFor(max(x, -x-1)))
		})
	}
	return bits
}
