package compiler

import (
	"fmt"
	"strings"
)

// retime gives every population a depth and every projection an axonal
// delay, so that signals which the model brings together in one tick meet
// in one tick of the chip (docs/neurocore.md, sections 3 and 7). With
// chipTiming every hop takes its tick and nothing is compensated: the only
// way to run a loop through several populations.
func retime(f *flat, chipTiming bool) error {
	if chipTiming {
		return retimeAsChip(f)
	}
	if err := depths(f); err != nil {
		return err
	}
	for i := range f.projections {
		p := &f.projections[i]
		to := f.populations[p.target].depth
		// A spike of logical tick k leaves at k + depth(source) and must be
		// there for logical tick k + wait + lag, at + depth(target). A
		// neuron's spike takes one tick by itself, a host's none.
		if p.source == fromInput {
			p.delay = to + p.wait + p.lag
			continue
		}
		p.delay = to + p.wait + p.lag - f.populations[p.source].depth - 1
		if p.delay < 0 {
			return fmt.Errorf("retime %s: the loop from %s back to %s passes through several populations, and on a chip each hop takes a tick: it cannot be run as the model means it; --chip-timing runs it with a tick per hop", f.name, f.populations[p.source].name, f.populations[p.target].name)
		}
	}
	return nil
}

// depths finds the least depths by relaxation: a target stands at least
// one tick below each source that it hears in the same tick of the model.
func depths(f *flat) error {
	for range len(f.populations) + 1 {
		changed := false
		for _, p := range f.projections {
			if p.source == fromInput || p.lag > 0 {
				continue
			}
			if need := f.populations[p.source].depth + 1 - p.wait; need > f.populations[p.target].depth {
				f.populations[p.target].depth = need
				changed = true
			}
		}
		if !changed {
			return nil
		}
	}
	var names []string
	for _, p := range f.populations {
		names = append(names, p.name)
	}
	return fmt.Errorf("retime %s: populations %s form a loop without a delayed edge", f.name, strings.Join(names, ", "))
}

func retimeAsChip(f *flat) error {
	for i := range f.populations {
		f.populations[i].depth = 0
	}
	for i := range f.projections {
		f.projections[i].delay = f.projections[i].wait
	}
	return nil
}
