package balance

import (
	"context"
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/router"
)

// State is the bottleneck of a mapping, as estimated.
type State struct {
	Cores int `json:"cores"`
	// Layer is the layer with most of the slowest core's work, and Bound that core's largest kind
	// of work. If the host's packets take longest, Layer is empty and Bound traffic.
	Layer string `json:"layer"`
	Bound Bound  `json:"bound"`
	// Cycles is the work of that core in a mean tick, and Tick the length of the tick, the
	// barrier included.
	Cycles float64 `json:"cycles"`
	Tick   float64 `json:"tick"`
	// Bounds is the number of cores by their Bound.
	Bounds map[Bound]int `json:"bounds"`
}

// CoreWork is the estimated work of a core in a mean tick.
type CoreWork struct {
	X int16 `json:"x"`
	Y int16 `json:"y"`
	// Layer is the layer with most of its work, Bound the largest kind of work, Cycles its time.
	Layer  string  `json:"layer"`
	Bound  Bound   `json:"bound"`
	Cycles float64 `json:"cycles"`
	Work
}

// Report is the result of balancing.
type Report struct {
	Before State `json:"before"`
	After  State `json:"after"`
	// Tried is the number of cuts that were tried.
	Tried int `json:"tried"`
}

// timed reports whether a chip states the times that an estimate takes.
func timed(chip *profile.Profile) bool {
	need := append([]string{"core.axon_lookup", "core.row_start", "core.lanes",
		"core.dense_step", "core.sparse_step", "core.neuron_update", "core.neuron_idle",
		"core.spike_out", "core.packet_out", "barrier"}, chip.MemoryFigures()...)
	return chip.Timing != nil && len(chip.Timing.Lacks(need...)) == 0
}

// Bottleneck returns the bottleneck of a placed mapping and the work of each core, in the order of
// tiles. sources are as for Network. Both are nil for a chip without times.
func Bottleneck(m *partition.Mapping, sources []int64) (*State, []CoreWork) {
	if !timed(m.Chip) || len(m.Parts) == 0 {
		return nil, nil
	}
	e := estimateOf(m, sources)
	s := stateOf(e)
	return &s, e.byCore()
}

// byCore lists the work of the cores.
func (e *estimate) byCore() []CoreWork {
	topology := e.m.Chip.Topology()
	order := make([]int, len(e.parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return e.m.Tiles[a] - e.m.Tiles[b] })
	out := make([]CoreWork, len(order))
	for k, i := range order {
		at, w := topology.At(router.Core(e.m.Tiles[i])), e.parts[i]
		out[k] = CoreWork{
			X: at.X, Y: at.Y, Layer: e.m.Net.Populations[e.dominant(i)].Name, Bound: w.Bound(),
			Cycles: w.Cycles(), Work: w,
		}
	}
	return out
}

func stateOf(e *estimate) State {
	i := e.slowest()
	w := &e.parts[i]
	s := State{Cores: len(e.parts), Cycles: w.Cycles(), Tick: e.tick(), Bound: w.Bound(),
		Bounds: map[Bound]int{}}
	for k := range e.parts {
		s.Bounds[e.parts[k].Bound()]++
	}
	if e.port > s.Cycles {
		s.Cycles, s.Bound = e.port, Traffic
		return s
	}
	s.Layer = e.m.Net.Populations[e.dominant(i)].Name
	return s
}

const (
	// maxTries bounds the cuts that are tried.
	maxTries = 64
	// pays is the least relative gain of a population's slowest core for which a cut into more
	// cores is kept, and gains that of the tick in the end.
	pays  = 0.05
	gains = 0.01
)

// Network cuts a network as partition.Network does, and then halves the neurons per core of the
// population with the slowest core, again and again, as long as that makes ticks shorter. Of the
// mappings within a percent of the shortest estimated tick it returns the one with the fewest
// cores. sources are the rates of all sources in units of 1 / rates.Full, as ir.FirstSources
// numbers them, nil for one spike per tick each. A chip without times is an error.
func Network(
	ctx context.Context, net *ir.Network, chip *profile.Profile, sources []int64,
) (*partition.Mapping, *Report, error) {
	if !timed(chip) {
		return nil, nil, fmt.Errorf("balance %s: chip %s states no times, by which cores are "+
			"balanced: "+
			"take one that does", net.Name, chip.Name)
	}
	m, err := partition.Network(ctx, net, chip)
	if err != nil {
		return nil, nil, err
	}
	s := &search{net: net, chip: chip, sources: sources, most: make([]int, len(net.Populations))}
	s.now = estimateOf(m, sources)
	if len(s.now.parts) == 0 {
		return m, &Report{}, nil
	}
	report := &Report{Before: stateOf(s.now)}
	kept := []*estimate{s.now}
	for report.Tried < maxTries {
		made, err := s.next(ctx)
		if err != nil {
			return nil, nil, err
		}
		if made == nil {
			break
		}
		report.Tried++
		kept = append(kept, made)
	}
	best := shortest(kept)
	report.After = stateOf(best)
	return best.m, report, nil
}

// shortest has the shortest tick, or one that is hardly longer, on the fewest cores.
func shortest(all []*estimate) *estimate {
	least := all[0].tick()
	for _, e := range all {
		least = min(least, e.tick())
	}
	best := (*estimate)(nil)
	for _, e := range all {
		if e.tick() <= least*(1+gains) && (best == nil || len(e.parts) < len(best.parts)) {
			best = e
		}
	}
	return best
}

// search is the state of a balancing.
type search struct {
	net     *ir.Network
	chip    *profile.Profile
	sources []int64
	// most bounds the neurons of each population in a core.
	most []int
	now  *estimate
}

// next cuts the population of the slowest core finer, or returns nil if that gains too little.
func (s *search) next(ctx context.Context) (*estimate, error) {
	slow := s.now.slowest()
	if s.now.port >= s.now.parts[slow].Cycles() {
		return nil, nil
	}
	p := s.now.dominant(slow)
	before := s.largest(s.now, p)
	for most := before - (before+2)/3; most >= 1; most -= (most + 2) / 3 {
		bounds := append([]int(nil), s.most...)
		bounds[p] = most
		m, err := partition.AtMost(ctx, s.net, s.chip, bounds)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil || s.mixes(m) {
			return nil, nil // there are no more cores, axons or routes for it
		}
		made := estimateOf(m, s.sources)
		if s.slowestOf(made, p) <= (1-pays)*s.slowestOf(s.now, p) && made.tick() <= s.now.tick() {
			s.most, s.now = bounds, made
			return made, nil
		}
	}
	return nil, nil
}

// mixes reports whether parts that should have cores of their own share cores, because the chip has
// no others.
func (s *search) mixes(m *partition.Mapping) bool {
	for i := range m.Parts {
		for _, q := range m.Parts[i].Pieces {
			if m.Parts[i].Depth != s.net.Populations[q.Population].Depth {
				return true
			}
		}
	}
	return false
}

// largest is the number of neurons of population p in its fullest part.
func (s *search) largest(e *estimate, p int) int {
	largest := 0
	for i := range e.m.Parts {
		for _, q := range e.m.Parts[i].Pieces {
			if q.Population == p {
				largest = max(largest, len(q.Neurons))
			}
		}
	}
	return largest
}

// slowestOf is the work of the slowest part that holds population p.
func (s *search) slowestOf(e *estimate, p int) float64 {
	worst := 0.0
	for i := range e.m.Parts {
		for _, q := range e.m.Parts[i].Pieces {
			if q.Population == p {
				worst = max(worst, e.parts[i].Cycles())
			}
		}
	}
	return worst
}
