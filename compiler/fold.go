package compiler

import (
	"adder/snn"
)

// constants are one neuron's numbers after the time constants have been
// folded (docs/neurocore.md, section 7): the potential is measured from
// rest, and weights and bias carry the gain of the integration step.
type constants struct {
	keepU, keepV               float64
	gain                       float64
	threshold, reset, v0, rest float64
}

// fold gives neuron i's constants for a tick of dt seconds.
func fold(n *snn.Neuron, i int, dt float64) constants {
	rest := snn.At(n.VLeak, i, 0)
	if n.Model == snn.ModelI || n.Model == snn.ModelIF || n.Model == snn.ModelThreshold {
		rest = 0
	}
	c := constants{
		keepV: 1, gain: snn.At(n.R, i, 1), rest: rest,
		threshold: snn.At(n.VThreshold, i, 0) - rest,
		reset:     snn.At(n.VReset, i, 0) - rest,
		v0:        snn.At(n.V0, i, 0) - rest,
	}
	if n.Reset == snn.ResetSubtract {
		c.reset = snn.At(n.VThreshold, i, 0)
	}
	switch n.Model {
	case snn.ModelThreshold:
		c.keepV, c.gain, c.reset, c.v0 = 0, 1, 0, 0
	case snn.ModelI, snn.ModelIF:
		if !n.UnitStep {
			c.gain *= dt
		}
	case snn.ModelLI, snn.ModelLIF:
		k := dt / snn.At(n.Tau, i, 1)
		c.keepV, c.gain = 1-k, c.gain*k
	case snn.ModelCubaLI, snn.ModelCubaLIF:
		k, ks := dt/snn.At(n.Tau, i, 1), dt/snn.At(n.TauSyn, i, 1)
		c.keepV, c.keepU = 1-k, 1-ks
		c.gain *= k * ks * snn.At(n.WIn, i, 1)
	}
	return c
}

func hasCurrent(m snn.Model) bool { return m == snn.ModelCubaLI || m == snn.ModelCubaLIF }
