package core

// Tick advances the neurons by tick t of a sample of inputTicks input ticks: it integrates the
// delivered input, tests and resets. It does so for groups whose window, from their depth on, for
// inputTicks ticks or those of their code, includes t. The neurons that spike are appended to out
// in ascending order, and out is returned. In learning mode the spikes of the tick then change the
// plastic weights.
//
// Groups outside of their window keep their state; their input is discarded.
func (c *Core) Tick(t, inputTicks int32, out []int32) []int32 {
	if len(c.late) > 0 {
		c.takeLate(t, inputTicks)
	}
	c.flush()
	before := len(out)
	for i := range c.groups {
		g := &c.groups[i]
		since, span := int64(t)-g.depth, int64(inputTicks)
		if g.code.kind != CodeNone {
			span = g.code.span
		}
		switch {
		case since < 0 || since >= span:
			c.forget(g)
		case g.code.kind != CodeNone:
			out = c.updateCode(g, since, out)
		case g.pairs:
			out = c.updatePairs(i, g, out)
		case g.shift.Most > 0:
			out = c.updateShift(i, g, t, out)
		default:
			out = c.update(i, g, t, out)
		}
	}
	if c.learning {
		c.learn(t, out[before:])
	}
	c.endTick()
	c.coming = t + 1
	return out
}

// endTick makes the core ready for the deliveries of the next tick.
func (c *Core) endTick() {
	c.touched = false
	c.lanes.dense = 0
	c.merge.next()
}

// forget drops what was delivered to a group.
func (c *Core) forget(g *group) {
	if c.touched {
		clear(c.accumulator[g.first:g.last])
	}
}

// update advances group i inside its window.
func (c *Core) update(i int, g *group, t int32, out []int32) []int32 {
	c.countUpkeep(i, g)
	if c.quiet[i] && !c.touched {
		c.into[g.share].IdleUpdates += g.upkeep.updates
		return out
	}
	switch by := c.kernelOf(i); {
	case by == nil:
	case !g.competes() && (c.barred == nil || !c.learning):
		return c.updateSwift(i, g, by, out)
	case c.updateRivals(i, g, t, by):
		return out
	}
	done, above := c.integrate(i, g)
	if g.broken {
		c.fail(g, &done)
	}
	before := len(out)
	if above || g.broken || g.escape != nil || c.wideLevels || g.graded > 0 {
		out = c.test(g, t, out)
	}
	fired := out[before:]
	if g.winner.Arbiter != ArbiterNone && len(fired) > 0 {
		out, fired = c.takeAll(g, t, out, before, &done)
	}
	c.resetFired(i, g, fired, &done)
	if c.moves(g) {
		c.adapt(g, t, fired, &done)
	}
	clear(c.accumulator[g.first:g.last])
	c.countUpdate(g, done, int64(len(fired)), int64(len(out)-before))
	c.quiet[i] = !c.touched && !g.restless && done == tally{}
	return out
}

// tally is the counts of a group's update.
type tally struct {
	// active neurons changed u or v or fired.
	active int64
	// saturated sums did not fit their register.
	saturated int64
	// refractory neurons took no input, discarded of them dropped one, and
	// unadded additions fell away.
	refractory, discarded, unadded int64
}

// countUpkeep counts the upkeep of a group.
func (c *Core) countUpkeep(i int, g *group) {
	n := c.into[g.share]
	n.NeuronUpdates += g.upkeep.updates
	n.DecayAdds += g.upkeep.decayAdds
	n.MembraneAdds += g.upkeep.membraneAdds + c.hostCurrents[i]
	n.Comparisons += g.upkeep.comparisons
	n.StateReads += g.upkeep.words
	n.StateWrites += g.upkeep.words
}

func (c *Core) countUpdate(g *group, done tally, fired, spikes int64) {
	n := c.into[g.share]
	n.ActiveUpdates += done.active
	n.IdleUpdates += g.upkeep.updates - done.active
	n.Saturations += done.saturated
	n.Discards += done.discarded
	n.MembraneAdds -= done.unadded
	n.Spikes += spikes
	if g.subtract {
		n.MembraneAdds += fired
	}
}
