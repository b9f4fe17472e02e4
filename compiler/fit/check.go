package fit

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/ir"
)

// Check refuses a network that the chip's cores cannot run, however many there are: for
// its models of neurons, or for synapses that no core stores. Its error is a *Error that
// names the layers.
func Check(net *ir.Network, chip *profile.Profile) error {
	misfit := &Error{Network: net.Name, Chip: chip.Name, Limits: lackingModels(net, chip)}
	for k := range net.Projections {
		if lacking := lackingSynapses(net, &net.Projections[k], chip); lacking != nil {
			misfit.Limits = append(misfit.Limits, *lacking)
		}
	}
	misfit.Limits = append(misfit.Limits, lackingSingle(net, chip)...)
	if len(misfit.Limits) > 0 {
		return misfit
	}
	return nil
}

// lackingSynapses returns the excess of a projection's synapses over the chip, nil if they fit.
func lackingSynapses(net *ir.Network, p *ir.Projection, chip *profile.Profile) *Excess {
	w, layer := &chip.Weights, net.Populations[p.Target].Name
	switch most := max(w.MaxBits, w.PlasticBits); {
	case p.Weights.Plastic != nil && w.PlasticBits == 0:
		return &Excess{
			Layer: layer, Limit: "bits per plastic weight", Need: int64(p.WeightBits),
			Help: "learn on a chip with plastic synapses; a trained network needs none",
		}
	case p.Weights.Others != nil && !chip.HasFormat(profile.Others):
		return &Excess{
			Layer: layer, Limit: "rows that reach all others", Need: int64(p.Weights.Sources),
			Help: fmt.Sprintf("it stores rows as %v: take a chip that has others too", w.Formats),
		}
	case p.Weights.Plastic == nil && p.WeightBits > most:
		return &Excess{
			Layer: layer, Limit: "bits per weight", Need: int64(p.WeightBits), Have: int64(most),
			Help: "take narrower weights or a chip that stores wider ones",
		}
	}
	return lackingShift(net, p, chip)
}

// lackingShift checks, for a chip that stores weights shifted, the bits of a weight with the
// exponent of its neurons; nil if they fit.
func lackingShift(net *ir.Network, p *ir.Projection, chip *profile.Profile) *Excess {
	if !chip.HasFormat(profile.Typed) {
		return nil
	}
	pop := &net.Populations[p.Target]
	for i := range pop.Groups {
		if need := p.WeightBits + int(pop.Groups[i].WeightExp); need > chip.Weights.MaxBits {
			return &Excess{
				Layer: pop.Name, Limit: "bits per weight with its exponent", Need: int64(need),
				Have: int64(chip.Weights.MaxBits),
				Help: "weights by type of axon are stored shifted: take a smaller exponent or " +
					"narrower weights",
			}
		}
	}
	return nil
}

// CheckDelays refuses delays of a network in core loads that are longer than those of the
// chip's axons. Its error is a *Error that names the layers.
func CheckDelays(net *ir.Network, chip *profile.Profile) error {
	misfit := &Error{Network: net.Name, Chip: chip.Name}
	for k := range net.Projections {
		p := &net.Projections[k]
		long := LongDelay(chip, net.Populations[p.Target].Name, p.Delay,
			"paths of different length meet at this layer; put a relay layer on the shorter one")
		if long != nil {
			misfit.Limits = append(misfit.Limits, *long)
		}
	}
	if len(misfit.Limits) > 0 {
		return misfit
	}
	return nil
}

// LongDelay returns the excess of an axonal delay, in ticks, that is longer than the chip's
// longest; nil if it fits. Layer is the population that the delayed spikes reach, help what
// would make them fit.
func LongDelay(chip *profile.Profile, layer string, delay int, help string) *Excess {
	if delay <= chip.Core.MaxDelay {
		return nil
	}
	return &Excess{Layer: layer, Limit: LimitDelay, Need: int64(delay),
		Have: int64(chip.Core.MaxDelay), Help: help}
}
