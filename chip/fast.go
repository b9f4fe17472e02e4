package chip

import (
	"context"
	"math/bits"
	"sync"

	"adder/router"
)

// Fast is the engine that asks what happens and not when. It gives each core the spikes
// of many ticks at once where none of its own can come back to it (parts.go), and what
// is due is read from what the sources keep (wiring.go).
type Fast struct {
	*run
	wiring *wiring
	rings  []*router.Ring // of each core
	cells  []cell
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
	// readings are what classes are read from; watching says that it is known who is watched.
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

// cell is what the engine keeps for a core.
type cell struct {
	// due are the sets of spikes of the ticks of a window, extra what is due on entries
	// that several sources reach, by tick.
	due   []uint64
	extra [][]int32
	list  []int32
	// leads are the entries by the ticks between a spike and its delivery, with
	// Options.ByTick; one without a set stands for all entries.
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
}

// leading is a set of axon entries with a lead in common (Chip.leads).
type leading struct {
	lead int32
	set  []uint64
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

// leadsOf tells entries apart by their leads, in sets in which each has its place.
func leadsOf(leads, place []int32, words int) []leading {
	var out []leading
	places := map[int32]int{}
	for a, lead := range leads {
		at, met := places[lead]
		if !met {
			at = len(out)
			places[lead] = at
			out = append(out, leading{lead: lead, set: make([]uint64, words)})
		}
		if place != nil {
			a = int(place[a])
		}
		out[at].set[a>>6] |= 1 << (a & 63)
	}
	if len(out) == 1 {
		out[0].set = nil
	}
	return out
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
		if f.hearHost() {
			f.rouse(len(f.cores))
		}
	}
}

// hearHost notes the ticks in which the host sends spikes, and reports whether there are any.
func (f *Fast) hearHost() (some bool) {
	f.spoke = f.spoke[:0]
	for t := range f.ticks {
		any := uint64(0)
		for _, word := range f.sample.Spikes.Row(int(t)) {
			any |= word
		}
		f.spoke = append(f.spoke, any != 0)
		some = some || any != 0
	}
	return some
}

// beginCore makes the engine ready for core i, which no spike has left and which is awake.
func (f *Fast) beginCore(i int) {
	f.rings[i].Reset()
	f.far[i], f.asleep[i] = nil, awake
}

// clearWork forgets the parts of the sample before.
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

// advanceCore advances core i by the ticks first..last-1, for which all that it hears is
// known.
func (f *Fast) advanceCore(i int, first, last int32) {
	c, k := &f.cells[i], f.cores[i]
	if f.silent(i, first) && f.rest(i, first, last) {
		return
	}
	f.wake(i, first)
	until := f.collect(i, first, last)
	k.Gather(c.due, int(last-first))
	if last-first > 1 && c.whole && k.Whole() {
		f.advanceWhole(i, first, until, last)
		return
	}
	for t := first; t < last; t++ {
		if t > until && f.rest(i, t, last) {
			return
		}
		k.Select(int(t - first))
		f.hearSets(i, t, int(t-first))
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

// rest lets core i rest in the ticks first..last-1, in which no spike of what is near is
// due, and reports whether it can: if it is still, and nobody looks. With one processor
// it sleeps from then on, until a spike is due.
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

// hearSets delivers what is due in tick t at core i, each spike counted in the tick that
// causes it.
func (f *Fast) hearSets(i int, t int32, at int) {
	c := &f.cells[i]
	f.hearLeads(i, t)
	if len(c.extra[at]) > 0 {
		f.hear(t, i, c.extra[at])
	}
	if f.far[i] != nil {
		f.hear(t, i, f.far[i][t])
		delete(f.far[i], t)
	}
}

// hearLeads has core i hear the sets of tick t, each spike in the tick that causes it.
func (f *Fast) hearLeads(i int, t int32) {
	c, k := &f.cells[i], f.cores[i]
	if c.leads == nil {
		k.Hear(nil)
	}
	for l := range c.leads {
		f.tally.hear(i, k, t-c.leads[l].lead)
		k.Hear(c.leads[l].set)
	}
}

// collect finds what is due at core i in the ticks first..last-1, and the last tick of
// these in which something is.
func (f *Fast) collect(i int, first, last int32) (until int32) {
	until = first - 1
	c, words := &f.cells[i], f.cores[i].SetWords()
	c.due = zeroed(c.due, words*int(last-first))
	c.clearExtra(int(last - first))
	feeds := f.wiring.feeds[i]
	for k := range feeds {
		from := &feeds[k]
		due := c.due
		if from.aligned && int(from.from) == len(f.cores) {
			until = max(until, f.collectHost(&from.runs[0], due, words, first-from.delay,
				last-from.delay)+from.delay)
			continue
		}
		for t := first; t < last; t++ {
			if set := f.spiked(from.from, t-from.delay); set != nil {
				until = max(until, t)
				switch {
				case from.parts != nil:
					for k := range from.parts {
						p := &from.parts[k]
						due[p.entry] = set[p.source] & p.part
					}
				case from.aligned:
					r := &from.runs[0]
					router.OrWords(due[r.Axon>>6:], set[r.Source>>6:], r.Count)
				default:
					c.hear(from, set, due[:words], int(t-first))
				}
			}
			due = due[words:]
		}
	}
	return until
}

// clearExtra empties what is due on shared entries in a window of so many ticks.
func (c *cell) clearExtra(ticks int) {
	for ticks > len(c.extra) {
		c.extra = append(c.extra, nil)
	}
	for k := range c.extra {
		c.extra[k] = c.extra[k][:0]
	}
}

// collectHost adds the host's spikes of the ticks from first on, as a run whose sets are
// copied by whole words, and returns the last tick with any.
func (f *Fast) collectHost(r *router.Run, due []uint64, words int, first, last int32) int32 {
	until := first - 1
	for t := first; t < min(last, f.ticks); t++ {
		if t >= 0 && f.spoke[t] {
			until = t
			router.OrWords(due[r.Axon>>6:], f.sample.Spikes.Row(int(t))[r.Source>>6:], r.Count)
		}
		due = due[words:]
	}
	return until
}

// zeroed is a slice of so many zeros.
func zeroed(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// spiked is the set of sources of a core, or of the host behind the last one, that spiked
// in tick t, nil for none.
func (f *Fast) spiked(from, t int32) []uint64 {
	if t < 0 {
		return nil
	}
	if int(from) < len(f.rings) {
		if f.threads() == 1 && f.asleep[from] != awake && t >= f.asleep[from] {
			return nil
		}
		return f.rings[from].At(t)
	}
	if t >= f.ticks || !f.spoke[t] {
		return nil
	}
	return f.sample.Spikes.Row(int(t))
}

// hear adds what a set of sources brings to a tick of the window.
func (c *cell) hear(from *feed, set, due []uint64, at int) {
	for k := range from.runs {
		r := &from.runs[k]
		router.OrRange(due, r.Axon, set, r.Source, r.Count)
	}
	if from.start == nil {
		return
	}
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			for _, a := range from.of(int32(w<<6 + bits.TrailingZeros64(word))) {
				if from.shared {
					c.extra[at] = append(c.extra[at], a)
					continue
				}
				due[a>>6] |= 1 << (a & 63)
			}
		}
	}
}

// bringNear takes what is due before a tick from the schedule.
func (f *Fast) bringNear(before int32) {
	if !f.wiring.hears {
		return
	}
	for {
		due, some := f.schedule.NextDue()
		if !some || due >= before {
			return
		}
		at, axons, _ := f.schedule.Pop(due)
		if f.far[at] == nil {
			f.far[at] = map[int32][]int32{}
		}
		f.far[at][due] = append(f.far[at][due], axons...)
	}
}

// sendFar schedules what is not near of the spikes of a core, or of the host behind the
// last one, in tick t.
func (f *Fast) sendFar(from int, t int32, set []uint64) {
	if len(f.wiring.far[from]) == 0 {
		return
	}
	f.together.Lock()
	defer f.together.Unlock()
	for k := range f.wiring.far[from] {
		r := &f.wiring.far[from][k]
		for s := range r.Count {
			if n := r.Source + s; set[n>>6]>>(n&63)&1 == 1 {
				f.schedule.Add(t+r.delay, router.Core(r.to), r.Axon+s)
			}
		}
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

// members lists a set.
func (c *cell) members(set []uint64) []int32 {
	c.list = c.list[:0]
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			c.list = append(c.list, int32(w<<6+bits.TrailingZeros64(word)))
		}
	}
	return c.list
}
