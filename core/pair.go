package core

import "fmt"

// Neurons of two compartments (docs/neurocore.md, section 14) come in pairs: a dendrite, which
// integrates and never fires, and after it a soma, which tests the sum of the dendrite's potential
// and its own input, and keeps nothing.

// pairSize is the number of neurons of a pair.
const pairSize = 2

// Together is the number of consecutive neurons of a group that must share a core: a pair of
// compartments, or those of a window of a maximum; 0 where neurons are independent.
func (g *Group) Together() int32 {
	if g.Pairs {
		return pairSize
	}
	return g.Code.Run
}

// Pairable reports whether model compartments can extend the models of a group.
func Pairable(g *Group) bool {
	bare := Group{
		First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
		HasCurrent: g.HasCurrent, DecayU: g.DecayU, DecayV: g.DecayV,
		BiasToCurrent: g.BiasToCurrent, WeightExp: g.WeightExp, Pairs: g.Pairs,
	}
	return *g == bare
}

// validatePairs checks a group whose neurons have two compartments.
func (c *Config) validatePairs(g *Group) error {
	if !g.Pairs {
		return nil
	}
	if g.Count&(pairSize-1) != 0 {
		return fmt.Errorf("%d neurons in pairs of compartments: a pair is not cut", g.Count)
	}
	if !Pairable(g) {
		return fmt.Errorf("neurons of two compartments with a floor, a refractory period, a leak " +
			"by sign, a reset by subtraction, graded spikes, a code, or that compete, adapt, fire " +
			"by chance or never: they have none of these")
	}
	for n := g.First; n < g.First+g.Count; n++ {
		if soma := (n-g.First)&1 > 0; c.Reset[n] != 0 || soma && c.V0[n] != 0 {
			return fmt.Errorf("neuron %d starts at %d and resets to %d: of two compartments a "+
				"soma starts at 0, and nothing is reset", n, c.V0[n], c.Reset[n])
		}
	}
	return nil
}

// updatePairs advances group i, whose neurons have two compartments.
func (c *Core) updatePairs(i int, g *group, out []int32) []int32 {
	c.countUpkeep(i, g)
	if c.quiet[i] && !c.touched {
		c.into[g.share].IdleUpdates += g.upkeep.updates
		return out
	}
	var done tally
	before := len(out)
	for dendrite := g.first; dendrite < g.last; dendrite += pairSize {
		soma := dendrite + 1
		v, change := c.compartment(g, dendrite, 0, &done)
		if change|(int32(v)^c.potential[dendrite]) != 0 {
			done.active++
		}
		c.potential[dendrite] = int32(v)
		v, change = c.compartment(g, soma, v, &done)
		fires := v > int64(c.threshold[soma])
		if g.broken {
			fires = c.health[soma] == firing || fires && c.health[soma] != dead
		}
		if fires {
			out = append(out, soma)
		}
		if fires || change != 0 {
			done.active++
		}
	}
	clear(c.accumulator[g.first:g.last])
	c.countUpdate(g, done, 0, int64(len(out)-before))
	c.quiet[i] = !c.touched && done == tally{}
	return out
}

// compartment integrates the input of neuron n and the output of another compartment, and returns
// its potential; change is not 0 if its current changed.
func (c *Core) compartment(g *group, n int32, handed int64, done *tally) (v int64, change int32) {
	input := int64(c.accumulator[n]) >> (g.right & 63) << (g.left & 63)
	if g.hasCurrent {
		input, change = c.advanceCurrent(g, n, input, done)
	}
	v = c.held(g.decayV.Apply(int64(c.potential[n]))+input+c.drive[n], done)
	if v = c.held(v+handed, done); g.broken && c.health[n] == dead {
		v = 0
		if c.current != nil {
			change, c.current[n] = 0, 0
		}
	}
	return v, change
}

// held is the value of a sum in the register of potentials; a change counts a saturation.
func (c *Core) held(v int64, done *tally) int64 {
	if c.registerV.fits(v) {
		return v
	}
	done.saturated++
	return c.registerV.limit(v)
}
