package core

import "adder/core/kernel"

// A core on which kernels do everything can be advanced by all ticks of a window at once:
// Gather, then HearAll, or Select and Hear for each tick, then Advance, which leaves who
// fired (Fired) and what each tick counts (CountTicks). It does what tick by tick the
// same calls and TickSet would.

// course is what Advance leaves.
type course struct {
	// fired has a set of neurons per tick, of words each.
	fired []uint64
	words int
	// did has what each tick did of each group, tick by tick; spans are the ticks of the
	// window in which it took part.
	did   [][]kernel.Done
	spans [][2]int
	group kernel.Course
	// fires and changed are scratch.
	fires, changed []uint64
}

// Whole reports whether the core can be advanced by many ticks at once.
func (c *Core) Whole() bool {
	if c.panels == nil || c.panels.others != nil || c.learning {
		return false
	}
	for i := range c.groups {
		if c.swift[i] == nil || !c.steady[i] || c.groups[i].code.kind != CodeNone {
			return false
		}
		if c.groups[i].refractory > 0 && c.hostCurrents[i] > 0 {
			return false
		}
	}
	return true
}

// panelBits is the width of a weight of a bank or a block.
const panelBits = 8

// largest is the largest size of a sum that spikes on all panels make.
func (s *tables) largest() int64 {
	return int64(len(s.axons)) << (max(panelBits, s.sparseBits) - 1)
}

// HearAll counts the spikes of all ticks of the window, where they belong to one place.
func (c *Core) HearAll() {
	w := &c.window
	if c.only == nil || w.ticks > maxCounted {
		for k := range w.ticks {
			c.Select(k)
			c.Hear(nil)
		}
		return
	}
	s := &w.sets
	if !s.counted {
		s.count(c)
	}
	var n reads
	for p, planes := uint(0), s.planes; p < kernel.Planes; p, planes = p+1, planes[w.words:] {
		n.add(c, planes[:w.words], p)
	}
	c.only.addReads(&n)
}

// Advance advances the neurons by the ticks from..to-1 of the window, of which the first
// of the window is tick first of a sample of inputTicks input ticks. It counts nothing.
func (c *Core) Advance(first int32, from, to int, inputTicks int32) {
	w := &c.window.course
	w.open(c, to)
	for i := range c.groups {
		g := &c.groups[i]
		begin := min(max(int(g.depth)-int(first), from), to)
		end := max(min(int(g.depth)+int(inputTicks)-int(first), to), begin)
		w.spans[i] = [2]int{begin, end}
		for k := from; k < to; k++ {
			if k < begin || k >= end { // what reaches it outside of its ticks is forgotten
				clear(c.row(k)[g.first:g.last])
			}
		}
		if begin < end {
			c.advanceGroup(i, begin, end)
		}
	}
	c.touched = false
	c.endTick()
}

// open makes room for so many ticks.
func (w *course) open(c *Core, ticks int) {
	w.words = (c.Neurons() + 63) >> 6
	w.fired = zeroed(w.fired, repeatedInt(w.words, ticks))
	for len(w.did) < len(c.groups) {
		w.did, w.spans = append(w.did, nil), append(w.spans, [2]int{})
	}
	for i := range w.did {
		if len(w.did[i]) < ticks {
			w.did[i] = make([]kernel.Done, ticks)
		}
	}
}

func zeroed(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// advanceGroup advances a group by the ticks begin..end-1 of the window.
func (c *Core) advanceGroup(i, begin, end int) {
	w, g := &c.window.course, &c.groups[i]
	words, ticks := int(g.last-g.first+63)>>6, end-begin
	alone := g.first == 0 && words == w.words
	w.changed = zeroed(w.changed, repeatedInt(words, ticks))
	u := &w.group
	*u = kernel.Course{
		Sums: c.window.sums[repeatedInt(c.Neurons(), begin)+int(g.first):], Stride: c.Neurons(),
		Changed: w.changed, Words: words, Did: w.did[i][begin:end],
	}
	if u.Fired = w.fired[repeatedInt(w.words, begin):][:repeatedInt(w.words, ticks)]; !alone {
		w.fires = zeroed(w.fires, repeatedInt(words, ticks))
		u.Fired = w.fires
	}
	if g.refractory > 0 {
		u.Refractory, u.Period = c.refractory[g.first:g.last], g.refractory
	}
	c.swift[i].UpdateTicks(u)
	if !alone {
		to, from := w.fired[repeatedInt(w.words, begin):], w.fires
		for range ticks {
			orBits(to, int(g.first), from[:words])
			to, from = to[w.words:], from[words:]
		}
	}
	c.closeGroup(i, end-1)
}

// closeGroup notes what the last tick of a group leaves behind.
func (c *Core) closeGroup(i, last int) {
	w, g := &c.window, &c.groups[i]
	due := w.due[repeatedInt(w.words, last):][:w.words]
	c.quiet[i] = !meets(due, c.panels.chosen) && w.course.did[i][last] == kernel.Done{}
	c.resting[i] = 0
	if g.refractory > 0 {
		for _, r := range c.refractory[g.first:g.last] {
			c.resting[i] = max(c.resting[i], r)
		}
	}
}

// Fired is the set of neurons that fired in a tick of the window that Advance advanced, a
// bit each, and whether there are any. It is the core's, until it advances again.
func (c *Core) Fired(k int) (fired []uint64, some bool) {
	w := &c.window.course
	fired = w.fired[repeatedInt(w.words, k):][:w.words]
	any := uint64(0)
	for _, word := range fired {
		any |= word
	}
	return fired, any != 0
}

// CountTicks counts what the neurons did in the ticks from..to-1 of the window.
func (c *Core) CountTicks(from, to int) {
	w := &c.window.course
	for i := range c.groups {
		g := &c.groups[i]
		begin, end := max(w.spans[i][0], from), min(w.spans[i][1], to)
		if begin >= end {
			continue
		}
		c.countRest(i, uint(end-begin))
		var did kernel.Done
		for k := begin; k < end; k++ {
			did.Add(&w.did[i][k])
		}
		n := c.into[g.share]
		n.ActiveUpdates += did.Active
		n.IdleUpdates -= did.Active
		n.Saturations += did.Saturated
		n.Discards += did.Discarded
		n.MembraneAdds -= did.Resting + did.Biased
		n.Spikes += did.Spikes
		if g.subtract {
			n.MembraneAdds += did.Spikes
		}
	}
}
