package ir

import (
	"cmp"
	"fmt"

	"adder/core"
)

func (n *Network) validatePopulation(p int) error {
	pop := &n.Populations[p]
	if err := validateSize(pop.Shape, pop.Size); err != nil {
		return err
	}
	for _, list := range []struct {
		name     string
		length   int
		optional bool
	}{
		{"thresholds", len(pop.Threshold), false}, {"biases", len(pop.Bias), false},
		{"resets", len(pop.Reset), false},
		{"initial potentials", len(pop.V0), false}, {"adaptive thresholds", len(pop.Theta), true},
		{"targets", len(pop.Target), true},
		{"units", len(pop.Unit), true}, {"rests", len(pop.Rest), true},
	} {
		if list.length != pop.Size && !(list.optional && list.length == 0) {
			return fmt.Errorf("%d %s: it has %d neurons", list.length, list.name, pop.Size)
		}
	}
	next := int32(0)
	for i := range pop.Groups {
		g := &pop.Groups[i]
		if g.First != next || g.Count < 1 || int64(next)+int64(g.Count) > int64(pop.Size) {
			return fmt.Errorf("group %d holds neurons %d to %d, where %d of %d is next", i, g.First,
				int64(g.First)+int64(g.Count)-1, next, pop.Size)
		}
		next += g.Count
		if int(g.Population) != p || int(g.Depth) != pop.Depth || pop.Depth < 0 ||
			g.Integrator != pop.Groups[0].Integrator {
			return fmt.Errorf("group %d is of layer %d, depth %d, integrator %t: the layer is "+
				"%d, its depth %d, its first group %t",
				i, g.Population, g.Depth, g.Integrator, p, pop.Depth, pop.Groups[0].Integrator)
		}
		if c, first := &g.Code, &pop.Groups[0].Code; c.Kind != first.Kind ||
			c.Window != first.Window || c.Bits != first.Bits {
			return fmt.Errorf("group %d has code %d, a window of %d ticks and %d bits: its first "+
				"group has %d, %d, %d",
				i, c.Kind, c.Window, c.Bits, first.Kind, first.Window, first.Bits)
		}
		if err := n.validateGroup(pop, g); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	if int(next) != pop.Size {
		return fmt.Errorf("its groups hold %d of %d neurons", next, pop.Size)
	}
	return nil
}

func (n *Network) validateGroup(pop *Population, g *core.Group) error {
	state := int64(1)<<(n.Widths.Potential-1) - 1
	t := &g.Theta
	err := firstError(
		between("decay of the current", int64(g.DecayU), 0, 4096),
		between("decay of the potential", int64(g.DecayV), 0, 4096),
		between("weight exponent", int64(g.WeightExp), -8, 15),
		between("reset mode", int64(g.ResetMode), 0, int64(core.ResetSubtract)),
		between("floor", int64(g.Floor), -state, state), between("escape table", int64(g.Escape), 0,
			int64(len(n.Escape))),
		between("arbiter", int64(g.Winner.Arbiter), 0, int64(core.ArbiterFair)),
		between("decay shift of the adaptive threshold", int64(t.Decay), 0, 31),
	)
	for _, constant := range g.Constants() {
		err = cmp.Or(err, between(constant.Name, int64(constant.Value), -state, state))
	}
	switch {
	case err != nil:
		return err
	case g.BiasToCurrent && !g.HasCurrent:
		return fmt.Errorf("its bias enters a current that it does not have")
	case !g.HasFloor && g.Floor != 0:
		return fmt.Errorf("a floor of %d that it does not have", g.Floor)
	case g.Integrator && (g.Escape != 0 || t.Adaptive || g.Winner.Arbiter != core.ArbiterNone):
		return fmt.Errorf("an integrator with escape noise, an adaptive threshold or an arbiter: " +
			"it never fires")
	case !t.Adaptive && *t != (core.Theta{}):
		return fmt.Errorf("constants of an adaptive threshold that it does not have")
	case g.Winner.Arbiter == core.ArbiterNone && g.Winner != (core.Winner{}):
		return fmt.Errorf("rules for winners where nobody competes")
	}
	if err := firstError(n.validateCode(pop, g), n.validateShift(pop, g),
		n.validatePairs(pop, g)); err != nil {
		return err
	}
	return n.validateNeurons(pop, g)
}

// validateNeurons checks the constants of the neurons of a group against the
// registers that they meet. Nobody looks at the threshold and reset of one that
// never fires.
func (n *Network) validateNeurons(pop *Population, g *core.Group) error {
	state, bias := int64(1)<<(n.Widths.Potential-1)-1, n.Widths.Potential
	if g.BiasToCurrent {
		bias = n.Widths.Current
	}
	most := int64(1)<<(bias-1) - 1
	for i := g.First; i < g.First+g.Count; i++ {
		theta, target := at(pop.Theta, i), at(pop.Target, i)
		err := firstError(between("bias", int64(pop.Bias[i]), -most, most),
			between("initial potential", int64(pop.V0[i]), -state, state),
			between("adaptive threshold", theta, -state, state),
			between("target", target, 0, 1<<31-1))
		if err == nil && !g.Integrator {
			err = firstError(between("threshold", int64(pop.Threshold[i]), -state, state),
				between("reset", int64(pop.Reset[i]), -state, state))
		}
		if err == nil && theta != 0 && !g.Theta.Adaptive {
			err = fmt.Errorf("an adaptive threshold of %d that does not adapt: add it to the "+
				"threshold", theta)
		}
		if err != nil {
			return fmt.Errorf("neuron %d: %w", i, err)
		}
	}
	return nil
}

// at is an entry of a list that may be empty for zeros.
func at(list []int32, i int32) int64 {
	if len(list) == 0 {
		return 0
	}
	return int64(list[i])
}
