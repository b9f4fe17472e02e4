package chip

// A core on which kernels do everything, and at which nobody looks between two ticks, is
// advanced by all ticks of a window at once.

// plain reports whether all that is due at core i comes in sets, and nobody looks at its
// potentials in every tick.
func (f *Fast) plain(i int) bool {
	if f.wiring.hears {
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
	f.hearWhole(i, first, last)
	middle := min(until+3, last)
	f.advanceSpan(i, first, first, middle)
	if middle < last && !f.rest(i, middle, last) {
		f.advanceSpan(i, first, middle, last)
	}
}

// hearWhole counts what is due in all ticks of a window.
func (f *Fast) hearWhole(i int, first, last int32) {
	k := f.cores[i]
	if f.cells[i].leads == nil {
		k.HearAll()
		return
	}
	for t := first; t < last; t++ {
		k.Select(int(t - first))
		f.hearLeads(i, t)
	}
}

// advanceSpan advances core i by the ticks from..to-1 of a window that begins with tick
// first, and sends what leaves it.
func (f *Fast) advanceSpan(i int, first, from, to int32) {
	k, c := f.cores[i], &f.cells[i]
	k.Advance(first, int(from-first), int(to-first), f.ticks)
	together := !f.opts.ByTick && !c.listed && len(f.wiring.far[i]) == 0
	if !f.opts.ByTick {
		k.CountTicks(int(from-first), int(to-first))
	}
	if together {
		f.sendSpan(i, int(from-first), int(to-first))
	}
	for t := from; t < to; t++ {
		at := int(t - first)
		if f.opts.ByTick {
			f.tally.update(i, k, t)
			k.CountTicks(at, at+1)
		}
		fired, some := k.Fired(at)
		f.rings[i].Set(t, some)
		if some {
			copy(f.rings[i].Row(t), fired)
		}
		if some && !together {
			f.sendSet(i, t, fired)
		}
		if len(c.watched) > 0 {
			f.look(i, t)
		}
	}
}
