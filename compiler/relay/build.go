package relay

import (
	"fmt"
	"slices"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/core"
)

// build makes the network with relays.
func (r *relaying) build() error {
	made := *r.net
	r.made = &made
	made.Populations = slices.Clone(r.net.Populations)
	for p := range made.Populations {
		pop := &made.Populations[p]
		pop.Depth += r.later[p]
		pop.Groups = slices.Clone(pop.Groups)
		for g := range pop.Groups {
			pop.Groups[g].Depth = int32(pop.Depth)
		}
		if p == made.Output || made.Output < 0 {
			r.report.Ticks = max(r.report.Ticks, r.later[p])
		}
	}
	made.Projections = nil
	for k := range r.net.Projections {
		p := r.net.Projections[k]
		if r.through(p.Source) {
			valued := r.net.Populations[p.Source].Value() > 0
			if p.Learning != nil || p.KeepsRows() || r.coded(p.Source) || valued {
				return r.refuse(p.Source, "destinations of one neuron that no relay stands for",
					int64(r.most(p.Source)), int64(r.chip.Core.RoutesPerNeuron),
					"rows that learn, and spikes that are digits or carry values, take no relays")
			}
			continue
		}
		p.Delay = r.delay(&p)
		made.Projections = append(made.Projections, p)
	}
	for p := range r.net.Populations {
		if r.through(p) {
			if err := r.relays(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// coded reports whether population p sends digits, in its own ticks.
func (r *relaying) coded(p int) bool {
	return r.net.Populations[p].Groups[0].Code.Kind != core.CodeNone
}

// most is the largest number of destinations of a neuron of population p.
func (r *relaying) most(p int) (most int) {
	for _, to := range r.reached[p] {
		most = max(most, len(to))
	}
	return most
}

// relays makes those of population p, in groups that a core holds.
func (r *relaying) relays(p int) error {
	limits := partition.Limits(r.net, r.chip)
	room, axons := min(limits.Neurons, limits.OutputRoutes), limits.InputAxons
	if limits.Crossbar.Columns > 0 { // more would take columns from neurons
		axons = limits.Crossbar.Axons
	}
	if most := r.most(p); most > room {
		return r.refuse(p, fit.LimitRelays, int64(most), int64(room),
			"they lie in one core: take a chip with larger cores")
	}
	var sources []int
	relays, group := 0, 0
	flush := func() {
		if len(sources) > 0 {
			group++
			r.group(p, group, sources, relays)
			sources, relays = nil, 0
		}
	}
	for n, to := range r.reached[p] {
		if len(to) == 0 {
			continue
		}
		if relays+len(to) > room || len(sources) == axons {
			flush()
		}
		sources = append(sources, n)
		relays += len(to)
	}
	flush()
	return nil
}

// group makes a population of relays for some neurons of population p, and the projections
// into and out of it.
func (r *relaying) group(p, number int, sources []int, relays int) {
	from, at := &r.made.Populations[p], len(r.made.Populations)
	depth := from.Depth + 1
	pop := ir.Population{
		Name: fmt.Sprintf("%s.relay%d", from.Name, number), Shape: []int{relays}, Size: relays,
		Depth: depth, Groups: []core.Group{{
			Count: int32(relays), Population: int32(at), Depth: int32(depth), DecayV: 4096,
		}},
		Threshold: make([]int32, relays), Bias: make([]int32, relays),
		Reset: make([]int32, relays), V0: make([]int32, relays),
	}
	into := ir.Weights{Sources: from.Size, Targets: relays, Start: []int64{0}}
	var of []target // of each relay
	var neuron []int
	next := 0
	for n := range from.Size {
		if next < len(sources) && sources[next] == n {
			for _, to := range r.reached[p][n] {
				into.Target, into.Value = append(into.Target, int32(len(of))), append(into.Value, 1)
				of, neuron = append(of, to), append(neuron, n)
			}
			next++
		}
		into.Start = append(into.Start, int64(len(into.Target)))
	}
	projection := ir.Projection{
		Name: pop.Name, Source: p, Target: at,
		WeightBits: max(2, r.chip.Weights.MinBits), Weights: into,
	}
	isTyped := func(q ir.Projection) bool { return q.AxonTypes != nil }
	if slices.ContainsFunc(r.net.Projections, isTyped) {
		projection.AxonTypes = make([]uint8, from.Size)
	}
	r.made.Populations = append(r.made.Populations, pop)
	r.made.Projections = append(r.made.Projections, projection)
	for k := range r.net.Projections {
		if r.net.Projections[k].Source == p {
			r.onwards(k, at, of, neuron)
		}
	}
	r.report.Neurons += relays
	r.report.Groups++
}

// onwards leads the relays of projection k to the targets that each relay serves.
func (r *relaying) onwards(k, at int, of []target, neuron []int) {
	old := &r.net.Projections[k]
	p := *old
	p.Name, p.Source, p.Delay = r.made.Populations[at].Name+"."+old.Name, at, r.delay(old)
	p.AxonTypes = nil
	w := ir.Weights{Sources: len(of), Targets: old.Weights.Targets, Start: []int64{0}}
	for i, to := range of {
		if to.projection == k {
			old.Weights.Each(neuron[i], func(t, v int32) {
				if r.home[old.Target][t].Part == to.part {
					w.Target, w.Value = append(w.Target, t), append(w.Value, int16(v))
				}
			})
		}
		w.Start = append(w.Start, int64(len(w.Target)))
		if old.AxonTypes != nil {
			p.AxonTypes = append(p.AxonTypes, old.AxonTypes[neuron[i]])
		}
	}
	p.Weights = w
	if len(w.Target) > 0 {
		r.made.Projections = append(r.made.Projections, p)
	}
}
