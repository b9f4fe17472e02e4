package survey

import (
	"slices"

	"adder/chip/profile"
	"adder/core"
)

// pair gives neurons that reset by subtraction a second compartment, on a chip that has them and
// does not subtract (compiler/compartments).
func (n *Network) pair(chip *profile.Profile) {
	if chip.HasReset(profile.ResetSubtract) || !chip.HasModel(core.ModelPairs) {
		return
	}
	n.Layers = slices.Clone(n.Layers)
	for i := range n.Layers {
		l := &n.Layers[i]
		if l.Reset == profile.ResetSubtract && slices.Contains(l.Models, core.ModelIF) {
			l.pairs = true
			l.Neurons *= 2
		}
	}
}

// second adds what the second compartments of neurons take: each soma inhibits its dendrite by
// an axon with one synapse at least.
func (c *class) second(l *Layer, of load) load {
	if !l.pairs {
		return of
	}
	somas := of.neurons / 2
	of.axons += somas
	of.routes += somas
	of.bits += c.bits(int64(somas), 1, 1)
	return of
}

// spread is by how much a row over some neurons is longer for the somas between dendrites.
func (l *Layer) spread() int64 {
	if l.pairs {
		return 2
	}
	return 1
}
