// Package quantise turns the real numbers of a spiking network into the integers of a chip: a
// whole flat network, and one by one, with a record, the constants of a network that is
// learned. (ANNs whose activations are sent exactly are quantised by compiler/levels.)
//
//	quantise.go   Options, Report, Network
//	layer.go      the integers of a layer: thresholds, biases, decays
//	scale.go      the scale of a layer, from what its registers hold
//	grid.go       weights on a grid, which round to themselves
//	weights.go    weights rounded
//	span.go       the ticks in which a layer takes part
//	constants.go  single constants of a learned network, recorded
//	shift.go      neurons of model shift
//	pairs.go      neurons of two compartments
//	warnings.go   warnings
package quantise

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/flat"
	"adder/compiler/ir"
)

// Options are the options of quantisation.
type Options struct {
	// WeightBits is the width of a weight, sign included, 2 to 16.
	WeightBits int
	// Ticks bounds the length of a sample, for the range that an integrator needs.
	Ticks int
	// Host keeps the first layer's synapses with the host (direct input).
	Host bool
}

// Report is the quantisation error of a population.
type Report struct {
	Layer string
	// Exponent is the weight exponent.
	Exponent int
	// WeightError is the root mean square error of the weights relative to
	// their root mean square, ThresholdError and DecayError the largest
	// relative error of a threshold and of a leak rate (1 - kept fraction). A
	// threshold has none where integers make every decision of the model.
	WeightError, ThresholdError, DecayError float64
	// Weights is the number of nonzero weights, Zeroed that of those which become 0.
	Weights, Zeroed int64
	// Bits is the width of a weight, MaxBits the widest that the chip stores.
	Bits, MaxBits int
	// Leakless is the number of leaks, of potentials and of currents, that
	// are so slow that they round away.
	Leakless int
	// Saturates is set where an integrator may run out of bits within
	// Options.Ticks.
	Saturates bool
	// Settled is set if biases before a current are added to the potential at their steady-state
	// value, and Shifts if leaks are shifts.
	Settled, Shifts bool
	// Rests is set where the potentials of an integrator are compared with
	// each other although they rest at different values.
	Rests bool
}

// leastThreshold keeps fractional bits for bias and threshold.
const leastThreshold = 1 << 12

// Network turns the flat network into integers for a chip.
func Network(f *flat.Network, q Options, chip *profile.Profile) (*ir.Network, []Report, error) {
	if err := checkBits(q.WeightBits, chip); err != nil {
		return nil, nil, fmt.Errorf("quantise %s: %w", f.Name, err)
	}
	if q.Host {
		if err := checkHost(f); err != nil {
			return nil, nil, fmt.Errorf("quantise %s: %w", f.Name, err)
		}
	}
	net := &ir.Network{
		Name:   f.Name,
		Input:  ir.Input{Name: f.InputName, Shape: f.InputShape, Size: f.InputShape.Size()},
		Output: f.Output, Widths: fit.Widths(chip),
	}
	var report []Report
	for p := range f.Populations {
		l := newLayer(f, p, q, chip)
		pop, err := l.population()
		if err != nil {
			return nil, nil, fmt.Errorf("quantise %s: layer %s: %w", f.Name, f.Populations[p].Name,
				err)
		}
		net.Populations = append(net.Populations, pop)
		for k := range l.incoming {
			l.addProjection(net, l.incoming[k])
		}
		report = append(report, l.report)
	}
	return net, report, nil
}

func checkBits(bits int, chip *profile.Profile) error {
	low, high := max(2, chip.Weights.MinBits), chip.Weights.MaxBits
	if bits < low || bits > high {
		return fmt.Errorf("%d-bit weights: chip %s stores %d to %d bits, sign included", bits,
			chip.Name, low, high)
	}
	if !chip.HasSignMode(profile.Mixed) {
		return fmt.Errorf("chip %s stores rows of weights of one sign, which this compiler does "+
			"not make: use a chip with sign mode %s", chip.Name, profile.Mixed)
	}
	return nil
}

// checkHost refuses what a current per neuron, constant over the sample and added to the potential,
// cannot represent.
func checkHost(f *flat.Network) error {
	var heard []string
	for i := range f.Projections {
		p := &f.Projections[i]
		if p.Source != flat.FromInput {
			continue
		}
		to := &f.Populations[p.Target]
		heard = append(heard, to.Name)
		switch {
		case p.Wait > 0:
			return fmt.Errorf("direct input reaches layer %s delayed by %d ticks, and the host's "+
				"currents are not: use another encoder", to.Name, p.Wait)
		case hasCurrent(to.Neuron.Model):
			return fmt.Errorf("direct input reaches layer %s, whose neurons (%s) filter their "+
				"input, and the host's currents bypass the filter: use another encoder", to.Name,
				to.Neuron.Model)
		}
	}
	if len(heard) != 1 {
		return fmt.Errorf(
			"direct input feeds one layer, this one feeds %d (%v): use another encoder", len(heard),
			heard)
	}
	return nil
}
