package fault

import (
	"fmt"
	"slices"

	"adder/core"
	"adder/fixedpoint"
)

// neurons finds the broken neurons of a core: those that are drawn, and those that are named.
func (b *broken) neurons(at Tile) (core.Faults, error) {
	dead, firing, err := b.named(at)
	if err != nil {
		return core.Faults{}, err
	}
	limits := limitsOf(b.spec.Dead, b.spec.Firing)
	for n := range int32(b.config.Neurons()) {
		if slices.Contains(dead, n) || slices.Contains(firing, n) || !b.isSubject(n) {
			continue
		}
		b.damage.Neurons++
		switch draw := b.draws.Draw(b.tile, uint64(n), 0, fixedpoint.PurposeNeuron); {
		case draw < limits[0]:
			dead = append(dead, n)
		case draw < limits[1] && b.config.Fires(n):
			firing = append(firing, n)
		}
	}
	slices.Sort(dead)
	slices.Sort(firing)
	b.damage.Dead += int64(len(dead))
	b.damage.Firing += int64(len(firing))
	return core.Faults{Dead: slices.Compact(dead), Firing: slices.Compact(firing)}, nil
}

// named are the neurons of a core that the specification names.
func (b *broken) named(at Tile) (dead, firing []int32, err error) {
	for k, list := range [][]Neuron{b.spec.DeadNeurons, b.spec.FiringNeurons} {
		for _, n := range list {
			if n.Tile != at {
				continue
			}
			switch {
			case int(n.N) >= b.config.Neurons():
				return nil, nil, fmt.Errorf("neuron %s: the core has neurons 0 to %d", n,
					b.config.Neurons()-1)
			case k == 1 && !b.config.Fires(n.N):
				return nil, nil, fmt.Errorf("firing_neurons: neuron %s never tests whether it "+
					"fires: its potential is read, or another one of its window sends", n)
			case k == 0:
				dead = append(dead, n.N)
			default:
				firing = append(firing, n.N)
			}
		}
	}
	return dead, firing, nil
}

// all are the neurons of a core, dead.
func all(c *core.Config) core.Faults {
	var f core.Faults
	for n := range int32(c.Neurons()) {
		f.Dead = append(f.Dead, n)
	}
	return f
}
