package quantise

import (
	"math"

	"adder/chip/profile"
	"adder/compiler/compartments"
	"adder/core"
	"adder/snn"
)

// pairs reports whether neurons reset by subtraction in a second compartment (package
// compartments): the chip resets to a value alone and has those, and the neurons integrate
// without a leak and are not what is read.
func (l *layer) pairs() bool {
	n := l.pop.Neuron
	return n.Reset == snn.ResetSubtract && n.Model == snn.ModelIF && l.index != l.flat.Output &&
		!l.chip.HasReset(profile.ResetSubtract) && l.chip.HasModel(core.ModelPairs)
}

// wholeResets lowers the scale of neurons of two compartments until what a spike takes is a
// whole number of weight steps, and what synapses from a soma to its dendrite take at most.
func (l *layer) wholeResets() error {
	if !l.pairs() {
		return nil
	}
	most := float64(compartments.MostSynapses * l.chip.WeightLimit())
	for i := range l.size {
		amount := l.constants[i].Reset
		if amount <= 0 {
			continue
		}
		weight := min(math.Floor(amount*l.scale[i]*(1+0x1p-40)), most)
		if weight < 1 {
			return l.misfit("neurons whose reset is less than a step of their weights",
				"its weights are far above its thresholds: take more bits per weight, or a chip "+
					"that resets by subtraction")
		}
		l.scale[i] = weight / amount
	}
	l.decides = false
	return nil
}
