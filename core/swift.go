package core

import "adder/core/kernel"

// Groups of plain neurons are advanced by a kernel: those without current that keep or
// leak their potential, fire above a threshold and saturate. Where they compete, or their
// thresholds move, so are the ticks in which none fires. All other groups take the loops
// of neuron.go.

// swift reports whether a kernel can advance the group.
func (s *tables) swift(g *group) bool {
	return g.first < g.last && !g.broken && !g.pairs && g.graded == 0 && g.shift.Most == 0 &&
		!g.hasCurrent && g.signLeak == 0 && g.escape == nil && !s.wideLevels &&
		!s.registerV.wrap
}

// competes reports whether a spike of a neuron changes more than that neuron.
func (g *group) competes() bool { return g.theta.Adaptive || g.winner.Arbiter != ArbiterNone }

// prepareSwift makes the kernels of the groups for the drive that is set.
func (c *Core) prepareSwift() {
	if c.swift == nil {
		c.steady = make([]bool, len(c.groups))
		c.swift, c.drive32 = make([]*kernel.Neurons, len(c.groups)), make([]int32, len(c.drive))
		c.fires = make([]uint64, (len(c.drive)+63)>>6)
	}
	for i := range c.groups {
		g := &c.groups[i]
		c.swift[i] = nil
		if !c.tables.swift(g) || !narrowed(c.drive32[g.first:g.last], c.drive[g.first:g.last]) {
			continue
		}
		r, lowest := &c.registerV, int32(-1<<31)
		if g.hasFloor {
			lowest = g.floor
		}
		c.swift[i] = kernel.NewNeurons(c.set, kernel.Constants{
			Right: g.right & 63, Left: g.left & 63, Decay: g.decayV,
			Lowest: int32(-r.offset), Highest: int32(r.offset), Floor: lowest, Subtract: g.subtract,
		}, kernel.State{
			Potential: c.potential[g.first:g.last], Drive: c.drive32[g.first:g.last],
			Level: c.level[g.first:g.last], Reset: c.reset[g.first:g.last],
		})
		c.steady[i] = c.swift[i].Steady(c.tables.largest())
	}
}

// narrowed writes values with 32 bits and reports whether those hold them all.
func narrowed(to []int32, from []int64) bool {
	for n, v := range from {
		if v != int64(int32(v)) {
			return false
		}
		to[n] = int32(v)
	}
	return true
}

// kernelOf is the kernel that advances group i in this tick, nil for none. Where
// neurons rest, what they leave out of a host current is counted elsewhere.
func (c *Core) kernelOf(i int) *kernel.Neurons {
	if c.resting[i] > 0 && c.hostCurrents[i] > 0 {
		return nil
	}
	return c.swift[i]
}

// rivals are neurons that compete, as a tick found them.
type rivals struct {
	potential, accumulator []int32
	refractory             []uint16
}

// updateRivals is update by a kernel, of neurons that compete, unless one of them is above
// its threshold: then nothing has happened.
func (c *Core) updateRivals(i int, g *group, t int32, by *kernel.Neurons) bool {
	k := &c.before
	potential, accumulator := c.potential[g.first:g.last], c.accumulator[g.first:g.last]
	k.potential = append(k.potential[:0], potential...)
	k.accumulator = append(k.accumulator[:0], accumulator...)
	var refractory []uint16
	if c.resting[i] > 0 {
		refractory = c.refractory[g.first:g.last]
		k.refractory = append(k.refractory[:0], refractory...)
	}
	did := by.Update(accumulator, refractory, c.fires[:(g.last-g.first+63)>>6])
	if did.Spikes > 0 {
		copy(potential, k.potential)
		copy(accumulator, k.accumulator)
		copy(refractory, k.refractory)
		return false
	}
	if refractory != nil {
		c.resting[i]--
	}
	done := tallyOf(&did)
	if c.moves(g) {
		c.adapt(g, t, nil, &done)
	}
	c.countUpdate(g, done, 0, 0)
	c.quiet[i] = !c.touched && !g.restless && done == tally{}
	return true
}

// tallyOf is the tally of a kernel's update.
func tallyOf(did *kernel.Done) tally {
	return tally{
		active: did.Active, saturated: did.Saturated,
		refractory: did.Resting, discarded: did.Discarded, unadded: did.Resting + did.Biased,
	}
}

// updateSwift is update by a kernel.
func (c *Core) updateSwift(i int, g *group, by *kernel.Neurons, out []int32) []int32 {
	var refractory []uint16
	if c.resting[i] > 0 {
		c.resting[i]--
		refractory = c.refractory[g.first:g.last]
	}
	fires := c.fires[:(g.last-g.first+63)>>6]
	did := by.Update(c.accumulator[g.first:g.last], refractory, fires)
	if did.Spikes > 0 {
		out = c.takeFires(i, g, fires, out)
	}
	done := tallyOf(&did)
	c.countUpdate(g, done, did.Spikes, did.Spikes)
	c.quiet[i] = !c.touched && done == tally{}
	return out
}

// takeFires lets the neurons that fired rest, and adds them to the set of the tick, where
// one is asked for, or to out.
func (c *Core) takeFires(i int, g *group, fires []uint64, out []int32) []int32 {
	before := len(out)
	if g.refractory > 0 || c.set64 == nil {
		out = c.set.List(out, fires, g.first)
	}
	if g.refractory > 0 {
		c.resting[i] = g.refractory
		for _, n := range out[before:] {
			c.refractory[n] = g.refractory
		}
	}
	if c.set64 != nil {
		out = out[:before]
		orBits(c.set64, int(g.first), fires)
	}
	return out
}

// orBits adds a set to another one from a bit on. Bits that reach past its end are 0.
func orBits(to []uint64, first int, from []uint64) {
	to = to[first>>6:]
	shift := uint(first & 63)
	if shift == 0 {
		for w, word := range from {
			to[w] |= word
		}
		return
	}
	for w, word := range from {
		to[w] |= word << shift
		if high := word >> (64 - shift); high != 0 {
			to[w+1] |= high
		}
	}
}
