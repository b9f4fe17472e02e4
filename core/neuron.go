package core

// The update loops, one per neuron model. All do the same (docs/neurocore.md,
// sections 3.2, 3.3 and 3.5) and leave out what their model does not have, so
// that a plain neuron costs a few additions and no call. Each clears the
// accumulators it has read.

// view holds the parts of the per-neuron arrays that belong to one group, all of
// the same length.
type view struct {
	potential, accumulator, threshold, reset []int32
	drive                                    []int64
}

func (c *Core) view(g *group) view {
	potential := c.potential[g.first:g.last]
	return view{
		potential:   potential,
		accumulator: c.accumulator[g.first:][:len(potential)],
		threshold:   c.threshold[g.first:][:len(potential)],
		reset:       c.reset[g.first:][:len(potential)],
		drive:       c.drive[g.first:][:len(potential)],
	}
}

// resetPotential is v after a spike (section 3.5), and the saturations on the
// way.
func (c *Core) resetPotential(g *group, v, reset int64) (after, saturated int64) {
	if !g.subtract {
		return reset, 0
	}
	if v -= reset; c.registerV.fits(v) {
		return v, 0
	}
	return c.registerV.limit(v), 1
}

// updateIF serves groups that keep their potential and add input, shifted left
// only, and drive to it.
func (c *Core) updateIF(g *group, out []int32) ([]int32, tally) {
	var active, saturated int64
	l := c.view(g)
	potential := l.potential
	accumulator, drive := l.accumulator[:len(potential)], l.drive[:len(potential)]
	threshold, reset := l.threshold[:len(potential)], l.reset[:len(potential)]
	offset, span, left := c.registerV.offset, c.registerV.span, g.left&63
	for n := range potential {
		old := int64(potential[n])
		v := old + int64(accumulator[n])<<left + drive[n]
		if uint64(v+offset) > span {
			v = c.registerV.limit(v)
			saturated++
		}
		if v != old {
			active++
		}
		if v > int64(threshold[n]) {
			out = append(out, g.first+int32(n))
			if v == old {
				active++
			}
			after, overflow := c.resetPotential(g, v, int64(reset[n]))
			v, saturated = after, saturated+overflow
		}
		potential[n] = int32(v)
	}
	clear(accumulator)
	return out, tally{active: active, saturated: saturated}
}

// updateLeaky serves groups without current or refractory period.
func (c *Core) updateLeaky(g *group, out []int32) ([]int32, tally) {
	var active, saturated int64
	l := c.view(g)
	potential := l.potential
	accumulator, drive := l.accumulator[:len(potential)], l.drive[:len(potential)]
	threshold, reset := l.threshold[:len(potential)], l.reset[:len(potential)]
	offset, span := c.registerV.offset, c.registerV.span
	right, left, decay := g.right&63, g.left&63, g.decayV
	for n := range potential {
		old := int64(potential[n])
		v := decay.Apply(old) + int64(accumulator[n])>>right<<left + drive[n]
		if uint64(v+offset) > span {
			v = c.registerV.limit(v)
			saturated++
		}
		if v != old {
			active++
		}
		if v > int64(threshold[n]) {
			out = append(out, g.first+int32(n))
			if v == old {
				active++
			}
			after, overflow := c.resetPotential(g, v, int64(reset[n]))
			v, saturated = after, saturated+overflow
		}
		potential[n] = int32(v)
	}
	clear(accumulator)
	return out, tally{active: active, saturated: saturated}
}

// updateCurrent serves groups with a current and without refractory period.
func (c *Core) updateCurrent(g *group, out []int32) ([]int32, tally) {
	var active, saturated int64
	l := c.view(g)
	potential := l.potential
	accumulator, drive := l.accumulator[:len(potential)], l.drive[:len(potential)]
	threshold, reset := l.threshold[:len(potential)], l.reset[:len(potential)]
	current, biasU := c.current[g.first:][:len(potential)], c.biasU[g.first:][:len(potential)]
	right, left := g.right&63, g.left&63
	for n := range potential {
		oldU, oldV := int64(current[n]), int64(potential[n])
		u := g.decayU.Apply(oldU) + int64(accumulator[n])>>right<<left + biasU[n]
		if !c.registerU.fits(u) {
			u = c.registerU.limit(u)
			saturated++
		}
		v := g.decayV.Apply(oldV) + u + drive[n]
		if !c.registerV.fits(v) {
			v = c.registerV.limit(v)
			saturated++
		}
		changed := v != oldV || u != oldU
		if v > int64(threshold[n]) {
			out = append(out, g.first+int32(n))
			changed = true
			after, overflow := c.resetPotential(g, v, int64(reset[n]))
			v, saturated = after, saturated+overflow
		}
		if changed {
			active++
		}
		current[n], potential[n] = int32(u), int32(v)
	}
	clear(accumulator)
	return out, tally{active: active, saturated: saturated}
}

// updateGeneral serves groups with a refractory period, whatever else they
// have.
func (c *Core) updateGeneral(g *group, out []int32) ([]int32, tally) {
	var done tally
	for n := g.first; n < g.last; n++ {
		input := int64(c.accumulator[n]) >> (g.right & 63) << (g.left & 63)
		oldV := int64(c.potential[n])
		changed := false
		if g.hasCurrent {
			input, changed = c.integrateCurrent(g, n, input, &done)
		}
		v := g.decayV.Apply(oldV)
		if c.refractory[n] == 0 {
			v += input + c.drive[n]
		} else {
			c.refractory[n]--
			c.countRefractory(n, input, &done)
		}
		if !c.registerV.fits(v) {
			v = c.registerV.limit(v)
			done.saturated++
		}
		if v > int64(c.threshold[n]) {
			out = append(out, n)
			after, overflow := c.resetPotential(g, v, int64(c.reset[n]))
			v, done.saturated = after, done.saturated+overflow
			c.refractory[n] = g.refractory
			changed = true
		}
		if changed || v != oldV {
			done.active++
		}
		c.potential[n] = int32(v)
	}
	clear(c.accumulator[g.first:g.last])
	return out, done
}

// integrateCurrent advances u of neuron n, and reports whether it changed.
func (c *Core) integrateCurrent(g *group, n int32, input int64, done *tally) (u int64, changed bool) {
	old := int64(c.current[n])
	u = g.decayU.Apply(old) + input + c.biasU[n]
	if !c.registerU.fits(u) {
		u = c.registerU.limit(u)
		done.saturated++
	}
	c.current[n] = int32(u)
	return u, u != old
}

// countRefractory counts what a refractory neuron leaves out: the additions of
// the input, of a bias and of a host current into its potential.
func (c *Core) countRefractory(n int32, input int64, done *tally) {
	done.refractory++
	if input != 0 {
		done.discarded++
	}
	done.unadded++
	if c.biasV[n] != 0 {
		done.unadded++
	}
	if c.drive[n] != c.biasV[n] {
		done.unadded++
	}
}
