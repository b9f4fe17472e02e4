package chip

import (
	"math/bits"

	"adder/router"
)

// leading is a set of axon entries with the same lead (Chip.leads).
type leading struct {
	lead int32
	set  []uint64
}

// leadsOf groups axon entries by their lead, as sets.
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

// receiveHost notes the ticks in which the host sends spikes, and reports whether there are any.
func (f *Fast) receiveHost() (some bool) {
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

// receiveSets delivers what is due in tick t at core i, each spike counted in the tick that
// causes it.
func (f *Fast) receiveSets(i int, t int32, at int) {
	c := &f.cells[i]
	f.receiveLeads(i, t)
	if len(c.extra[at]) > 0 {
		f.receive(t, i, c.extra[at])
	}
	if f.far[i] != nil {
		f.receive(t, i, f.far[i][t])
		delete(f.far[i], t)
	}
}

// receiveLeads delivers the sets of tick t to core i, and counts each spike in the tick that causes
// it.
func (f *Fast) receiveLeads(i int, t int32) {
	c, k := &f.cells[i], f.cores[i]
	if c.leads == nil {
		k.Receive(nil)
	}
	for l := range c.leads {
		f.tally.countDeliveries(i, k, t-c.leads[l].lead)
		k.Receive(c.leads[l].set)
	}
}

// collect finds what is due at core i in the ticks first..last-1, and the last tick of
// these in which something is.
func (f *Fast) collect(d *desk, i int, first, last int32) (until int32) {
	until = first - 1
	c, words := &f.cells[i], f.cores[i].SetWords()
	d.due = zeroed(d.due, words*int(last-first))
	c.clearExtra(int(last - first))
	feeds := f.wiring.feeds[i]
	for k := range feeds {
		from := &feeds[k]
		due := d.due
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
					c.addSpikes(from, set, due[:words], int(t-first))
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

// spiked is the set of sources of core from that spiked in tick t, nil for none. The host is the
// core after the last.
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

// addSpikes adds the spikes of a set of sources to a tick of the window.
func (c *cell) addSpikes(from *feed, set, due []uint64, at int) {
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
	if !f.wiring.anyFar {
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

// sendFar schedules the spikes of core from in tick t that have a long delay. The host is the core
// after the last.
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
