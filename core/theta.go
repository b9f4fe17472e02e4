package core

import "adder/fixedpoint"

// The adaptive part of thresholds: it rises when a neuron fires, decays slowly
// by a shift with stochastic rounding, and falls by a constant after a sample.

// moves reports whether theta of a group moves in this mode.
func (c *Core) moves(g *group) bool { return g.theta.Adaptive && (c.learning || g.theta.Always) }

// adapt raises theta of the neurons that fired and lets that of all decay.
func (c *Core) adapt(g *group, tick int32, fired []int32, done *tally) {
	for _, n := range fired {
		c.setTheta(n, int64(c.theta[n])+int64(g.theta.Plus), done)
		c.into[g.share].MembraneAdds++
	}
	if g.theta.Decay == 0 {
		return
	}
	stream := c.source.Stream(c.sample, uint64(tick), fixedpoint.PurposeTheta)
	for n := g.first; n < g.last; n++ {
		theta := int64(c.theta[n])
		c.into[g.share].DecayAdds++
		if theta == 0 {
			continue
		}
		c.into[g.share].Draws++
		theta -= fixedpoint.ShiftStochastic(theta, uint(g.theta.Decay),
			stream.Draw(uint64(c.ids[n])))
		c.setTheta(n, theta, done)
	}
}

// fallTick keys the draw of a fall, which follows the ticks of a sample.
const fallTick = 1<<32 - 1

// fall lowers theta of all neurons of a group after a sample, by the same
// amount, which is rounded at random once.
func (c *Core) fall(g *group) {
	if !g.theta.Adaptive || g.theta.Always || g.theta.Fall == 0 {
		return
	}
	draw := c.source.Draw(c.sample, uint64(c.ids[g.first]), fallTick, fixedpoint.PurposeTheta)
	c.into[g.share].Draws++
	amount := fixedpoint.ShiftStochastic(int64(g.theta.Fall), thetaFraction, draw)
	var done tally
	for n := g.first; n < g.last; n++ {
		theta := int64(c.theta[n])
		c.setTheta(n, max(theta-amount, min(theta, int64(g.theta.Min))), &done)
	}
	c.into[g.share].MembraneAdds += g.upkeep.updates
	c.into[g.share].StateReads += g.upkeep.updates
	c.into[g.share].StateWrites += g.upkeep.updates
	c.into[g.share].Saturations += done.saturated
}

// thetaFraction is the number of fractional bits of Theta.Fall.
const thetaFraction = 16

// setTheta writes theta of a neuron, saturated at the potential's width.
func (c *Core) setTheta(n int32, theta int64, done *tally) {
	if kept, clipped := fixedpoint.Saturate(theta, uint(c.widths.Potential)); clipped {
		theta = kept
		done.saturated++
	}
	c.theta[n] = int32(theta)
	c.level[n] = c.levelOf(n)
}

// testWide appends the neurons of a group that are above their level where that
// may not fit a comparator of 32 bits.
func (c *Core) testWide(g *group, out []int32) []int32 {
	for n := g.first; n < g.last; n++ {
		if c.margin(n) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// levelOf is threshold + theta of a neuron as a comparator of 32 bits meets it:
// beyond its range no potential is above, or every one is, except for the lowest
// one of a register of 32 bits that wraps around (tables.wideLevels).
func (c *Core) levelOf(n int32) int32 {
	return int32(min(max(int64(c.threshold[n])+int64(c.theta[n]), -1<<31), 1<<31-1))
}

// raiseThresholds updates the levels after theta was loaded.
func (c *Core) raiseThresholds() {
	for n := range c.theta {
		c.level[n] = c.levelOf(int32(n))
	}
}

// beginTheta starts theta of the groups for which it is part of the dynamics.
func (c *Core) beginTheta() {
	for i := range c.groups {
		g := &c.groups[i]
		if !g.theta.Adaptive || !g.theta.Always {
			continue
		}
		c.loadTheta(g)
		for n := g.first; n < g.last; n++ {
			c.level[n] = c.levelOf(n)
		}
	}
}

// loadTheta gives a group the theta of the configuration; one that is not
// adaptive has none.
func (c *Core) loadTheta(g *group) {
	theta := c.theta[g.first:g.last]
	if !g.theta.Adaptive || len(c.startTheta) == 0 {
		clear(theta)
		return
	}
	copy(theta, c.startTheta[g.first:g.last])
}
