package compiler

import (
	"fmt"
	"slices"
	"strings"
)

// retime gives every population a depth and every projection an axonal
// delay, so that signals which the model brings together in one tick meet
// in one tick of the chip (docs/neurocore.md, sections 3 and 7). With
// chipTiming every hop takes its tick and nothing is compensated: the only
// way to run a loop through several populations. It returns warnings.
func retime(f *flat, chipTiming bool) ([]string, error) {
	loop := depths(f)
	if chipTiming {
		retimeAsChip(f)
		return chipTimingWarnings(f, loop), nil
	}
	if loop != nil {
		return nil, fmt.Errorf("retime %s: the loop %s passes through several populations, and on a chip each hop takes a tick: it cannot be run as the model means it; --chip-timing runs it with a tick per hop", f.name, f.path(loop))
	}
	for i := range f.projections {
		p := &f.projections[i]
		to := f.populations[p.target].depth
		// A spike of logical tick k leaves at k + depth(source) and must be
		// there for logical tick k + wait + lag, at + depth(target). A
		// neuron's spike takes one tick by itself, a host's none.
		p.delay = to + p.wait + p.lag
		if p.source != fromInput {
			p.delay -= f.populations[p.source].depth + 1
		}
	}
	return nil, nil
}

// depths finds the least depths by relaxation: a target stands at least
// one tick below each source that it hears in the same tick of the model,
// less what the model itself waits. Where no depths will do, it returns a
// loop of populations that the model crosses faster than a tick per hop.
func depths(f *flat) []int {
	from := make([]int, len(f.populations)) // whose spikes set the depth
	for range f.populations {
		if relax(f, from) < 0 {
			return nil
		}
	}
	last := relax(f, from)
	if last < 0 {
		return nil
	}
	// A depth that still grows was set by a loop: walk into it, then around.
	for range f.populations {
		last = from[last]
	}
	loop := []int{last}
	for p := from[last]; p != last; p = from[p] {
		loop = append(loop, p)
	}
	slices.Reverse(loop)
	return loop
}

// relax goes over all projections once and returns the last population
// whose depth grew, or -1.
func relax(f *flat, from []int) int {
	grew := -1
	for _, p := range f.projections {
		if p.source == fromInput {
			continue
		}
		if need := f.populations[p.source].depth + 1 - p.wait - p.lag; need > f.populations[p.target].depth {
			f.populations[p.target].depth = need
			from[p.target] = p.source
			grew = p.target
		}
	}
	return grew
}

// path writes a loop of populations as "a -> b -> a".
func (f *flat) path(loop []int) string {
	names := make([]string, 0, len(loop)+1)
	for _, p := range append(slices.Clip(loop), loop[0]) {
		names = append(names, f.populations[p].name)
	}
	return strings.Join(names, " -> ")
}

func retimeAsChip(f *flat) {
	for i := range f.populations {
		f.populations[i].depth = 0
	}
	for i := range f.projections {
		f.projections[i].delay = f.projections[i].wait
	}
}

func chipTimingWarnings(f *flat, loop []int) []string {
	out := []string{"chip timing: each hop between populations takes a tick and nothing makes up for it, so that paths of different length arrive at different times and outputs late; the model means a hop to take none"}
	if loop != nil {
		out = append(out, fmt.Sprintf("chip timing: the loop %s takes a tick per hop, more than the model means", f.path(loop)))
	}
	return out
}
