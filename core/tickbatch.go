package core

import "adder/core/kernel"

// A core whose groups all run on kernels advances by all ticks of a window at once: Gather, then
// ReceiveAll (or Select and Receive for each tick), then Advance. Fired returns the neurons that
// fired, and CountTicks counts the updates. The result is that of TickSet, called tick by tick.

// tickBatch holds the results of Advance.
type tickBatch struct {
	// fired has a set of neurons per tick, of words each.
	fired []uint64
	words int
	// groups has the batch of each group, spans the ticks of the window in which the group took
	// part.
	groups []groupBatch
	spans  [][2]int
}

// groupBatch is the tick batch of a group. fires are its sets of neurons that fired, where the
// group is not the whole core.
type groupBatch struct {
	kernel.TickBatch
	fires []uint64
}

// Whole reports whether the core can advance by many ticks at once (Advance).
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

// largest is the largest magnitude of a sum when all axon entries on panels spike.
func (s *tables) largest() int64 {
	return int64(len(s.axons)) << (max(panelBits, s.sparseBits) - 1)
}

// ReceiveAll is Receive(nil) for all ticks of the window. It counts them all in the counters that
// are set at the call.
func (c *Core) ReceiveAll() {
	w := c.window
	if c.only == nil || w.ticks > maxCounted {
		for k := range w.ticks {
			c.Select(k)
			c.Receive(nil)
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

// Advance updates the neurons in the ticks from..to-1 of the window. The window begins at tick
// first of a sample of inputTicks input ticks. Advance counts nothing: see CountTicks.
func (c *Core) Advance(first int32, from, to int, inputTicks int32) {
	w := &c.batch
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

// skipTicks leaves a group out of the ticks from..to-1 of the window: it discards the input of the
// group.
func (c *Core) skipTicks(g *group, from, to int) {
	if from >= to {
		return
	}
	if len(c.groups) == 1 {
		clear(c.batch.rows(from, to))
	}
	for k := from; k < to; k++ {
		clear(c.row(k)[g.first:g.last])
	}
}

// open allocates for so many ticks. The sets of neurons that fired are not cleared.
func (w *tickBatch) open(c *Core, ticks int) {
	w.words = (c.Neurons() + 63) >> 6
	if n := repeatedInt(w.words, max(ticks, c.window.ticks)); len(w.fired) < n {
		w.fired = make([]uint64, n)
	}
	if w.groups == nil {
		w.groups, w.spans = make([]groupBatch, len(c.groups)), make([][2]int, len(c.groups))
	}
}

// rows are the sets of neurons that fired in the ticks from..to-1 of the window.
func (w *tickBatch) rows(from, to int) []uint64 {
	return w.fired[repeatedInt(w.words, from):repeatedInt(w.words, to)]
}

// sized returns a slice of n words with arbitrary contents; it reuses s if that is large enough.
func sized(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	return s[:n]
}

// advanceGroup advances a group by the ticks begin..end-1 of the window.
func (c *Core) advanceGroup(i, begin, end int) {
	w, g := &c.batch, &c.groups[i]
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
	c.swift[i].UpdateTicks(&u.TickBatch)
	if !alone {
		to, from := w.rows(begin, end), u.fires
		for range ticks {
			orBits(to, int(g.first), from[:u.Words])
			to, from = to[w.words:], from[u.Words:]
		}
	}
	c.closeGroup(i, end-1)
}

// closeGroup updates the group's quiet and resting state after its last tick.
func (c *Core) closeGroup(i, last int) {
	w, g := c.window, &c.groups[i]
	u := &c.batch.groups[i]
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

// Fired returns the sets of neurons that fired in the ticks from..to-1 of the window: FiredWords
// words per tick, one bit per neuron. Advance must have processed these ticks. The slice belongs to
// the core and is valid until the next Advance.
func (c *Core) Fired(from, to int) []uint64 { return c.batch.rows(from, to) }

// FiredWords is the number of 64-bit words in a set of neurons.
func (c *Core) FiredWords() int { return (c.Neurons() + 63) >> 6 }

// CountTicks counts the updates and spikes of the neurons in the ticks from..to-1 of the window.
func (c *Core) CountTicks(from, to int) {
	w := &c.batch
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
