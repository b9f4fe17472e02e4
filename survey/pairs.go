package survey

import (
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/core"
)

// pair gives neurons that reset by subtraction a second compartment, on a chip that has them and
// does not subtract (compiler/compartments), and says how many there are.
func (n *Network) pair(chip *profile.Profile) (paired int) {
	if chip.HasReset(profile.ResetSubtract) || !chip.HasModel(core.ModelPairs) {
		return 0
	}
	n.Layers = slices.Clone(n.Layers)
	for i := range n.Layers {
		l := &n.Layers[i]
		if l.Reset == profile.ResetSubtract && slices.Contains(l.Models, core.ModelIF) {
			l.pairs = true
			paired += l.Neurons
			l.Neurons *= 2
		}
	}
	return paired
}

// pairs says what it means that neurons of the network are two compartments, "" where none is.
func (h *holding) pairs() string {
	if h.paired == 0 {
		return ""
	}
	return fmt.Sprintf("It fits with a second compartment for each of %s that reset by "+
		"subtraction, which the chip does not do. That takes neurons and synapses and may change "+
		"spikes: --data measures it", countOf(h.paired, "neuron"))
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
