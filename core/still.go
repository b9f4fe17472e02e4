package core

// Still reports whether ticks without input spikes change no state of the core, not even by chance:
// the last tick had no input and changed none.
func (c *Core) Still() bool {
	if c.learning || c.touched {
		return false
	}
	for i := range c.groups {
		if !c.quiet[i] || c.groups[i].code.kind != CodeNone {
			return false
		}
	}
	return true
}

// Rest counts the ticks t..t+ticks-1, of a sample of inputTicks input ticks, for a core that is
// still (Still) and has no input: as much as Tick would count.
func (c *Core) Rest(t, ticks, inputTicks int32) {
	c.coming = t + ticks
	for i := range c.groups {
		g := &c.groups[i]
		first := max(int64(t), g.depth)
		n := min(int64(t)+int64(ticks), g.depth+int64(inputTicks)) - first
		if n <= 0 {
			continue
		}
		c.countRest(i, uint(n))
	}
}

// countRest counts what so many updates of group i take in which nothing happens.
func (c *Core) countRest(i int, n uint) {
	g := &c.groups[i]
	into, u := c.into[g.share], &g.upkeep
	times := func(each int64) int64 { return repeated(each, n) }
	into.NeuronUpdates += times(u.updates)
	into.IdleUpdates += times(u.updates)
	into.DecayAdds += times(u.decayAdds)
	into.MembraneAdds += times(u.membraneAdds + c.hostCurrents[i])
	into.Comparisons += times(u.comparisons)
	into.StateReads += times(u.words)
	into.StateWrites += times(u.words)
}
