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
	// groups are the courses of the groups, spans the ticks of the window in which each took
	// part.
	groups []groupCourse
	spans  [][2]int
}

// groupCourse is the course of a group, and its own sets of who fired, where the group is
// not the whole core.
type groupCourse struct {
	kernel.Course
	fires []uint64
}

// Whole reports whether the core can be advanced by many ticks at once.
func (c *Core) Whole() bool {
	if c.panels == nil || c.panels.others != nil || c.learning {
		return false
	}
	for i := range c.groups {
		g := &c.groups[i]
		if c.swift[i] == nil || !c.steady[i] || g.code.kind != CodeNone || g.competes() {
			return false
		}
		if g.refractory > 0 && c.hostCurrents[i] > 0 {
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
	if len(c.groups) > 1 {
		clear(w.rows(from, to)) // groups add to them
	}
	for i := range c.groups {
		g := &c.groups[i]
		begin := min(max(int(g.depth)-int(first), from), to)
		end := max(min(int(g.depth)+int(inputTicks)-int(first), to), begin)
		w.spans[i] = [2]int{begin, end}
		c.skipTicks(g, from, begin)
		c.skipTicks(g, end, to)
		if begin < end {
			c.advanceGroup(i, begin, end)
		}
	}
	c.touched = false
	c.endTick()
}

// skipTicks has a group do nothing in the ticks from..to-1 of the window: what reaches it is
// forgotten.
func (c *Core) skipTicks(g *group, from, to int) {
	if from >= to {
		return
	}
	if len(c.groups) == 1 {
		clear(c.window.course.rows(from, to))
	}
	for k := from; k < to; k++ {
		clear(c.row(k)[g.first:g.last])
	}
}

// open makes room for so many ticks. Rows of who fired hold what they held before.
func (w *course) open(c *Core, ticks int) {
	w.words = (c.Neurons() + 63) >> 6
	if n := repeatedInt(w.words, max(ticks, c.window.ticks)); len(w.fired) < n {
		w.fired = make([]uint64, n)
	}
	if w.groups == nil {
		w.groups, w.spans = make([]groupCourse, len(c.groups)), make([][2]int, len(c.groups))
	}
}

// rows are the sets of who fired in the ticks from..to-1 of the window.
func (w *course) rows(from, to int) []uint64 {
	return w.fired[repeatedInt(w.words, from):repeatedInt(w.words, to)]
}

// sized is a slice of so many words, which hold anything.
func sized(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	return s[:n]
}

// advanceGroup advances a group by the ticks begin..end-1 of the window.
func (c *Core) advanceGroup(i, begin, end int) {
	w, g := &c.window.course, &c.groups[i]
	u, ticks := &w.groups[i], end-begin
	u.Sums = c.window.sums[repeatedInt(c.Neurons(), begin)+int(g.first):]
	u.Stride, u.Ticks, u.Words = c.Neurons(), ticks, int(g.last-g.first+63)>>6
	u.Changed = sized(u.Changed, repeatedInt(u.Words, ticks))
	alone := len(c.groups) == 1
	if u.Fired = w.rows(begin, end); !alone {
		u.fires = sized(u.fires, repeatedInt(u.Words, ticks))
		u.Fired = u.fires
	}
	if g.refractory > 0 {
		u.Refractory, u.Period = c.refractory[g.first:g.last], g.refractory
	}
	c.swift[i].UpdateTicks(&u.Course)
	if !alone {
		to, from := w.rows(begin, end), u.fires
		for range ticks {
			orBits(to, int(g.first), from[:u.Words])
			to, from = to[w.words:], from[u.Words:]
		}
	}
	c.closeGroup(i, end-1)
}

// closeGroup notes what the last tick of a group leaves behind.
func (c *Core) closeGroup(i, last int) {
	w, g := &c.window, &c.groups[i]
	u := &w.course.groups[i]
	did := u.Did(u.Ticks-1, u.Ticks)
	due := w.due[repeatedInt(w.words, last):][:w.words]
	c.quiet[i] = !meets(due, c.panels.chosen) && did == kernel.Done{}
	c.resting[i] = 0
	if g.refractory > 0 {
		for _, r := range c.refractory[g.first:g.last] {
			c.resting[i] = max(c.resting[i], r)
		}
	}
}

// Fired are the sets of neurons that fired in the ticks from..to-1 of the window, as far as
// Advance has advanced it, a bit each and FiredWords words to a tick. They are the core's,
// until it advances again.
func (c *Core) Fired(from, to int) []uint64 { return c.window.course.rows(from, to) }

// FiredWords is the number of words of a set of neurons.
func (c *Core) FiredWords() int { return (c.Neurons() + 63) >> 6 }

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
		did := w.groups[i].Did(begin-w.spans[i][0], end-w.spans[i][0])
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
