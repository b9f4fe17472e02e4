package snn

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// ResetMode is the change of the potential at a spike.
type ResetMode uint8

// The ways to reset. They are defined in docs/neurocore.md, section 7.
const (
	// ResetToValue sets v to VReset.
	ResetToValue ResetMode = iota
	// ResetSubtract subtracts the threshold from v (relative to VReset 0).
	ResetSubtract
	// ResetSubtractDelayed subtracts the threshold in the next tick, after the leak, as snnTorch
	// does by default. This equals subtracting threshold / (1 - dt/tau) at once.
	ResetSubtractDelayed
	// ResetSubtractMulti lets a neuron send several spikes in one tick, floor(v / threshold), and
	// subtracts that multiple of the threshold from v, as Sinabs does.
	ResetSubtractMulti
	// ResetNone does not change v.
	ResetNone
)

var resetNames = [...]string{"zero", "subtract", "subtract-delayed", "subtract-multi", "none"}

// String names the mode as the command line does.
func (r ResetMode) String() string {
	if int(r) < len(resetNames) {
		return resetNames[r]
	}
	return "unknown"
}

// ResetNames lists the reset modes that a user can choose.
func ResetNames() []string { return resetNames[:] }

// ParseReset reads the name of a mode.
func ParseReset(name string) (ResetMode, error) {
	if i := slices.Index(resetNames[:], name); i >= 0 {
		return ResetMode(i), nil
	}
	return 0, fmt.Errorf("a spike resets by one of %s", strings.Join(resetNames[:], ", "))
}

// Subtracts reports whether a spike subtracts an amount from v.
func (r ResetMode) Subtracts() bool { return r != ResetToValue }

// ResetAmount is the amount that a spike of neuron i subtracts from v, for a reset that subtracts.
func (n *Neuron) ResetAmount(i int, dt float64) float64 {
	return n.resetAmount(i, dt, n.Reset)
}

func (n *Neuron) resetAmount(i int, dt float64, reset ResetMode) float64 {
	threshold := At(n.VThreshold, i, 0)
	switch {
	case reset == ResetNone:
		return 0
	case reset == ResetSubtractDelayed && (n.Model == ModelLIF || n.Model == ModelCubaLIF):
		return threshold / (1 - dt/At(n.Tau, i, 1))
	}
	return threshold
}

// CheckReset returns an error for a reset that is undefined for the neurons' parameters in a tick
// of dt seconds.
func (n *Neuron) CheckReset(dt float64) error { return n.checkReset(dt, n.Reset) }

func (n *Neuron) checkReset(dt float64, reset ResetMode) error {
	if !n.Model.Spikes() || n.Model == ModelThreshold {
		return nil
	}
	switch reset {
	case ResetSubtractDelayed:
		for i, tau := range n.Tau {
			if !(tau > dt) {
				return fmt.Errorf("neuron %d keeps nothing of its potential (tau %g s in ticks "+
					"of %g s), so that nothing can be subtracted a tick later: --reset subtract "+
					"does it at once", i, tau, dt)
			}
		}
	case ResetSubtractMulti:
		for i, v := range n.VThreshold {
			if !(v > 0) || math.IsInf(v, 0) {
				return fmt.Errorf("neuron %d has the threshold %g, and several spikes in a tick "+
					"need one above 0", i, v)
			}
		}
	}
	return nil
}
