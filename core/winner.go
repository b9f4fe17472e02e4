package core

import "adder/fixedpoint"

// arbitrate keeps one of the candidates, which fire in this tick, and returns
// it. There is at least one.
func (c *Core) arbitrate(g *group, tick int32, candidates []int32) int32 {
	c.into[g.share].Comparisons += int64(len(candidates)) - 1
	if len(candidates) == 1 {
		return candidates[0]
	}
	if g.winner.Arbiter == ArbiterFair {
		return c.drawWinner(g, tick, candidates)
	}
	winner, widest := candidates[0], c.margin(candidates[0])
	for _, n := range candidates[1:] {
		m := c.margin(n)
		if m > widest || m == widest && c.ids[n] < c.ids[winner] {
			winner, widest = n, m
		}
	}
	return winner
}

// margin is how far neuron n is above its threshold.
func (c *Core) margin(n int32) int64 {
	m := int64(c.potential[n]) - int64(c.threshold[n])
	if c.theta != nil {
		m -= int64(c.theta[n])
	}
	return m
}

func (c *Core) drawWinner(g *group, tick int32, candidates []int32) int32 {
	stream := c.source.Stream(c.sample, uint64(tick), fixedpoint.PurposeArbiter)
	winner, smallest := int32(-1), uint64(0)
	for _, n := range candidates {
		draw := stream.Draw(uint64(c.ids[n]))
		if winner < 0 || draw < smallest || draw == smallest && c.ids[n] < c.ids[winner] {
			winner, smallest = n, draw
		}
	}
	c.into[g.share].Draws += int64(len(candidates))
	return winner
}

// takeAll lets one of the candidates at out[before:] win, and returns out with only the winner
// after index before, and the neurons to reset.
func (c *Core) takeAll(g *group, tick int32, out []int32, before int,
	done *tally) (kept, fired []int32) {
	candidates := out[before:]
	winner := c.arbitrate(g, tick, candidates)
	c.fired = append(c.fired[:0], candidates...)
	if g.winner.Alone {
		c.fired = append(c.fired[:0], winner)
	}
	if g.winner.LateralReset {
		c.resetOthers(g, c.fired, done)
	}
	return append(out[:before], winner), c.fired
}

// resetOthers sets the potentials of a group to 0, except those of the neurons that fired, which
// are ascending and have their own reset.
func (c *Core) resetOthers(g *group, fired []int32, done *tally) {
	for n := g.first; n < g.last; n++ {
		if len(fired) > 0 && fired[0] == n {
			fired = fired[1:]
			continue
		}
		if c.potential[n] == 0 {
			continue
		}
		if c.accumulator[n] == 0 {
			c.accumulator[n] = 1
			done.active++
		}
		c.potential[n] = 0
	}
}
