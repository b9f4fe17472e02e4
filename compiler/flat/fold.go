package flat

import "adder/snn"

// Constants are one neuron's numbers after the time constants have been
// folded (docs/neurocore.md, section 7): the potential is measured from
// rest, and weights and bias carry the gain of the integration step.
type Constants struct {
	// KeepU and KeepV are the fractions of the current and the potential that remain after a tick.
	KeepU, KeepV float64
	// Gain is the increment of the potential by a weight of 1, or of the current if the model has
	// one.
	Gain float64
	// Threshold, Reset and V0 are relative to Rest; if a spike subtracts, Reset is the amount.
	Threshold, Reset, V0, Rest float64
}

// Fold gives neuron i's constants for a tick of dt seconds.
func Fold(n *snn.Neuron, i int, dt float64) Constants {
	rest := snn.At(n.VLeak, i, 0)
	if n.Model == snn.ModelI || n.Model == snn.ModelIF || n.Model == snn.ModelThreshold {
		rest = 0
	}
	c := Constants{
		KeepV: 1, Gain: snn.At(n.R, i, 1), Rest: rest,
		Threshold: snn.At(n.VThreshold, i, 0) - rest,
		Reset:     snn.At(n.VReset, i, 0) - rest,
		V0:        snn.At(n.V0, i, 0) - rest,
	}
	if n.Reset.Subtracts() {
		c.Reset = n.ResetAmount(i, dt)
	}
	switch n.Model {
	case snn.ModelThreshold:
		c.KeepV, c.Gain, c.Reset, c.V0 = 0, 1, 0, 0
	case snn.ModelI, snn.ModelIF:
		if !n.UnitStep {
			c.Gain *= dt
		}
	case snn.ModelLI, snn.ModelLIF:
		k := dt / snn.At(n.Tau, i, 1)
		c.KeepV, c.Gain = 1-k, c.Gain*k
	case snn.ModelCubaLI, snn.ModelCubaLIF:
		k, ks := dt/snn.At(n.Tau, i, 1), dt/snn.At(n.TauSyn, i, 1)
		c.KeepV, c.KeepU = 1-k, 1-ks
		c.Gain *= k * ks * snn.At(n.WIn, i, 1)
	}
	return c
}
