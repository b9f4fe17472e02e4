package core

import "adder/fixedpoint"

// Neurons of model shift (docs/neurocore.md, section 12): what arrives enters a current at
// once and saturates spike by spike, so that its order matters; leaks are shifts, of at
// least 1, after the input; and a neuron fires as often in a tick as its potential holds
// the threshold, up to a number.

// Shift holds the constants of a group of model shift. The zero Shift is another model.
type Shift struct {
	// Most is the largest number of spikes of a neuron in one tick, 1 to 31.
	Most uint8
	// V, U and W are the shifts of the leaks of the potential and of the currents, 0 to 15.
	V, U, W uint8
	// Second gives the neurons a second current.
	Second bool
}

const (
	// maxShiftSpikes and maxShiftLeak bound Shift.Most and its leaks.
	maxShiftSpikes, maxShiftLeak = 31, 15
	// maxArrivalShift bounds Row.Shift of a row into such neurons.
	maxArrivalShift = 15
)

// shifts reports whether the group is of model shift.
func (g *Group) shifts() bool { return g.Shift.Most > 0 }

// full is a register in two's complement, its lowest value included.
type full struct{ low, high int64 }

func makeFull(bits uint8) full {
	high := fixedpoint.Limit(uint(bits))
	return full{low: -high - 1, high: high}
}

// limit is x within the register; a change counts a saturation.
func (f full) limit(x int64, saturated *int64) int64 {
	switch {
	case x > f.high:
		*saturated++
		return f.high
	case x < f.low:
		*saturated++
		return f.low
	}
	return x
}

// leaked is the decrement of x by a leak by a shift: the 2^-shift-th part, rounded down, but at
// least 1 toward zero.
func leaked(x int64, shift uint8) int64 {
	if d := x >> (shift & 63); d != 0 {
		return d
	}
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// arrive adds a weight to a current of neuron n, so many times.
func (c *Core) arrive(n, weight, times int32, second bool) {
	current := c.current
	if second {
		current = c.second
	}
	u, saturated := int64(current[n]), int64(0)
	for range times {
		u = c.fullU.limit(u+int64(weight), &saturated)
	}
	if saturated > 0 {
		c.into[c.groups[c.groupOf[n]].share].Saturations += saturated
	}
	if current[n] != int32(u) {
		c.moved[n] = true
		current[n] = int32(u)
	}
}

// updateShift advances a group of model shift.
func (c *Core) updateShift(i int, g *group, t int32, out []int32) []int32 {
	c.countUpkeep(i, g)
	var done tally
	sent, fired := len(out), int64(0)
	for n := g.first; n < g.last; n++ {
		u, changed := int64(c.current[n]), c.moved[n]
		c.moved[n] = false
		u -= leaked(u, g.shift.U)
		input := u
		changed = changed || int32(u) != c.current[n]
		c.current[n] = int32(u)
		if g.shift.Second {
			w := int64(c.second[n])
			w -= leaked(w, g.shift.W)
			changed = changed || int32(w) != c.second[n]
			c.second[n] = int32(w)
			input += w
		}
		v := int64(c.potential[n])
		dv := c.fullV.limit(input-leaked(v, g.shift.V), &done.saturated)
		dv = c.fullV.limit(dv+c.drive[n], &done.saturated)
		v = c.fullV.limit(v+dv, &done.saturated)
		times := int32(0)
		for threshold := int64(c.threshold[n]); v >= threshold &&
			times < int32(g.shift.Most); times++ {
			v -= threshold
		}
		if changed || int32(v) != c.potential[n] || times > 0 {
			done.active++
		}
		c.potential[n] = int32(v)
		if times > 0 {
			out = append(out, n)
			c.send(t, n, times)
			fired += int64(times)
		}
	}
	c.countUpdate(g, done, 0, int64(len(out)-sent))
	into := c.into[g.share]
	into.MembraneAdds += fired
	into.Comparisons += fired
	c.quiet[i] = !c.touched && done == tally{}
	return out
}
