package core

import (
	"adder/core/kernel"
	"adder/fixedpoint"
)

// Core is a loaded neurocore: shared tables and its own state. New and Fork return one in the state
// after Begin. A Core is not safe for concurrent use; forks of it are independent of each other.
type Core struct {
	*tables
	// accumulator are the sums of the coming tick: sums or, where many ticks are summed at
	// once, those of the window.
	accumulator []int32
	sums        []int32
	potential   []int32
	current     []int32  // nil if no group has a current
	refractory  []uint16 // nil if no group has a refractory period
	passed      []uint16 // q of groups with a table of boundaries, nil without any
	// resting are, per group, the coming updates in which a neuron may be
	// refractory.
	resting []uint16
	// drive is added to the potential in addition to the input: the bias, and the host current if
	// one is set.
	drive []int64
	// hosted holds drive while a host current is set.
	hosted []int64
	// hostCurrents are the nonzero host currents of each group.
	hostCurrents []int64
	lanes        lanes
	spread       spread
	merge        merge
	// touched is set by the first delivery of a tick.
	touched bool
	// quiet marks the groups of which the last update changed nothing with
	// no input. Until a spike arrives the next one changes nothing either.
	quiet []bool
	// into are the counters of each population, in the order of Populations; own are those used
	// unless CountInto sets others.
	into []*Counts
	own  []Counts
	// only is into[0] of a core with one population, else nil.
	only *Counts

	// level is threshold + theta of each neuron, or the thresholds where no
	// group is adaptive; theta is nil then.
	level, theta []int32
	plastic      *plastic // nil without plastic rows
	// target is per neuron, nil without.
	target []int32
	// barred counts the samples for which each neuron is barred, nil if none ever was; bar is its
	// value after a win.
	barred []uint16
	bar    uint16
	fired  []int32 // scratch of takeAll
	// swift are the kernels of groups that have one, steady says which can advance by many ticks at
	// once; drive32 is drive in their form, fires scratch of the neurons that fired.
	swift   []*kernel.Neurons
	steady  []bool
	drive32 []int32
	fires   []uint64
	// set64 takes the neurons that fire, nil where they are listed.
	set64  []uint64
	window *Window // nil without any
	batch  tickBatch
	values
	// axonSet, left, before and found are scratch.
	axonSet  []int32
	before   rivals
	foreseen foreseen
	left     []int32
	found    []int32
	// source and sample key the draws.
	source fixedpoint.Source
	sample uint64
	// learning is the mode; learned says that plastic and target belong to
	// this core alone.
	learning, learned bool
}

func newCore(shared *tables) *Core {
	neurons := len(shared.v0)
	c := &Core{
		tables:       shared,
		sums:         make([]int32, neurons),
		potential:    make([]int32, neurons),
		drive:        shared.biasV,
		hostCurrents: make([]int64, len(shared.groups)),
		lanes:        makeLanes(neurons),
		spread:       makeSpread(neurons),
		quiet:        make([]bool, len(shared.groups)),
		resting:      make([]uint16, len(shared.groups)),
	}
	c.accumulator = c.sums
	if shared.hasCurrent {
		c.current = make([]int32, neurons)
	}
	if shared.hasRefractory {
		c.refractory = make([]uint16, neurons)
	}
	if shared.hasTable {
		c.passed = make([]uint16, neurons)
	}
	if shared.widths.MergeDuplicates {
		c.merge = makeMerge(len(shared.axons))
	}
	c.own, c.into = make([]Counts, len(shared.populations)), make([]*Counts,
		len(shared.populations))
	c.ResetCounts()
	copy(c.potential, shared.v0)
	c.emptyDead()
	c.plastic, c.target, c.level = shared.plastic, shared.target, shared.threshold
	c.source = fixedpoint.NewSource(0)
	if shared.hasTheta {
		c.theta, c.level = make([]int32, neurons), make([]int32, neurons)
		for i := range c.groups {
			c.loadTheta(&c.groups[i])
		}
		c.raiseThresholds()
	}
	c.makeValues()
	c.prepareSwift()
	return c
}

// Fork returns a core with the same contents in its state before a sample, without host current and
// with zero counts. It shares the immutable tables with c, so that samples can run in parallel.
func (c *Core) Fork() *Core { return newCore(c.tables) }

// Tables returns a core without a state: it is there to be forked, ordered and asked what it was
// loaded with.
func (c *Core) Tables() *Core { return &Core{tables: c.tables} }

// Begin puts the core into its state before a sample: v0 in the potentials, zero in currents,
// refractory counters and accumulators. The host current and what was learned are kept; traces are
// cleared.
func (c *Core) Begin() {
	c.flush()
	clear(c.accumulator)
	clear(c.current)
	clear(c.refractory)
	clear(c.passed)
	clear(c.resting)
	clear(c.quiet)
	copy(c.potential, c.v0)
	c.beginValues()
	c.emptyDead()
	c.endTick()
	c.foreseen.due.Ticks = 0
	for k, writes := range c.resetWrites {
		c.into[k].ResetWrites += writes
	}
	if c.theta != nil {
		c.beginTheta()
	}
	if c.learning && c.plastic != nil {
		for i := range c.plastic.learners {
			b := &c.plastic.learners[i]
			b.clear()
			c.countsOf(b).ResetWrites += int64(b.rows) + int64(b.count)
		}
	}
}

// SetHost sets the host current that is added to each neuron's potential in every update, in least
// significant bits of the potential, until the next SetHost. currents has one entry per neuron, or
// is nil for none; it is copied.
func (c *Core) SetHost(currents []int32) {
	clear(c.quiet)
	clear(c.hostCurrents)
	defer c.prepareSwift()
	c.drive = c.biasV
	if currents == nil {
		return
	}
	if c.hosted == nil {
		c.hosted = make([]int64, len(c.biasV))
	}
	c.drive = c.hosted
	for i := range c.groups {
		g := &c.groups[i]
		for n := g.first; n < g.last; n++ {
			c.hosted[n] = c.biasV[n] + int64(currents[n])
			if currents[n] != 0 {
				c.hostCurrents[i]++
			}
		}
	}
}

// Neurons is the number of neurons.
func (c *Core) Neurons() int { return len(c.v0) }

// Axons is the number of entries of the axon table.
func (c *Core) Axons() int { return len(c.axons) }

// AxonDelay is the delay of an axon entry in ticks.
func (c *Core) AxonDelay(axon int32) int32 { return int32(c.axons[axon].Delay) }

// Potential is v of neuron n, after the last Tick or Begin.
func (c *Core) Potential(n int) int32 { return c.potential[n] }

// Potentials returns v of all neurons. The slice belongs to the core, must not be changed, and is
// valid until the next Tick or Begin.
func (c *Core) Potentials() []int32 { return c.potential }

// Current is u of neuron n, 0 for a neuron without current.
func (c *Core) Current(n int) int32 {
	if c.current == nil {
		return 0
	}
	return c.current[n]
}

// Refractory is the refractory counter of neuron n: the number of next updates in which it discards
// its input.
func (c *Core) Refractory(n int) int32 {
	if c.refractory == nil {
		return 0
	}
	return int32(c.refractory[n])
}

// Populations lists the populations with neurons in the core, each once, in the order of their
// first neurons; a core without neurons has the one population -1. The slice belongs to the core.
func (c *Core) Populations() []int32 { return c.populations }

// CountInto makes n the counters of the k-th of Populations from now on.
func (c *Core) CountInto(k int, n *Counts) {
	c.into[k] = n
	if len(c.into) == 1 {
		c.only = n
	}
}

// Counts returns the sum of the core's counters: the counts since New, Fork or ResetCounts, unless
// CountInto set others.
func (c *Core) Counts() Counts {
	var sum Counts
	for _, n := range c.into {
		sum.Add(n)
	}
	return sum
}

// Work is the part of a core's counters that says how long it works on its neurons.
type Work struct{ NeuronUpdates, BoundaryReads, LearningUpdates, Draws int64 }

// Work returns the sum of these, as Counts that of all.
func (c *Core) Work() Work {
	var sum Work
	for _, n := range c.into {
		sum.NeuronUpdates += n.NeuronUpdates
		sum.BoundaryReads += n.BoundaryReads
		sum.LearningUpdates += n.LearningUpdates
		sum.Draws += n.Draws
	}
	return sum
}

// ResetCounts has the core count into its own counters, from zero.
func (c *Core) ResetCounts() {
	clear(c.own)
	for k := range c.own {
		c.CountInto(k, &c.own[k])
	}
}

// countsOf are the counters of a learner.
func (c *Core) countsOf(b *learner) *Counts { return c.into[c.groups[b.group].share] }
