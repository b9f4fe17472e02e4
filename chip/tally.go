package chip

import (
	"cmp"
	"slices"

	"adder/core"
	"adder/router"
)

// tally is where a run counts: in total or, with Options.ByTick, by the
// compensated tick that causes what is counted.
type tally struct {
	byTick bool
	ticks  int32
	depths []int32   // per core: the least depth of its groups
	leads  [][]int32 // per core and axon entry, with byTick
	out    *Outcome
}

func newTally(c *Chip, opts Options) tally {
	t := tally{byTick: opts.ByTick, ticks: int32(opts.Ticks)}
	for i := range c.image.Cores {
		t.depths = append(t.depths, leastDepth(c.image.Cores[i].Config.Groups))
	}
	if opts.ByTick {
		t.leads = c.leads()
	}
	return t
}

func leastDepth(groups []core.Group) int32 {
	if len(groups) == 0 {
		return 0
	}
	return slices.MinFunc(groups, func(a, b core.Group) int { return cmp.Compare(a.Depth, b.Depth) }).Depth
}

// leads gives, for every axon entry of every core, the ticks from the
// compensated tick that causes a delivery to the delivery. A run of so many
// ticks makes a delivery if its spike is emitted within it and due before
// the chip stops, a latency later; so it belongs to the tick of the spike
// or, where that is later, a latency before it is due. An entry that
// sources of several depths share goes by the deepest.
func (c *Chip) leads() [][]int32 {
	leads := make([][]int32, len(c.cores))
	for i := range leads {
		leads[i] = make([]int32, len(c.image.Cores[i].Config.Axons))
	}
	note := func(d router.Dest, emitted int32) {
		at := c.slot[d.Core]
		lead := min(emitted+c.cores[at].AxonDelay(d.Axon), int32(c.latency))
		leads[at][d.Axon] = max(leads[at][d.Axon], lead)
	}
	for _, d := range c.image.Routes.Ports[c.image.Input.Port].Dests {
		note(d, 0)
	}
	for i := range c.cores {
		routes := &c.image.Routes.Neurons[c.image.Cores[i].Tile]
		for n, p := range c.owner[i] {
			for _, d := range routes.Of(n) {
				note(d, c.image.Populations[p].Depth+1)
			}
		}
	}
	return leads
}

// begin starts a sample.
func (t *tally) begin(out *Outcome) {
	t.out = out
	if t.byTick {
		out.CountsByTick = make([]Counts, t.ticks)
	}
}

// at is where what happened in a compensated tick is counted. A core with
// groups of several depths is counted by the least, so that its last ticks
// lie behind the end.
func (t *tally) at(slot int32) *Counts {
	if t.byTick {
		return &t.out.CountsByTick[min(max(slot, 0), t.ticks-1)]
	}
	return &t.out.Counts
}

// settle moves what a core has counted to a compensated tick. What it
// counted before the sample began falls to the first.
func (t *tally) settle(c *core.Core, slot int32) {
	counts := c.Counts()
	t.at(slot).Core.Add(&counts)
	c.ResetCounts()
}

// tick takes what the cores counted in a tick of the chip.
func (t *tally) tick(now int32, cores []*core.Core) {
	if !t.byTick {
		return
	}
	for i, c := range cores {
		t.settle(c, now-t.depths[i])
	}
}

// finish totals the counts of a sample.
func (t *tally) finish(cores []*core.Core, latency int32) {
	for _, c := range cores {
		t.settle(c, t.ticks-1)
	}
	t.at(0).Ticks += int64(latency)
	for slot := range t.ticks {
		t.at(slot).Ticks++
	}
	for k := range t.out.CountsByTick {
		t.out.Counts.Add(&t.out.CountsByTick[k])
	}
}
