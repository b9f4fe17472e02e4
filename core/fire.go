package core

// test appends the neurons of a group that fire in a tick: whose potential is
// above the threshold, or by chance (docs/neurocore.md, section 3.3).
func (c *Core) test(g *group, tick int32, out []int32) []int32 {
	before := len(out)
	switch {
	case g.escape != nil:
		out = c.testEscape(g, tick, out)
	case g.graded > 0:
		out = c.testGraded(g, tick, out)
	case c.wideLevels:
		out = c.testWide(g, out)
	default:
		potential := c.potential[g.first:g.last]
		level := c.level[g.first:g.last][:len(potential)]
		for n := range potential {
			if potential[n] > level[n] {
				out = append(out, g.first+int32(n))
			}
		}
	}
	if g.broken {
		out = c.stick(g, out, before)
	}
	if c.barred == nil || !c.learning {
		return out
	}
	kept := out[:before]
	for _, n := range out[before:] {
		if c.barred[n] == 0 {
			kept = append(kept, n)
		}
	}
	return kept
}

// resetFired resets the neurons of group i that fired (section 3.5). A neuron
// that fired was active, whether or not its potential had changed.
func (c *Core) resetFired(i int, g *group, fired []int32, done *tally) {
	if len(fired) > 0 {
		c.resting[i] = g.refractory
	}
	for _, n := range fired {
		if c.accumulator[n] == 0 {
			done.active++
		}
		v := int64(c.reset[n])
		if g.subtract {
			v = int64(c.potential[n]) - v
		}
		if !c.registerV.fits(v) {
			v = c.registerV.limit(v)
			done.saturated++
		}
		c.potential[n] = int32(v)
		if g.refractory > 0 {
			c.refractory[n] = g.refractory
		}
	}
}
