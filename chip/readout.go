package chip

import (
	"slices"

	"adder/layout"
)

// readout collects the values that a class is read from.
type readout struct {
	layout *layout.Readout
	byTick bool
	out    *Outcome
}

func (o *readout) begin(r *run) {
	*o = readout{layout: &r.chip.image.Readout, byTick: r.opts.ByTick, out: r.out}
	if o.layout.Kind != layout.ReadoutNone {
		r.out.Output = make([]int32, r.chip.Size(int(o.layout.Population)))
	}
	if !o.byTick || r.stepping != nil {
		return
	}
	r.out.ClassByTick = make([]int, r.ticks)
	for t := range r.out.ClassByTick {
		r.out.ClassByTick[t] = -1
	}
}

// reads reports whether spikes of population p count.
func (o *readout) reads(p int32) bool {
	return p == o.layout.Population && o.out.Output != nil &&
		o.layout.Kind != layout.ReadoutPotential
}

// spike counts a spike of a neuron of population p.
func (o *readout) spike(p int32, logical int) {
	if o.reads(p) {
		o.out.Output[logical]++
	}
}

// tick reads what there is to read after tick t.
func (o *readout) tick(r *run, t int32) {
	if o.layout.Kind == layout.ReadoutNone {
		return
	}
	at, inside := r.inWindow(int(o.layout.Population), t)
	if !inside {
		return
	}
	coded := r.chip.spans[o.layout.Population] > 0
	last := at == r.chip.span(int(o.layout.Population), r.ticks)-1
	if o.layout.Kind == layout.ReadoutPotential && (o.byTick && !coded || last) {
		r.potentials(int(o.layout.Population), o.out.Output)
	}
	if !o.byTick || coded { // a code has no class before its end (finish)
		return
	}
	if r.stepping != nil {
		o.out.ClassByTick = append(o.out.ClassByTick, -1)
	}
	o.out.ClassByTick[at] = class(o.layout, o.out.Output, at+1)
}

// finish gives the class of a population with a code to the last tick.
func (o *readout) finish(r *run) {
	if !o.byTick || o.layout.Kind == layout.ReadoutNone || r.chip.spans[o.layout.Population] == 0 {
		return
	}
	o.out.ClassByTick = slices.Repeat([]int{-1}, int(r.ticks))
	o.out.ClassByTick[r.ticks-1] = o.out.Class
}

// Class computes the class from the values of the readout, as an engine does: spike counts after a
// number of ticks, or potentials. Ties go to the lowest class; it is -1 without a readout. A single
// value separates two classes: a potential is a logit and means class 1 above 0, and a count is a
// rate that means class 1 above one spike in two ticks.
func Class(r *layout.Readout, values []int32, ticks int) int {
	return class(r, values, int32(ticks))
}

func class(r *layout.Readout, values []int32, ticks int32) int {
	switch r.Kind {
	case layout.ReadoutNone:
		return -1
	case layout.ReadoutLabels:
		return labelClass(r, values)
	}
	if len(values) == 1 {
		return single(values[0], r.Kind == layout.ReadoutCount, ticks)
	}
	best := 0
	for n, v := range values {
		if v > values[best] {
			best = n
		}
	}
	return best
}

// single reads one of two classes from one value.
func single(value int32, count bool, ticks int32) int {
	bar := int32(0)
	if count {
		bar = ticks / 2
	}
	if value > bar {
		return 1
	}
	return 0
}

// labelClass takes the class with the largest mean over its neurons of their
// counts, weighted by their proportions if there are any. Means are compared as
// fractions.
func labelClass(r *layout.Readout, counts []int32) int {
	total, members := make([]int64, r.Classes), make([]int64, r.Classes)
	for n, label := range r.Labels {
		if label < 0 {
			continue
		}
		score := int64(counts[n])
		if len(r.Proportions) > 0 {
			score *= int64(r.Proportions[n])
		}
		total[label] += score
		members[label]++
	}
	best := 0
	for k := range total {
		if members[k] == 0 {
			continue
		}
		if members[best] == 0 || total[k]*members[best] > total[best]*members[k] {
			best = k
		}
	}
	return best
}
