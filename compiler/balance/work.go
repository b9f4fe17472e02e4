package balance

import (
	"math"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/rates"
	"adder/compiler/row"
	"adder/router"
)

// Bound is the kind of work that takes the largest part of a core's tick.
type Bound string

// Bounds lists the bounds in the order in which reports have them.
func Bounds() []Bound { return []Bound{Memory, Additions, Updates, Traffic} }

// The bounds: words of synapse memory, additions where these take longer than the words,
// updates of neurons with their spikes, and packets, which come one per cycle.
const (
	Memory    Bound = "memory"
	Additions Bound = "additions"
	Updates   Bound = "updates"
	Traffic   Bound = "traffic"
)

// Work is the estimated work of a core in a mean tick, in cycles. Memory and Additions are the
// times of deliveries, by the part that limits them; Traffic overlaps with them.
type Work struct {
	Memory    float64 `json:"memory"`
	Additions float64 `json:"additions"`
	Updates   float64 `json:"updates"`
	Traffic   float64 `json:"traffic"`
}

// Cycles is the time of the core.
func (w *Work) Cycles() float64 {
	return max(w.Memory+w.Additions+w.Updates, w.Traffic)
}

// Bound is the largest part of it.
func (w *Work) Bound() Bound {
	switch max(w.Memory, w.Additions, w.Updates, w.Traffic) {
	case w.Traffic:
		return Traffic
	case w.Updates:
		return Updates
	case w.Additions:
		return Additions
	}
	return Memory
}

// estimate is the work of a mapping.
type estimate struct {
	m    *partition.Mapping
	time *profile.CoreTiming
	// parts has the work of each part, and own[i] that of each piece of part i alone.
	parts []Work
	own   [][]float64
	// port is the traffic where the host's packets enter.
	port float64
}

// estimateOf goes over all synapses of a mapping. sources are the rates of its sources, as
// ir.FirstSources numbers them, in units of 1 / rates.Full, nil for a spike a tick each.
func estimateOf(m *partition.Mapping, sources []int64) *estimate {
	e := &estimate{
		m: m, time: m.Chip.RowTiming(), parts: make([]Work, len(m.Parts)),
		own: make([][]float64, len(m.Parts)),
	}
	for i := range m.Parts {
		e.own[i] = make([]float64, len(m.Parts[i].Pieces))
	}
	rate := func(source int) float64 {
		if sources == nil {
			return 1
		}
		return float64(sources[source]) / rates.Full
	}
	first, total := ir.FirstSources(m.Net)
	homes := m.Homes()
	copies := make([]float64, total) // packets of each source's spike
	for k := range m.Net.Projections {
		e.deliveries(k, homes, first, rate, copies)
	}
	for s := range m.Net.Input.Size {
		e.port += rate(s) * copies[s]
	}
	for p := range m.Net.Populations {
		for n, home := range homes[p] {
			s := first[p] + n
			e.update(home.Part, p, rate(s), copies[s])
		}
	}
	return e
}

// extent is a row of a source in a part, in the making.
type extent struct{ entries, first, last int32 }

// deliveries adds the work of projection k, and counts the packets of its sources: one, or one per
// receiving part on a mesh without multicast.
func (e *estimate) deliveries(
	k int, homes [][]partition.Home, first []int, rate func(int) float64, copies []float64,
) {
	p := &e.m.Net.Projections[k]
	base := 0
	if p.Source >= 0 {
		base = first[p.Source]
	}
	rows := make([]extent, len(e.m.Parts))
	var touched []int
	for s := range p.Weights.Sources {
		p.EachStored(s, func(t, _ int32) {
			home := homes[p.Target][t]
			r := &rows[home.Part]
			at := int32(home.Index)
			if r.entries == 0 {
				touched = append(touched, home.Part)
				r.first, r.last = at, at
			}
			r.entries++
			r.first, r.last = min(r.first, at), max(r.last, at)
		})
		for _, part := range touched {
			e.delivery(part, p, rows[part], rate(base+s))
			rows[part] = extent{}
		}
		if !e.m.Chip.Multicast {
			copies[base+s] += float64(len(touched))
		} else if len(touched) > 0 {
			copies[base+s] = 1
		}
		touched = touched[:0]
	}
}

// delivery adds the work of a row in a part, read so often in a tick.
func (e *estimate) delivery(part int, p *ir.Projection, r extent, often float64) {
	t, w := e.time, &e.parts[part]
	bits, format := row.Bits(int(r.entries), int(r.last-r.first)+1, p.WeightBits, e.m.Chip)
	adders, step := int64(r.last-r.first)+1, t.DenseStep
	if format == profile.Sparse {
		adders, step = int64(r.entries), t.SparseStep
	}
	words := (bits + t.MemoryWord - 1) / t.MemoryWord * int64(t.MemoryCycle)
	groups := (adders + int64(t.Lanes) - 1) / int64(t.Lanes) * int64(step)
	cycles := often * float64(int64(t.AxonLookup+t.RowStart)+max(words, groups))
	if words >= groups {
		w.Memory += cycles
	} else {
		w.Additions += cycles
	}
	w.Traffic += often
	e.owned(part, p.Target, cycles)
}

// update adds that of a neuron of population p that fires at a rate.
func (e *estimate) update(part, p int, often, packets float64) {
	t := e.time
	slot := math.Max(float64(t.NeuronUpdate), float64(t.NeuronIdle))
	cycles := slot + often*(float64(t.SpikeOut)+packets*float64(t.PacketOut))
	e.parts[part].Updates += cycles
	e.parts[part].Traffic += often * packets
	e.owned(part, p, cycles)
}

// owned notes which population of a part the work is for.
func (e *estimate) owned(part, population int, cycles float64) {
	for k := range e.m.Parts[part].Pieces {
		if e.m.Parts[part].Pieces[k].Population == population {
			e.own[part][k] += cycles
			return
		}
	}
}

// slowest is the part that takes longest, the first of several, -1 for none.
func (e *estimate) slowest() int {
	worst := -1
	for i := range e.parts {
		if worst < 0 || e.parts[i].Cycles() > e.parts[worst].Cycles() {
			worst = i
		}
	}
	return worst
}

// dominant is the population that takes most of a part.
func (e *estimate) dominant(part int) int {
	best := 0
	for k, cycles := range e.own[part] {
		if cycles > e.own[part][best] {
			best = k
		}
	}
	return e.m.Parts[part].Pieces[best].Population
}

// tick is the length of a mean tick: that of the slowest core or of the host's packets, and
// the barrier over a square of so many cores.
func (e *estimate) tick() float64 {
	longest := e.port
	if i := e.slowest(); i >= 0 {
		longest = max(longest, e.parts[i].Cycles()+float64(e.time.UpdateFill))
	}
	side := 1
	for side*side < len(e.parts) {
		side++
	}
	corner := router.Mesh{Width: int16(side), Height: int16(side)}
	hops := corner.Distance(router.Coord{}, router.Coord{X: int16(side - 1), Y: int16(side - 1)})
	return longest + float64(e.m.Chip.Timing.Barrier.Cycles(len(e.parts), hops))
}
