// Package relay puts relay neurons between layers on chips whose neurons have few destinations: a
// neuron then sends to one core, where a relay for each axon that it should reach fires a tick
// later. Targets of relays start later by as much, and delays compensate on paths without relays,
// so that every layer computes the same (docs/mapping.md).
package relay

import (
	"context"
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/partition"
)

// Report is the relays that were added.
type Report struct {
	// Neurons are the relays, in so many Groups, each in one core.
	Neurons int `json:"neurons"`
	Groups  int `json:"groups"`
	// Ticks is the delay of the output, or of the last layer without one, in ticks.
	Ticks int `json:"ticks"`
}

// Network adds relays to a network where the chip needs them, and cuts it into core loads. In the
// network of the mapping they are the populations L.relay1, L.relay2 and so on, after all others.
// If none is needed it is the network itself, and the report nil. A recurrent layer that receives
// its own spikes too soon, and a neuron that needs more relays than a core holds, are refused.
func Network(
	ctx context.Context, net *ir.Network, chip *profile.Profile,
) (*partition.Mapping, *Report, error) {
	free := *chip // routes, the reason for relays
	free.Core.OutputRoutes = max(chip.Core.OutputRoutes, 1<<24)
	m, err := partition.Network(ctx, net, &free)
	if err != nil {
		return nil, nil, err
	}
	r := &relaying{net: net, chip: chip, home: m.Homes(), reached: reachedBy(m)}
	if !r.needed() {
		m, err := partition.Network(ctx, net, chip)
		return m, nil, err
	}
	if err := r.retime(); err != nil {
		return nil, nil, err
	}
	if err := r.build(); err != nil {
		return nil, nil, err
	}
	made, err := partition.Keep(ctx, r.made, chip, r.kept(m))
	return made, &r.report, err
}

// target is an axon that a source reaches: of a projection, in a part of its targets.
type target struct{ projection, part int }

// reachedBy lists the axons of each neuron of each population.
func reachedBy(m *partition.Mapping) [][][]target {
	out := make([][][]target, len(m.Net.Populations))
	for p := range out {
		out[p] = make([][]target, m.Net.Populations[p].Size)
	}
	homes := m.Homes()
	for k := range m.Net.Projections {
		p := &m.Net.Projections[k]
		if p.Source < 0 {
			continue
		}
		for s := range p.Weights.Sources {
			list := &out[p.Source][s]
			p.EachStored(s, func(t, _ int32) {
				at := target{k, homes[p.Target][t].Part}
				if !slices.Contains(*list, at) {
					*list = append(*list, at)
				}
			})
		}
	}
	return out
}

// relaying is the state of the pass.
type relaying struct {
	net     *ir.Network
	chip    *profile.Profile
	home    [][]partition.Home
	reached [][][]target
	// later is by how much each population starts later.
	later  []int
	made   *ir.Network
	report Report
}

// through reports whether population p sends by relays: where a neuron of it has more
// destinations than it may.
func (r *relaying) through(p int) bool {
	return p >= 0 && slices.ContainsFunc(r.reached[p], func(to []target) bool {
		return len(to) > r.chip.Core.RoutesPerNeuron
	})
}

func (r *relaying) needed() bool {
	for p := range r.net.Populations {
		if r.through(p) {
			return true
		}
	}
	return false
}

// retime finds the least start of each population with which no delay falls below 0.
func (r *relaying) retime() error {
	r.later = make([]int, len(r.net.Populations))
	for round := 0; ; round++ {
		moved := -1
		for k := range r.net.Projections {
			p := &r.net.Projections[k]
			if need := r.arrives(p) - p.Delay; r.later[p.Target] < need {
				r.later[p.Target], moved = need, p.Target
			}
		}
		switch {
		case moved < 0:
			return r.checkDelays()
		case round > len(r.net.Populations):
			return r.refuse(moved, fit.LimitLoop, 2, 1,
				"a relay takes a tick that the loop does not have: "+
					"take a chip whose neurons have more destinations")
		}
	}
}

// arrives is by how much the spikes of a projection's source come later, relays included.
func (r *relaying) arrives(p *ir.Projection) int {
	if p.Source < 0 {
		return 0
	}
	if r.through(p.Source) {
		return r.later[p.Source] + 1
	}
	return r.later[p.Source]
}

// delay is that of a projection with which it arrives as it did.
func (r *relaying) delay(p *ir.Projection) int {
	return p.Delay + r.later[p.Target] - r.arrives(p)
}

func (r *relaying) checkDelays() error {
	for k := range r.net.Projections {
		p := &r.net.Projections[k]
		long := fit.LongDelay(r.chip, r.net.Populations[p.Target].Name, r.delay(p),
			"its branches differ too much in length once relays are put in: "+
				"take a chip with longer delays")
		if long != nil {
			return r.refuseExcess(*long)
		}
	}
	return nil
}

func (r *relaying) refuse(p int, limit string, need, have int64, help string) error {
	return r.refuseExcess(fit.Excess{
		Layer: r.net.Populations[p].Name, Limit: limit, Need: need, Have: have, Help: help,
	})
}

func (r *relaying) refuseExcess(e fit.Excess) error {
	return &fit.Error{Network: r.net.Name, Chip: r.chip.Name, Limits: []fit.Excess{e}}
}

// kept are the parts of the populations as cut, and the relays of each group in one.
func (r *relaying) kept(m *partition.Mapping) [][][]int32 {
	out := make([][][]int32, len(r.made.Populations))
	for i := range m.Parts {
		for _, q := range m.Parts[i].Pieces {
			out[q.Population] = append(out[q.Population], q.Neurons)
		}
	}
	for p := len(r.net.Populations); p < len(out); p++ {
		all := make([]int32, r.made.Populations[p].Size)
		for n := range all {
			all[n] = int32(n)
		}
		out[p] = [][]int32{all}
	}
	return out
}

// String is the report in a line.
func (r *Report) String() string {
	return fmt.Sprintf("%d relay neurons in %d cores, by which the output comes %d ticks later",
		r.Neurons, r.Groups, r.Ticks)
}
