package ir

import (
	"fmt"

	"adder/core"
)

// advancePairs takes a group of pairs of compartments through a tick (section 14).
func (r *Interpreter) advancePairs(p int, g *core.Group, host []int64) {
	pop, w := &r.populations[p], &r.net.Widths
	for dendrite := int(g.First); dendrite < int(g.First+g.Count); dendrite += 2 {
		soma := dendrite + 1
		for _, n := range []int{dendrite, soma} {
			current := int64(0)
			if host != nil {
				current = host[n]
			}
			pop.integrate(w, g, n, current)
		}
		r.fail(p, dendrite)
		sum := limit(pop.v[soma]+pop.v[dendrite], w.Potential, w.WrapPotential)
		pop.v[soma] = 0
		r.fail(p, soma)
		fires := sum > int64(pop.Threshold[soma])
		pop.fired[soma] = !r.opts.Faults.dead(p, soma) && (fires || r.opts.Faults.firing(p, soma))
	}
}

// validatePairs checks a group whose neurons have two compartments.
func (n *Network) validatePairs(pop *Population, g *core.Group) error {
	if !g.Pairs {
		return nil
	}
	if g.Count%2 != 0 {
		return fmt.Errorf("%d neurons in pairs of compartments: a pair is whole", g.Count)
	}
	if !core.Pairable(g) {
		return fmt.Errorf("neurons of two compartments with a floor, a refractory period, a leak " +
			"by sign, a reset by subtraction or another model on top: they have none")
	}
	for i := g.First; i < g.First+g.Count; i++ {
		if pop.Reset[i] != 0 || (i-g.First)%2 == 1 && pop.V0[i] != 0 {
			return fmt.Errorf("neuron %d: reset %d and initial potential %d of two compartments: "+
				"nothing resets them, and a soma starts at 0", i, pop.Reset[i], pop.V0[i])
		}
	}
	return nil
}
