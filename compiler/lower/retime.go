package lower

import (
	"fmt"
	"slices"
	"strings"

	"adder/compiler/flat"
)

// Retime gives every population a depth and every projection an axonal delay, so that signals which
// meet in one tick of the model meet in one tick of the chip (docs/neurocore.md, sections 3 and 7).
// With chipTiming every hop takes its tick and nothing is compensated: the only way to run a loop
// through several populations. It returns warnings.
func Retime(f *flat.Network, chipTiming bool) ([]string, error) {
	loop := depths(f)
	if chipTiming {
		retimeAsChip(f)
		return chipTimingWarnings(f, loop), nil
	}
	if loop != nil {
		return nil, fmt.Errorf("retime %s: the loop %s passes through several populations, and "+
			"on a chip each hop takes a tick: it cannot be run as the model means it; "+
			"--chip-timing runs it with a tick per hop", f.Name, pathOf(f, loop))
	}
	for i := range f.Projections {
		p := &f.Projections[i]
		to := f.Populations[p.Target].Depth
		// A spike of logical tick k leaves at k + depth(source) and must be there for logical tick
		// k + wait + lag, at + depth(target). A neuron's spike takes one tick without a delay, a
		// host's none.
		p.Delay = to + p.Wait + p.Lag
		if p.Source != flat.FromInput {
			p.Delay -= f.Populations[p.Source].Depth + 1
		}
	}
	return nil, nil
}

// depths finds the least depths by relaxation: the depth of a target is at least that of each
// source of the same model tick plus one, less the delay of the projection in the model. Where no
// depths will do, it returns a loop of populations that the model crosses faster than a tick per
// hop.
func depths(f *flat.Network) []int {
	from := make([]int, len(f.Populations)) // whose spikes set the depth
	for range f.Populations {
		if relax(f, from) < 0 {
			return nil
		}
	}
	last := relax(f, from)
	if last < 0 {
		return nil
	}
	// A depth that still grows was set by a loop: walk into it, then around.
	for range f.Populations {
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
func relax(f *flat.Network, from []int) int {
	grew := -1
	for _, p := range f.Projections {
		if p.Source == flat.FromInput {
			continue
		}
		if need := f.Populations[p.Source].Depth + 1 - p.Wait -
			p.Lag; need > f.Populations[p.Target].Depth {
			f.Populations[p.Target].Depth = need
			from[p.Target] = p.Source
			grew = p.Target
		}
	}
	return grew
}

// pathOf writes a loop of populations as "a -> b -> a".
func pathOf(f *flat.Network, loop []int) string {
	names := make([]string, 0, len(loop)+1)
	for _, p := range append(slices.Clip(loop), loop[0]) {
		names = append(names, f.Populations[p].Name)
	}
	return strings.Join(names, " -> ")
}

func retimeAsChip(f *flat.Network) {
	for i := range f.Populations {
		f.Populations[i].Depth = 0
	}
	for i := range f.Projections {
		f.Projections[i].Delay = f.Projections[i].Wait
	}
}

func chipTimingWarnings(f *flat.Network, loop []int) []string {
	out := []string{"chip timing: each hop between populations takes a tick and nothing makes up " +
		"for it, so that paths of different length arrive at different times and outputs late; " +
		"the model means a hop to take none"}
	if loop != nil {
		out = append(out,
			fmt.Sprintf("chip timing: the loop %s takes a tick per hop, more than the model means",
				pathOf(f, loop)))
	}
	return out
}
