package chip

import (
	"context"
	"sync"

	"adder/router"
)

// Fast is the engine that asks what happens and not when. It advances each core without a loop by
// many ticks at once (parts.go), and reads its input from the spikes stored at the sources
// (wiring.go).
type Fast struct {
	*run
	wiring *wiring
	rings  []*router.Ring // of each core
	cells  []cell
	desks  desks
	trails *trails // with Options.Links
	sample *Sample
	size   int     // ticks of a window
	spread bool    // levels have parts enough for all processors
	fired  []int32 // scratch of tick
	// asleep has the tick from which each core sleeps, or awake.
	asleep []int32
	// together guards what cores that advance side by side have in common: records of
	// spikes and links, and the schedule.
	together sync.Mutex
	// readings are the values that classes are read from; watching says that the watched cores are
	// known.
	readings readings
	watching bool
	planes   []uint64 // scratch of inject
	// far are spikes that a schedule brought near, by core and tick.
	far []map[int32][]int32
	// work are the parts of each level that take part in a sample, inWork marks them.
	work   [][]int32
	inWork []bool
	slept  []int32 // scratch
	spoke  []bool  // by tick, whether the host sends a spike
}

// cell is the engine's state of a core.
type cell struct {
	// extra has what is due on entries that several sources reach, by tick.
	extra [][]int32
	list  []int32
	// leads are the entries by the ticks between a spike and its delivery, with Options.ByTick; one
	// without a set means all entries.
	leads  []leading
	costs  []costRun
	planes []uint64 // scratch of sendSpan
	// watched are the neurons of the core whose spikes or potentials are recorded or
	// read.
	watched []watched
	// listed says that spikes are looked at one by one, recorded that they are so in each
	// tick, and not counted alone.
	listed, recorded bool
	whole            bool // nothing is in the way of all ticks of a window at once
	foresees         bool // what the host sends is all that others send to it
}

// NewFast makes a fast engine.
func (c *Chip) NewFast(opts Options) *Fast {
	w := c.wiring()
	f := &Fast{run: newRun(c, w.cores, opts), wiring: w}
	if opts.Links {
		f.trails = c.trails()
	}
	f.spread = w.spreads(f.threads())
	f.size = f.window()
	for i, k := range f.cores {
		span := int(f.wiring.reach[i]) + f.size*int(1+f.ahead(i)) + 1
		f.rings = append(f.rings, router.NewRing(k.Neurons(), span))
	}
	f.far, f.asleep = make([]map[int32][]int32, len(f.cores)), make([]int32, len(f.cores))
	f.cells = make([]cell, len(f.cores))
	for i := range f.cells {
		f.cells[i] = f.newCell(i)
	}
	return f
}

func (f *Fast) newCell(i int) cell {
	c := cell{costs: f.chip.costRuns(i)}
	if f.tally.leads != nil {
		c.leads = leadsOf(f.tally.leads[i], f.wiring.place[i], f.cores[i].SetWords())
	}
	return c
}

// Run implements Engine.
func (f *Fast) Run(ctx context.Context, s *Sample) (*Outcome, error) {
	f.leaveSteps()
	if err := f.check(s); err != nil {
		return nil, err
	}
	f.retired.allowed = f.retires()
	f.begin(s)
	f.retired.allowed = false
	if f.chip.broken.ByPacket() {
		return f.runPackets(ctx, s)
	}
	f.beginWindows(s)
	if err := f.advanceAll(ctx); err != nil {
		return nil, f.interrupt(s, err)
	}
	slept := f.wakeAll()
	f.endSample()
	f.readAll()
	out := f.finish()
	if f.retires() {
		f.retireAll(slept)
	}
	return out, nil
}

// wakeAll makes up for what cores slept through to the end, and lists those that did.
func (f *Fast) wakeAll() []int32 {
	slept, end := f.slept[:0], f.end()
	for _, i := range f.retired.live {
		if f.asleep[i] != awake {
			slept = append(slept, i)
		}
		f.wake(int(i), end)
	}
	f.slept = slept
	return slept
}

// beginWindows makes the engine ready for a whole sample.
func (f *Fast) beginWindows(s *Sample) {
	f.sample = s
	f.clearWork()
	for _, i := range f.retired.live {
		f.beginCore(int(i))
		f.addPart(int(i))
	}
	f.watch()
	f.beginLinks()
	if f.chip.image.Host == nil {
		f.inject()
		if f.receiveHost() {
			f.rouse(len(f.cores))
		}
	}
}

// beginCore makes the engine ready for core i, which no spike has left and which is awake.
func (f *Fast) beginCore(i int) {
	f.rings[i].Reset()
	f.far[i], f.asleep[i] = nil, awake
}

// clearWork clears the parts of the previous sample.
func (f *Fast) clearWork() {
	if f.work == nil {
		f.work = make([][]int32, len(f.wiring.levels))
		f.inWork = make([]bool, len(f.wiring.parts))
	}
	for level, parts := range f.work {
		for _, k := range parts {
			f.inWork[k] = false
		}
		f.work[level] = parts[:0]
	}
}

// addPart has the part of core i take part in the sample.
func (f *Fast) addPart(i int) {
	if k := f.wiring.of[i]; !f.inWork[k] {
		f.inWork[k] = true
		level := f.wiring.parts[k].level
		f.work[level] = append(f.work[level], k)
	}
}

// advanceCore advances core i by the ticks first..last-1, for which all its input is known.
func (f *Fast) advanceCore(i int, first, last int32) {
	k := f.cores[i]
	if f.silent(i, first) && f.rest(i, first, last) {
		return
	}
	f.wake(i, first)
	d := f.desks.take()
	k.Lend(&d.window)
	f.advanceAwake(d, i, first, last)
	k.Return()
	f.desks.put(d)
}

// advanceAwake is advanceCore of a core that does not sleep.
func (f *Fast) advanceAwake(d *desk, i int, first, last int32) {
	c, k := &f.cells[i], f.cores[i]
	until := f.collect(d, i, first, last)
	k.Gather(d.due, int(last-first))
	if last-first > 1 && c.whole && k.Whole() {
		f.advanceWhole(i, first, until, last)
		return
	}
	for t := first; t < last; t++ {
		if t > until && f.rest(i, t, last) {
			return
		}
		k.Select(int(t - first))
		f.receiveSets(i, t, int(t-first))
		f.tally.update(i, k, t)
		row := f.rings[i].Row(t)
		some := k.TickSet(t, f.ticks, row)
		f.rings[i].Set(t, some)
		if some {
			f.rouse(i)
			f.sendSet(i, t, row)
		}
		if len(c.watched) > 0 {
			f.look(i, t)
		}
	}
}

// awake is the mark of a core that does not sleep.
const awake = -1

// silent reports whether it is known that no spike is due at core i from a tick on.
// Where cores advance side by side, what others did last is not asked for.
func (f *Fast) silent(i int, first int32) bool {
	if f.threads() > 1 {
		return false
	}
	feeds := f.wiring.feeds[i]
	for k := range feeds {
		from, delay := feeds[k].from, feeds[k].delay
		switch {
		case int(from) == len(f.rings):
			if first-delay < f.ticks {
				return false
			}
		case f.asleep[from] != awake && f.asleep[from]+delay <= first:
		case f.rings[from].Last()+delay >= first:
			return false
		}
	}
	return true
}

// rest skips core i in the ticks first..last-1, in which it has no input from stored sets, and
// reports whether it could: if the core is still and its state is not read. With one processor it
// sleeps from then on, until a spike is due.
func (f *Fast) rest(i int, first, last int32) bool {
	if len(f.far[i]) > 0 {
		return false
	}
	if f.asleep[i] != awake {
		return true
	}
	if len(f.cells[i].watched) > 0 || !f.cores[i].Still() {
		return false
	}
	f.asleep[i] = first
	if f.threads() > 1 {
		f.wake(i, last)
	}
	return true
}

// wake makes up for what core i slept through before a tick: it did not spike, and what
// its updates take is counted.
func (f *Fast) wake(i int, before int32) {
	first := f.asleep[i]
	if first == awake {
		return
	}
	f.asleep[i] = awake
	f.rings[i].Silence(first, before)
	k := f.cores[i]
	if !f.opts.ByTick {
		k.Rest(first, before-first, f.ticks)
		return
	}
	for t := first; t < before; t++ {
		f.tally.update(i, k, t)
		k.Rest(t, 1, f.ticks)
	}
}

// endSample lets the cores finish what they learn from a sample.
func (f *Fast) endSample() {
	for _, i := range f.retired.live {
		if !f.dead(int(i)) {
			f.cores[i].EndSample()
		}
	}
}
