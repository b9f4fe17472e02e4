package profile

import (
	"slices"
	"strings"
)

// Cycles counts periods of Timing.Clock. In a file, a field of this type may
// be written in cycles or as a time that is a whole number of periods.
type Cycles int64

// Timing holds the times of the clocked engine. Asynchronous chips state
// their time resolution as the clock.
type Timing struct {
	// Clock is the frequency of the cycle in Hz, at most 1 THz.
	Clock int64
	// Core, Router and Barrier time the three kinds of clocked parts.
	Core    CoreTiming
	Router  RouterTiming
	Barrier Barrier
	// StaticPower is the power of the idle chip in nanowatts; 0 means that the profile does not
	// state it.
	StaticPower int64
	// Unknown are the paths of figures or sections that the profile does not state, such as
	// timing.core.neuron_update; their fields are 0. A time that depends on one is not known.
	Unknown []string
}

// Lacks lists those of some figures, by their paths below timing, that are not known.
func (t *Timing) Lacks(figures ...string) []string {
	var out []string
	for _, f := range figures {
		section, _, _ := strings.Cut(f, ".")
		if slices.Contains(t.Unknown, "timing."+f) || slices.Contains(t.Unknown,
			"timing."+section) {
			out = append(out, "timing."+f)
		}
	}
	return out
}

// CoreTiming times a core. An axon entry takes
//
//	AxonLookup + RowStart + the time of its row
//
// (docs/cycle-engine.md, section 2), or AxonLookup + DelayWrite where it has a delay,
// and DelayRead more when it is due. An update takes
//
//	max(UpdateFill + slots + LearningUpdate * weights, Draw * draws)
type CoreTiming struct {
	// EarlyStart lets a core work on packets while others still arrive;
	// without it a core starts after the barrier.
	EarlyStart bool
	// AxonLookup is the time of reading an axon entry.
	AxonLookup Cycles
	// RowStart is the time from the axon entry to the first word of a row.
	RowStart Cycles
	// MemoryWord is the width of the synapse memory in bits and
	// MemoryCycle the time of one word, 0 when it is part of the steps.
	MemoryWord  int64
	MemoryCycle Cycles
	// OffChipLatency is the time from the request of a row in off-chip memory to its first word,
	// OffChipCycle that of one word.
	OffChipLatency, OffChipCycle Cycles
	// DelayWrite is the time of putting a delayed spike into the ring, DelayRead of
	// taking it out.
	DelayWrite, DelayRead Cycles
	// Lanes is the number of parallel adders, and that of the banks of accumulators.
	Lanes int
	// DenseStep, SparseStep and OthersStep time one group of up to Lanes
	// additions, by format of the row.
	DenseStep, SparseStep, OthersStep Cycles
	// NeuronUpdate is the time of one neuron slot that changes state,
	// NeuronIdle of one that does not.
	NeuronUpdate, NeuronIdle Cycles
	// UpdateFill is the time from the end of a neuron's slot as counted to its
	// result, where updates are pipelined: a tick's update takes it once.
	UpdateFill Cycles
	// Draw is the time of one random draw. Draws are made in parallel with the slots.
	Draw Cycles
	// SpikeOut is added to the slot of a neuron that fires.
	SpikeOut Cycles
	// PacketOut is the time of forming one packet.
	PacketOut Cycles
	// OutputFIFO is the number of packets that wait for the router before
	// the core stalls.
	OutputFIFO int
	// LearningUpdate is the time of one plastic weight's change.
	LearningUpdate Cycles
	// ResetWrite is the time of one state word written before a sample.
	ResetWrite Cycles
}

// RouterTiming times a router and the links that leave it.
type RouterTiming struct {
	// Pipeline is the time a packet takes through a router without
	// contention, Local the time between router and core.
	Pipeline, Local Cycles
	// East, West, North and South are the times of a link by direction.
	East, West, North, South Cycles
	// Border is the time of a link between two chips of a board, until all of the packet is
	// past it, and BorderInterval the least time between two packets on one: 0 for a
	// cycle. Both are 0 where the profile does not say.
	Border, BorderInterval Cycles
	// timed says that Border was stated.
	timed bool
	// InputBuffer is the number of packets that each input holds.
	InputBuffer int
}

// Interval is the least time between two packets on a link of a class, 0 for a cycle.
func (r *RouterTiming) Interval(class string) Cycles {
	if class == "border" {
		return r.BorderInterval
	}
	return 0
}

// Link is the time of a link of a class, by its name; ok is false for a class
// that has none.
func (r *RouterTiming) Link(class string) (time Cycles, ok bool) {
	switch class {
	case "east":
		return r.East, true
	case "west":
		return r.West, true
	case "north":
		return r.North, true
	case "south":
		return r.South, true
	case "border":
		return r.Border, r.timed
	}
	return 0, false
}

// Barrier times the synchronisation that ends a tick: Base + PerHop * hops or,
// if Table is not empty, the table's time.
type Barrier struct {
	// Base is the time for one tile, PerHop the time added by each hop of the diameter of the used
	// part of the mesh, and PerBorder the further time of each such hop between chips.
	Base, PerHop, PerBorder Cycles
	// Table lists times by number of tiles in use, ascending.
	Table []BarrierEntry
}

// BarrierEntry is the time of a barrier across a number of tiles.
type BarrierEntry struct {
	Tiles int
	Time  Cycles
}

// Cycles is the time of a barrier across the given number of tiles, `hops` links between the
// outermost, on one chip. Between two entries of the table the time is interpolated linearly and
// rounded down; beyond its ends it is that of the nearest entry.
func (b *Barrier) Cycles(tiles, hops int) Cycles {
	if len(b.Table) == 0 {
		return b.Base + b.PerHop*Cycles(hops)
	}
	i, found := slices.BinarySearchFunc(b.Table, tiles, func(e BarrierEntry, n int) int {
		return e.Tiles - n
	})
	switch {
	case found:
		return b.Table[i].Time
	case i == 0:
		return b.Table[0].Time
	case i == len(b.Table):
		return b.Table[i-1].Time
	}
	low, high := b.Table[i-1], b.Table[i]
	span, step := Cycles(high.Tiles-low.Tiles), Cycles(tiles-low.Tiles)
	return low.Time + (high.Time-low.Time)*step/span
}
