package core

import "slices"

// A core can process several ticks together. Gather takes the input spikes of all of them, one set
// per tick, and sums the rows of panels for all ticks at once, while the weights are in cache.
// Then, for each tick, Select selects it, Receive delivers and counts its spikes, and TickSet
// updates the neurons. Sums commute, so the result is that of single ticks.

// Window holds the input of several ticks, as Gather prepared it, and scratch. Cores that are
// advanced one after the other share one (Lend). The zero Window is empty.
type Window struct {
	words, ticks int
	due          []uint64 // a set of axon entries per tick
	// sums has the accumulators of each tick.
	sums []int32
	// list are the spikes on panels, tick by tick, where sparse rows take them so; those of
	// tick k begin at starts[k].
	list, starts []int32
	// now is the set of the coming tick.
	now  []uint64
	part []uint64 // scratch
	sets sets
	// masks has the ticks in which an axon entry spikes, narrow the sums of 16 bits of
	// sparse rows; both are zero between uses.
	masks  []uint32
	narrow []int16
}

// Lend gives the core a window to gather in, until Return.
func (c *Core) Lend(w *Window) { c.window = w }

// Return takes the window from the core, whose last tick has been advanced.
func (c *Core) Return() {
	c.window = nil
	c.accumulator = c.sums
}

// Ordered returns a new core with the tables of c that sums rows for many ticks at once (Gather).
// Bit i of its sets of spikes is axon entry order[i], or no entry if order[i] is negative. A good
// order keeps the entries together that spikes of one source core, or of neighbouring neurons,
// reach. A nil order is the order of the entries. A core that learns keeps that order in any case:
// ok is then false.
func (c *Core) Ordered(order []int32) (ordered *Core, ok bool) {
	ok = order == nil || !c.waits() && c.bank.count == 0 && c.tables.plastic == nil
	shared := *c.tables
	if ok {
		shared.order = order
	}
	shared.panels = newPanels(&shared)
	return newCore(&shared), ok
}

// SetWords is the number of 64-bit words in a set of axon entries.
func (c *Core) SetWords() int { return (c.places() + 63) >> 6 }

// Gather prepares a window: due has a set of axon entries with a spike for each of its ticks,
// SetWords words per set. Bit i mod 64 of word i / 64 is axon entry i, or order[i] of Ordered. The
// core reads due until the last tick of the window is done; the caller must not change it before.
// Ticks are then processed singly, with Select, Receive and TickSet, or together, with Advance.
func (c *Core) Gather(due []uint64, ticks int) {
	if c.window == nil {
		c.window = new(Window)
	}
	w := c.window
	w.words, w.ticks, w.due = c.SetWords(), ticks, due
	if c.panels == nil {
		return
	}
	w.begin(repeatedInt(c.Neurons(), ticks))
	w.sets.prepare(c)
	for i := range c.panels.banks {
		c.sumBank(&c.panels.banks[i])
	}
	for i := range c.panels.blocks {
		c.sumBlock(&c.panels.blocks[i])
	}
	if c.panels.sparse != nil {
		c.enlist()
		c.sumSparse(c.panels.sparse, ticks)
	}
}

// repeatedInt is x times n.
func repeatedInt(x, n int) int { return int(repeated(int64(x), uint(n))) }

// begin allocates sums. They are zero between windows.
func (w *Window) begin(sums int) {
	if len(w.sums) < sums {
		w.sums = make([]int32, sums)
	}
}

// enlist lists the spikes on panels.
func (c *Core) enlist() {
	w := c.window
	w.list, w.starts = w.list[:0], append(w.starts[:0], 0)
	for due := w.due; len(w.starts) <= w.ticks; due = due[w.words:] {
		set := due[:w.words]
		if c.panels.others != nil {
			set = w.masked(set, c.panels.chosen)
		}
		w.list = c.set.List(w.list, set, 0)
		w.starts = append(w.starts, int32(len(w.list)))
	}
}

// of returns the spikes of tick k on panels.
func (w *Window) of(k int) []int32 { return w.list[w.starts[k]:w.starts[k+1]] }

// row returns the accumulators of tick k.
func (c *Core) row(k int) []int32 {
	n := c.Neurons()
	return c.window.sums[repeatedInt(n, k):][:n:n]
}

// Select selects tick k of the window, from 0 on: Receive and TickSet then process it.
func (c *Core) Select(k int) {
	w := c.window
	w.now = w.due[repeatedInt(w.words, k):][:w.words]
	if c.panels == nil {
		return
	}
	c.accumulator = c.row(k)
	c.touched = meets(w.now, c.panels.chosen)
}

// meets reports whether two sets have a member in common.
func meets(a, b []uint64) bool {
	for i, word := range a {
		if word&b[i] != 0 {
			return true
		}
	}
	return false
}

// Receive counts the spikes of the selected tick, and delivers those that Gather has not summed. A
// nil only means all of them; otherwise only is a set of axon entries, so that a caller can count
// the spikes of each population separately. Every spike must be in exactly one call.
func (c *Core) Receive(only []uint64) {
	w := c.window
	if c.panels == nil {
		c.receiveSet(w.masked(w.now, only))
		return
	}
	c.countPanels(only)
	if c.panels.others != nil {
		c.receiveSet(w.masked(w.masked(w.now, c.panels.others), only))
	}
}

// masked returns the intersection of two sets. A nil by is the set of all.
func (w *Window) masked(set, by []uint64) []uint64 {
	if by == nil {
		return set
	}
	part := append(w.part[:0], set...) // set itself, where it is part
	for i := range part {
		part[i] &= by[i]
	}
	w.part = part
	return part
}

// receiveSet delivers a set of spikes: those of a bank together, the others one by one.
func (c *Core) receiveSet(set []uint64) {
	c.axonSet = c.set.List(c.axonSet[:0], set, 0)
	list := c.axonSet
	if len(list) == 0 {
		return
	}
	if c.order != nil {
		for i, place := range list {
			list[i] = c.order[place]
		}
		c.DeliverAll(list)
		return
	}
	if first, last := c.bank.first, c.bank.first+c.bank.count; c.bank.count > 0 &&
		!c.widths.MergeDuplicates {
		from, _ := slices.BinarySearch(list, first)
		to, _ := slices.BinarySearch(list, last)
		if to-from > 1 {
			c.DeliverAll(list[:from])
			c.deliverBank(list[from:to])
			list = list[to:]
		}
	}
	c.DeliverAll(list)
}

// countPanels counts the spikes of the selected tick on panels.
func (c *Core) countPanels(only []uint64) {
	w := c.window
	set := w.now
	if c.panels.others != nil {
		set = w.masked(set, c.panels.chosen)
	}
	set = w.masked(set, only)
	if c.only == nil {
		c.axonSet = c.set.List(c.axonSet[:0], set, 0)
		for _, a := range c.axonSet {
			c.countShared(c.at(a), &c.reads[c.axons[c.at(a)].Row])
		}
		return
	}
	var n reads
	n.add(c, set, 0)
	c.only.addReads(&n)
}

// at returns the axon entry of bit place of a set.
func (c *Core) at(place int32) int32 {
	if c.order == nil {
		return place
	}
	return c.order[place]
}

// TickSet is Tick that writes the neurons that spike as a set, one bit per neuron, FiredWords
// words. It reports whether the set has a member.
func (c *Core) TickSet(t, inputTicks int32, fired []uint64) bool {
	clear(fired)
	if c.learning {
		c.left = c.Tick(t, inputTicks, c.left[:0])
	} else {
		c.set64 = fired
		c.left = c.Tick(t, inputTicks, c.left[:0])
		c.set64 = nil
	}
	for _, n := range c.left {
		fired[n>>6] |= 1 << (n & 63)
	}
	for _, word := range fired {
		if word != 0 {
			return true
		}
	}
	return false
}
