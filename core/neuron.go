package core

import (
	"fmt"
	"slices"

	"adder/fixedpoint"
)

// The integration loops, one per model of the membrane, one for groups without
// current in which a neuron may be refractory, and one for the rest. All do the same
// (docs/neurocore.md, section 3.2) and leave out what their model does not
// have, so that a plain neuron costs a few additions and no call.
//
// Each leaves in the accumulator whether u or v of the neuron changed, zero for
// no; fire reads it and clears the accumulators.

// loop selects the integration loop of a group.
type loop uint8

const (
	// integrateFire has neither current nor leak.
	integrateFire loop = iota
	// leak adds a leak of one shift, without bias and for an input that is
	// not scaled.
	leak
	// leaky adds any leak.
	leaky
	// currentBased adds a synaptic current.
	currentBased
)

// dynamics are the constants of a group for integration, other than its registers.
type dynamics struct {
	loop loop
	leak uint // of the loop leak: the 2^-leak-th part
	// signLeak is added to the potential in the direction of its sign.
	signLeak int64
}

// selectLoop chooses the loop for the models of a group.
func (g *group) selectLoop(from *Group, bias []int32) error {
	for _, model := range from.Models() {
		if err := g.addModel(model, from, bias); err != nil {
			return err
		}
	}
	return nil
}

// addModel takes up one model of a group. One that this file and the steps after integration
// (tick.go) do not implement is an error.
func (g *group) addModel(model Model, from *Group, bias []int32) error {
	switch model {
	case ModelIF:
		g.loop = integrateFire
		if g.right != 0 {
			g.loop = leaky
		}
	case ModelLIF, ModelThreshold:
		g.loop, g.leak = g.leakyLoop(bias)
	case ModelCUBA:
		g.loop = currentBased
	case ModelReversal:
		g.signLeak = int64(from.Leak)
	case ModelIntegrator, ModelALIF, ModelSRM0, ModelWinner:
	case ModelGraded, ModelShift, ModelSecond, ModelPairs: // graded.go, shift.go, pair.go
	case ModelRadix, ModelLevel, ModelBoundaries, ModelMax: // coded.go
	default:
		return fmt.Errorf("the core has no loop for %s neurons", model)
	}
	return nil
}

// leakyLoop is the loop of a group that leaks, and the shift of the leak where it
// takes one.
func (g *group) leakyLoop(bias []int32) (of loop, shift uint) {
	biased := slices.ContainsFunc(bias, func(b int32) bool { return b != 0 })
	if shift, ok := g.decayV.Leak(); ok && g.right|g.left == 0 && !biased {
		return leak, shift
	}
	if g.decayV.Factor() != fixedpoint.DecayOne || g.right != 0 {
		return leaky, 0
	}
	return integrateFire, 0 // a chip of few digits keeps all
}

// integrate adds the input to u and v of group i. above is false if it is known that no potential
// is above its level.
func (c *Core) integrate(i int, g *group) (done tally, above bool) {
	resting := c.resting[i] > 0
	if resting {
		c.resting[i]--
	}
	switch {
	case g.signLeak != 0 || resting && g.hasCurrent:
		return c.integrateAny(g), true
	case resting:
		return c.integrateRefractory(g), true
	case g.loop == integrateFire:
		return c.integrateIF(g), true
	case g.loop == leak && c.hostCurrents[i] == 0:
		return c.integrateLeak(g)
	case g.loop == currentBased:
		return c.integrateCurrent(g), true
	}
	return c.integrateLeaky(g), true
}

// integrateIF serves groups that keep their potential and add input, shifted
// left only, and drive to it.
func (c *Core) integrateIF(g *group) tally {
	var active, saturated int64
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	drive := c.drive[g.first:g.last][:len(potential)]
	offset, span, left := g.offset, g.span, g.left&63
	for n := range potential {
		old := potential[n]
		v := int64(old) + int64(accumulator[n])<<left + drive[n]
		if uint64(v+offset) > span {
			v, saturated = c.limitV(g, v, saturated)
		}
		potential[n] = int32(v)
		change := int32(v) ^ old
		accumulator[n] = change
		if change != 0 {
			active++
		}
	}
	return tally{active: active, saturated: saturated}
}

// integrateLeaky serves groups without current.
func (c *Core) integrateLeaky(g *group) tally {
	var active, saturated int64
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	drive := c.drive[g.first:g.last][:len(potential)]
	offset, span := g.offset, g.span
	right, left, decay := g.right&63, g.left&63, g.decayV
	for n := range potential {
		old := potential[n]
		v := decay.Apply(int64(old)) + int64(accumulator[n])>>right<<left + drive[n]
		if uint64(v+offset) > span {
			v, saturated = c.limitV(g, v, saturated)
		}
		potential[n] = int32(v)
		change := int32(v) ^ old
		accumulator[n] = change
		if change != 0 {
			active++
		}
	}
	return tally{active: active, saturated: saturated}
}

// integrateCurrent serves groups with a current.
func (c *Core) integrateCurrent(g *group) tally {
	var active, saturated int64
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	drive := c.drive[g.first:g.last][:len(potential)]
	current := c.current[g.first:g.last][:len(potential)]
	biasU := c.biasU[g.first:g.last][:len(potential)]
	offset, span := g.offset, g.span
	right, left, decayU, decayV := g.right&63, g.left&63, g.decayU, g.decayV
	for n := range potential {
		oldU, oldV := current[n], potential[n]
		u := decayU.Apply(int64(oldU)) + int64(accumulator[n])>>right<<left + biasU[n]
		if !c.registerU.fits(u) {
			u = c.registerU.limit(u)
			saturated++
		}
		v := decayV.Apply(int64(oldV)) + u + drive[n]
		if uint64(v+offset) > span {
			v, saturated = c.limitV(g, v, saturated)
		}
		current[n], potential[n] = int32(u), int32(v)
		change := (int32(u) ^ oldU) | (int32(v) ^ oldV)
		accumulator[n] = change
		if change != 0 {
			active++
		}
	}
	return tally{active: active, saturated: saturated}
}

// integrateLeak serves groups without current that lose a 2^-k-th part and add their input
// unchanged and nothing else. above reports whether a potential is above its level: such groups
// compete, and in most ticks none is.
func (c *Core) integrateLeak(g *group) (done tally, above bool) {
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	level := c.level[g.first:g.last][:len(potential)]
	offset, span, shift := g.offset, g.span, g.leak&63
	var idle, saturated, margins int64
	for n := range potential {
		v := int64(potential[n])
		up := ^(v >> 63) // -1 for v >= 0, of which the part is rounded up
		change := int64(accumulator[n]) + up - (v+up)>>shift
		v += change
		if uint64(v+offset) > span {
			change -= v
			v, saturated = c.limitV(g, v, saturated)
			change += v
		}
		accumulator[n] = int32(change)
		potential[n] = int32(v)
		margins |= int64(level[n]) - v
		if change == 0 {
			idle++
		}
	}
	return tally{active: int64(len(potential)) - idle, saturated: saturated}, margins < 0
}

// limitV limits a potential to the bounds of its group, and returns it with the number of saturated
// sums.
func (c *Core) limitV(g *group, v, saturated int64) (kept, now int64) {
	if !c.registerV.fits(v) {
		v = c.registerV.limit(v)
		saturated++
	}
	if g.hasFloor {
		v = max(v, int64(g.floor))
	}
	return v, saturated
}

// integrateRefractory serves groups without current.
func (c *Core) integrateRefractory(g *group) tally {
	var done tally
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	drive := c.drive[g.first:g.last][:len(potential)]
	refractory := c.refractory[g.first:g.last][:len(potential)]
	offset, span := g.offset, g.span
	right, left, decay := g.right&63, g.left&63, g.decayV
	for n := range potential {
		old := potential[n]
		input := int64(accumulator[n]) >> right << left
		v := decay.Apply(int64(old))
		if refractory[n] == 0 {
			v += input + drive[n]
		} else {
			refractory[n]--
			c.countRefractory(g.first+int32(n), input, &done)
		}
		if uint64(v+offset) > span {
			v, done.saturated = c.limitV(g, v, done.saturated)
		}
		potential[n] = int32(v)
		change := int32(v) ^ old
		accumulator[n] = change
		if change != 0 {
			done.active++
		}
	}
	return done
}

// integrateAny serves groups of any model.
func (c *Core) integrateAny(g *group) tally {
	var done tally
	for n := g.first; n < g.last; n++ {
		input, change := int64(c.accumulator[n])>>(g.right&63)<<(g.left&63), int32(0)
		oldV := c.potential[n]
		if g.hasCurrent {
			input, change = c.advanceCurrent(g, n, input, &done)
		}
		v := g.decayV.Apply(int64(oldV))
		if c.refractory == nil || c.refractory[n] == 0 {
			v += input + c.drive[n]
		} else {
			c.refractory[n]--
			c.countRefractory(n, input, &done)
		}
		v += g.signed(v)
		if uint64(v+g.offset) > g.span {
			v, done.saturated = c.limitV(g, v, done.saturated)
		}
		c.potential[n] = int32(v)
		change |= int32(v) ^ oldV
		c.accumulator[n] = change
		if change != 0 {
			done.active++
		}
	}
	return done
}

// signed is the increment of a potential by a leak by sign.
func (g *group) signed(v int64) int64 {
	switch {
	case v > 0:
		return g.signLeak
	case v < 0:
		return -g.signLeak
	}
	return 0
}

// advanceCurrent advances u of neuron n, and returns it with a nonzero change
// if it changed.
func (c *Core) advanceCurrent(g *group, n int32, input int64, done *tally) (u int64, change int32) {
	old := c.current[n]
	u = g.decayU.Apply(int64(old)) + input + c.biasU[n]
	if !c.registerU.fits(u) {
		u = c.registerU.limit(u)
		done.saturated++
	}
	c.current[n] = int32(u)
	return u, int32(u) ^ old
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
