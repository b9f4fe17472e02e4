package kernel

import "math/bits"

// TickBatch is the input and the output of a group of neurons in many ticks. The input of tick k
// are the sums from Sums[k*Stride] on; UpdateTicks clears them. Its output are two sets of neurons,
// one bit per neuron, from word k*Words of Fired and of Changed on: the neurons that fired, and
// those that fired or changed their potential. UpdateTicks overwrites all of their words.
type TickBatch struct {
	Sums          []int32
	Stride, Ticks int
	// Refractory are the counters of the neurons, nil for a group without. A neuron that
	// fires has its own set to Period.
	Refractory     []uint16
	Period         uint16
	Fired, Changed []uint64
	Words          int
	// each has what a tick did, where updates counted it; else seldom has what sets do
	// not say.
	each   []Done
	seldom []rare
}

// rare is the counts of a tick that do not follow from the sets.
type rare struct{ saturated, resting, discarded, biased int64 }

// Did returns the counts of the ticks from..to-1 of the last UpdateTicks.
func (c *TickBatch) Did(from, to int) (sum Done) {
	if len(c.each) > 0 {
		for k := range c.each[from:to] {
			sum.Add(&c.each[from+k])
		}
		return sum
	}
	first := int(times(uint(c.Words), uint(from)))
	last := int(times(uint(c.Words), uint(to)))
	sum.Active = best.Ones(c.Changed[first:last])
	sum.Spikes = best.Ones(c.Fired[first:last])
	for k := range c.seldom[from:to] {
		r := &c.seldom[from+k]
		sum.Saturated += r.saturated
		sum.Resting += r.resting
		sum.Discarded += r.discarded
		sum.Biased += r.biased
	}
	return sum
}

// Steady reports whether UpdateTicks accepts sums of magnitude up to size: no such input, and no
// reset, exceeds the bounds of the assembly.
func (n *Neurons) Steady(size int64) bool {
	c, s := &n.constants, &n.state
	if n.set != AVX512 {
		return true
	}
	if size>>c.Right+1 > maxInput>>c.Left || c.Floor > c.Highest {
		return false
	}
	for i, reset := range s.Reset {
		after := int64(reset)
		if c.Subtract {
			// A potential above its level loses it, and is at most the highest.
			if reset < 0 || int64(s.Level[i])+1-after < int64(c.Lowest) {
				return false
			}
			continue
		}
		if after < int64(c.Lowest) || after > int64(c.Highest) {
			return false
		}
	}
	return true
}

// UpdateTicks is Update for one tick after the other, and sets the refractory counters of
// neurons that fire. Steady must have been true of the inputs.
func (n *Neurons) UpdateTicks(c *TickBatch) {
	count := len(n.state.Potential)
	c.each, c.seldom = c.each[:0], c.seldom[:0]
	if count == 0 || c.Ticks == 0 {
		return
	}
	if n.set != AVX512 {
		n.updateEach(c)
		return
	}
	if rest := count & 63; rest > 0 && rest <= 48 { // sixteen bits are written at a time
		clear(c.Fired)
		clear(c.Changed)
	}
	c.seldom = append(c.seldom, make([]rare, c.Ticks)...)
	s := &n.step
	s.neurons, s.ticks = count, c.Ticks
	s.accumulator, s.refractory, s.fired = &c.Sums[0], nil, &c.Fired[0]
	s.changed, s.rare, s.stride, s.rowBytes, s.period =
		&c.Changed[0], &c.seldom[0], c.Stride<<2, c.Words<<3, int64(c.Period)
	if c.Refractory != nil {
		s.refractory = &c.Refractory[0]
	}
	s.runTicks()
}

// updateEach is UpdateTicks by Update; Changed is not set.
func (n *Neurons) updateEach(c *TickBatch) {
	sums, fired := c.Sums, c.Fired
	clear(c.Changed)
	for k := range c.Ticks {
		now := fired[:c.Words]
		done := n.Update(sums[:len(n.state.Potential)], c.Refractory, now)
		c.each = append(c.each, done)
		if c.Refractory != nil && done.Spikes > 0 {
			for w, word := range now {
				for ; word != 0; word &= word - 1 {
					c.Refractory[w<<6+bits.TrailingZeros64(word)] = c.Period
				}
			}
		}
		if fired = fired[c.Words:]; k < c.Ticks-1 {
			sums = sums[c.Stride:]
		}
	}
}
