package chip

// A core that runs on kernels alone, and whose state is not read between ticks, is advanced by all
// ticks of a window at once.

// plain reports whether all input of core i is in sets, and its potentials are not read in every
// tick.
func (f *Fast) plain(i int) bool {
	if f.wiring.anyFar {
		return false
	}
	for k := range f.wiring.feeds[i] {
		if f.wiring.feeds[i][k].shared {
			return false
		}
	}
	for k := range f.cells[i].watched {
		if w := &f.cells[i].watched[k]; w.probed || f.readings.byTick {
			return false
		}
	}
	return true
}

// advanceWhole advances core i, which has gathered them, by the ticks first..last-1, of
// which until is the last one in which any spike is due. Once two ticks without have
// passed, the core may rest.
func (f *Fast) advanceWhole(i int, first, until, last int32) {
	f.receiveWhole(i, first, last)
	middle := min(until+3, last)
	f.advanceSpan(i, first, first, middle)
	if middle < last && !f.rest(i, middle, last) {
		f.advanceSpan(i, first, middle, last)
	}
}

// receiveWhole counts what is due in all ticks of a window.
func (f *Fast) receiveWhole(i int, first, last int32) {
	k := f.cores[i]
	if f.cells[i].leads == nil {
		k.ReceiveAll()
		return
	}
	for t := first; t < last; t++ {
		k.Select(int(t - first))
		f.receiveLeads(i, t)
	}
}

// advanceSpan advances core i by the ticks from..to-1 of a window that begins with tick
// first, and sends what leaves it.
func (f *Fast) advanceSpan(i int, first, from, to int32) {
	k, c := f.cores[i], &f.cells[i]
	k.Advance(first, int(from-first), int(to-first), f.ticks)
	fired := k.Fired(int(from-first), int(to-first))
	f.rings[i].Put(from, fired)
	if f.rings[i].Last() >= from {
		f.rouse(i)
	}
	if !f.opts.ByTick {
		k.CountTicks(int(from-first), int(to-first))
	}
	together := !f.opts.ByTick && !c.recorded && len(f.wiring.far[i]) == 0
	if together {
		f.sendSpan(i, fired)
	}
	for t := from; t < to && !together; t++ {
		if f.opts.ByTick {
			f.tally.update(i, k, t)
			k.CountTicks(int(t-first), int(t-first)+1)
		}
		if set := f.rings[i].At(t); set != nil {
			f.sendSet(i, t, set)
		}
	}
	for p := range c.watched {
		if t := f.lastTick(int(c.watched[p].population)); t >= from && t < to {
			f.look(i, t)
		}
	}
}
