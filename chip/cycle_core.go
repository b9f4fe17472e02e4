package chip

import (
	"adder/core"
	"adder/router"
)

// clockedCore is when a core does what it does.
type clockedCore struct {
	rows []int64 // per axon entry, from the plan
	// axons are the axon entries that are due in the next tick: those that its
	// packets have reached and those that were held for it.
	axons []int32
	// held are the times of the work on entries that were held, jobs the
	// entries that packets reach, in the order of arrival.
	held []int64
	jobs []job
	// start is when the update of the present tick begins, end when it is
	// over.
	start, end int64
	// packets are those that the update forms, at times after start as if
	// the core never waited; next is the first that has not left and shift
	// the time that the core has waited. length is that of the update.
	packets       []packetOut
	next          int
	shift, length int64
	// stalled is since when the core waits, while it does; since is when it
	// last went on.
	stalled, since int64
	// stalls are the cycles that it waited in the sample.
	stalls int64
	// watch distinguishes active and idle neurons if their times differ.
	watch          *core.Watch
	changed, fired []int32
	// spikes are the ends of slots that fired, for a tracer.
	spikes []packetOut
	told   int
}

// job is the work of a core on an axon entry that a packet reaches: when it arrives,
// and how long it takes.
type job struct{ at, time int64 }

// packetOut is a packet, or a neuron, and a time.
type packetOut struct {
	after int64
	id    int32
}

func (e *Cycle) makeCore(i int) clockedCore {
	c := clockedCore{rows: e.plan.rows[i]}
	if t := &e.run.chip.profile.Timing.Core; t.NeuronIdle != t.NeuronUpdate {
		c.watch = core.NewWatch(e.run.cores[i])
	}
	return c
}

func (c *clockedCore) begin() {
	c.forget()
	c.start, c.end, c.length, c.stalls = 0, 0, 0, 0
	c.packets, c.fired = c.packets[:0], c.fired[:0]
	if c.watch != nil {
		c.watch.Look()
	}
}

// forget drops what is due and its work.
func (c *clockedCore) forget() { c.axons, c.held, c.jobs = c.axons[:0], c.held[:0], c.jobs[:0] }

// receive takes a packet for the next tick at an axon entry.
func (c *clockedCore) receive(axon int32, cycle int64) {
	c.axons = append(c.axons, axon)
	c.jobs = append(c.jobs, job{at: cycle, time: c.rows[axon]})
}

// delay takes a packet at an axon entry that holds it for a later tick.
func (c *clockedCore) delay(cycle, time int64) {
	c.jobs = append(c.jobs, job{at: cycle, time: time})
}

// hold takes what delayed axons held for the next tick, each of which is read
// first.
func (c *clockedCore) hold(axons []int32, read int64) {
	c.axons = append(c.axons, axons...)
	for _, axon := range axons {
		c.held = append(c.held, c.rows[axon]+read)
	}
}

// collect works out when core i has worked on all that is due in the tick that
// begins at e.release, and so when its update starts: one entry after the other,
// what was held first and then in the order of arrival.
func (e *Cycle) collect(i int) {
	c := &e.cores[i]
	free := c.end
	if !e.early {
		free = max(free, e.release)
	}
	e.cycles.MaxIngress = max(e.cycles.MaxIngress, int64(len(c.axons)))
	if e.tracer != nil {
		e.traceCollect(i, free)
	}
	var busy int64
	for _, time := range c.held {
		busy += time
	}
	free += busy
	for _, j := range c.jobs {
		free = max(free, j.at) + j.time
		busy += j.time
	}
	e.worked(i, e.tick+1, busy)
	c.start = max(free, e.release)
}

// update delivers what is due, updates the neurons of core i and has its
// packets leave.
func (e *Cycle) update(i int) {
	c, r := &e.cores[i], e.run
	if r.dead(i) {
		c.length, c.since = 0, c.start
		e.rest(i)
		return
	}
	state := r.cores[i]
	r.receive(e.tick, i, c.axons)
	c.forget()
	r.tally.update(i, state, e.tick)
	before := state.Work()
	c.fired = state.Tick(e.tick, r.ticks, c.fired[:0])
	after := state.Work()
	slots := slotTimes{idle: int64(r.chip.profile.Timing.Core.NeuronIdle),
		active: int64(r.chip.profile.Timing.Core.NeuronUpdate)}
	if c.watch != nil {
		c.changed = c.watch.Changes(c.changed[:0])
		slots.changed = c.changed
		slots.mixed = true
	}
	reads := (after.BoundaryReads - before.BoundaryReads) * int64(
		r.chip.profile.Timing.Core.MemoryCycle)
	e.form(i, slots, after.NeuronUpdates-before.NeuronUpdates, reads)
	c.length = e.learned(c.length, &before, &after)
	c.next, c.shift, c.told, c.since = 0, 0, 0, c.start
	e.worked(i, e.tick, c.length)
	if len(c.packets) > 0 {
		e.mesh.Wake(c.start+c.packets[0].after, int32(i))
		return
	}
	e.rest(i)
	if len(c.fired) == 0 {
		e.fallAsleep(i)
	}
}

// learned is the time of an update, from the time of its slots and its weight changes; draws are
// made in parallel.
func (e *Cycle) learned(slots int64, before, after *core.Work) int64 {
	t := &e.run.chip.profile.Timing.Core
	slots += (after.LearningUpdates - before.LearningUpdates) * int64(t.LearningUpdate)
	return max(slots, (after.Draws-before.Draws)*int64(t.Draw))
}

// form makes the packets of the neurons that fired and works out when they are
// ready: the results of slots come slot by slot once the pipeline is filled, a slot
// that fires takes longer, and its packets are formed one after the other before the
// next slot. reads is the time of all words of tables of boundaries.
func (e *Cycle) form(i int, slots slotTimes, updates, reads int64) {
	c, r := &e.cores[i], e.run
	t := &r.chip.profile.Timing.Core
	tile := r.chip.image.Cores[i].Tile
	routes := &r.chip.image.Routes.Neurons[tile]
	window := slotWindow{groups: r.chip.image.Cores[i].Config.Groups, tick: e.tick, ticks: r.ticks}
	c.packets, c.spikes = c.packets[:0], c.spikes[:0]
	var extra int64
	if updates > 0 {
		extra = int64(t.UpdateFill)
	}
	for _, n := range c.fired {
		extra += int64(t.SpikeOut)
		count, words := window.through(n)
		ready := slots.through(n, count) + words*int64(t.MemoryCycle) + extra
		if e.tracer != nil {
			c.spikes = append(c.spikes, packetOut{after: ready, id: n})
		}
		first := len(e.flights)
		counts := r.leave(i, e.tick, n)
		e.launch(router.Packet{Source: tile, Neuron: n, Tick: e.tick}, counts, e.plan.treeOf(i, n),
			routes.Of(int(n)))
		for id := first; id < len(e.flights); id++ {
			extra += int64(t.PacketOut)
			ready += int64(t.PacketOut)
			c.packets = append(c.packets, packetOut{after: ready, id: int32(id)})
		}
	}
	c.length = slots.total(updates) + reads + extra
}

// slotTimes is how long the slots of a core take, in order.
type slotTimes struct {
	idle, active int64
	// mixed says that they differ: a neuron of changed, or one that fires,
	// is active. seen is how many of changed have been passed, and fires how
	// many others fired.
	mixed       bool
	changed     []int32
	seen, fires int64
}

// through is the time of the slots up to and with that of neuron n, which fires
// and is the count-th. Neurons are asked for in ascending order.
func (s *slotTimes) through(n int32, count int64) int64 {
	if !s.mixed {
		return count * s.active
	}
	for s.seen < int64(len(s.changed)) && s.changed[s.seen] < n {
		s.seen++
	}
	if s.seen < int64(len(s.changed)) && s.changed[s.seen] == n {
		s.seen++
	} else {
		s.fires++
	}
	active := s.seen + s.fires
	return active*s.active + (count-active)*s.idle
}

// total is the time of all slots, once all neurons that fire have been asked
// for.
func (s *slotTimes) total(count int64) int64 {
	if !s.mixed {
		return count * s.active
	}
	active := int64(len(s.changed)) + s.fires
	return active*s.active + (count-active)*s.idle
}

// slotWindow counts the slots of groups that take part in a tick, and of these those that
// read a table of boundaries; others take no time.
type slotWindow struct {
	groups       []core.Group
	tick, ticks  int32
	before, read int64 // in the groups before
}

// through are the numbers of slots, and of words read, up to and with that of neuron n, of
// a group that takes part. Neurons are asked for in ascending order.
func (w *slotWindow) through(n int32) (slots, words int64) {
	for n >= w.groups[0].First+w.groups[0].Count {
		g := &w.groups[0]
		in, reads := g.Updated(w.tick, w.ticks)
		w.before += upTo(in, g.Count-1)
		w.read += upTo(reads, g.Count-1)
		w.groups = w.groups[1:]
	}
	in, reads := w.groups[0].Updated(w.tick, w.ticks)
	last := n - w.groups[0].First
	return w.before + upTo(in, last), w.read + upTo(reads, last)
}

// upTo is the number of neurons of a stride up to the last.
func upTo(s core.Stride, last int32) int64 {
	if s.Step == 0 || last < s.First {
		return 0
	}
	return int64((last-s.First)/s.Step) + 1
}

// emit sends the ready packets of core i, until one is not ready or the FIFO is full.
func (e *Cycle) emit(cycle int64, i int) {
	c := &e.cores[i]
	at := e.run.chip.image.Cores[i].Tile
	for c.next < len(c.packets) {
		p := &c.packets[c.next]
		if ready := c.start + p.after + c.shift; ready > cycle {
			e.mesh.Wake(ready, int32(i))
			return
		}
		if e.tracer != nil {
			e.tellSpikes(i, p.after)
		}
		flight := &e.flights[p.id]
		if !e.mesh.Offer(at, p.id, flight.route, router.ClassSpike) {
			c.stalled = cycle
			e.work(i, PhaseUpdate, c.since, cycle)
			return
		}
		flight.sent = cycle
		c.next++
	}
	e.rest(i)
}

// rest ends the update of core i.
func (e *Cycle) rest(i int) {
	c := &e.cores[i]
	c.end = c.start + c.length + c.shift
	e.work(i, PhaseUpdate, c.since, c.end)
	if e.tracer != nil {
		e.tellSpikes(i, c.length)
		e.tracer.State(c.end, i, e.run.cores[i])
	}
}

// resume ends a wait of core i for the FIFO.
func (e *Cycle) resume(cycle int64, i int) {
	c := &e.cores[i]
	c.shift += cycle - c.stalled
	e.cycles.CoreStalls += cycle - c.stalled
	c.stalls += cycle - c.stalled
	e.work(i, PhaseStall, c.stalled, cycle)
	c.since = cycle
}
