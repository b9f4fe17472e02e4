package chip

// sleep is the state of cores without activity: in each tick their update takes as long as in the
// one before, without a spike, until one is due.
type sleep struct {
	// lengths are those of the updates of cores that sleep, or awake.
	lengths []int64
	// since are the ticks from which cores sleep.
	since []int32
	// changes are the ticks in which neurons enter or leave their span, and with them
	// lengths change.
	changes map[int32]bool
	// began is when the present tick did.
	began int64
	// off says that somebody looks at each tick of each core.
	off bool
}

func (e *Cycle) makeSleep() {
	n := len(e.cores)
	e.sleep = sleep{
		lengths: make([]int64, n), since: make([]int32, n), changes: map[int32]bool{},
		off: e.tracer != nil || e.run.opts.ByTick,
	}
	for i := range e.cores {
		for _, g := range e.run.chip.image.Cores[i].Config.Groups {
			e.sleep.changes[g.Depth], e.sleep.changes[g.Depth+e.run.ticks] = true, true
		}
	}
	e.sleep.forget()
}

// forget has all cores awake, before a sample.
func (s *sleep) forget() {
	for i := range s.lengths {
		s.lengths[i] = awake
	}
}

// fallAsleep has core i, which did not spike in the present tick, sleep from the next one
// on if it is still, and began the present one as it will the next.
func (e *Cycle) fallAsleep(i int) {
	off := e.sleep.off || e.run.stepping != nil || e.cores[i].start != e.release
	if off || !e.run.cores[i].Still() {
		return
	}
	e.sleep.lengths[i], e.sleep.since[i] = e.cores[i].length, e.tick+1
}

// wake makes up for the ticks that core i slept through, up to the present one.
func (e *Cycle) wake(i int) {
	length := e.sleep.lengths[i]
	if length == awake {
		return
	}
	e.sleep.lengths[i] = awake
	ticks := e.tick + 1 - e.sleep.since[i]
	if ticks == 0 {
		return
	}
	e.run.cores[i].Rest(e.sleep.since[i], ticks, e.run.ticks)
	e.cycles.Busy[i] += length * int64(ticks)
	e.cores[i].start, e.cores[i].end = e.sleep.began, e.sleep.began+length
}

// wakeAll wakes all cores.
func (e *Cycle) wakeAll() {
	for i := range e.cores {
		e.wake(i)
	}
}
