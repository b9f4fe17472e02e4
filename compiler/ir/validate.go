package ir

import (
	"fmt"

	"adder/core"
)

// Validate checks the invariants that all readers of a network rely on: its parts agree, every name
// is known, and every number is in its range. Whether it fits a chip is for the passes to find. The
// error names the layer or projection.
func (n *Network) Validate() error {
	if err := n.validate(); err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	return nil
}

func (n *Network) validate() error {
	if err := validateSize(n.Input.Shape, n.Input.Size); err != nil {
		return fmt.Errorf("input %s: %w", n.Input.Name, err)
	}
	if err := n.validateWidths(); err != nil {
		return err
	}
	for i := range n.Escape {
		if err := validateEscape(&n.Escape[i]); err != nil {
			return fmt.Errorf("escape table %d: %w", i, err)
		}
	}
	for i, table := range n.Boundaries {
		if err := n.validateTable(table); err != nil {
			return fmt.Errorf("table of boundaries %d: %w", i, err)
		}
	}
	for p := range n.Populations {
		if err := n.validatePopulation(p); err != nil {
			return fmt.Errorf("layer %s: %w", n.Populations[p].Name, err)
		}
	}
	for k := range n.Projections {
		if err := n.validateProjection(&n.Projections[k]); err != nil {
			return fmt.Errorf("projection %s: %w", n.Projections[k].Name, err)
		}
	}
	return firstError(n.validateTypes(), n.validateEnds())
}

// maxSize bounds inputs and populations, so that sizes can be multiplied.
const maxSize = 1 << 31

func validateSize(shape []int, size int) error {
	product := 1
	for _, side := range shape {
		if side < 1 || product*side > maxSize {
			return fmt.Errorf("shape %v: sides are positive and their product is at most %d", shape,
				maxSize)
		}
		product *= side
	}
	if product != size {
		return fmt.Errorf("shape %v and size %d: the size is the product of the sides", shape, size)
	}
	return nil
}

// between refuses a number outside of [low, high].
func between(name string, value, low, high int64) error {
	if value < low || value > high {
		return fmt.Errorf("%s %d: it is %d to %d", name, value, low, high)
	}
	return nil
}

// firstError is the first that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) validateWidths() error {
	w := &n.Widths
	return firstError(
		between("bits of the potential", int64(w.Potential), 2, 32),
		between("bits of the current", int64(w.Current), 2, 32),
		between("bits of alignment", int64(w.Align), 0, 16),
		between("bits of a neuron's index", int64(w.IndexBits), 0, 16),
	)
}

func validateEscape(t *core.EscapeTable) error {
	return firstError(
		between("number of probabilities", int64(len(t.Probability)), 1, 1<<16),
		between("shift", int64(t.Shift), 0, 24),
	)
}

// validateEnds checks what the host writes and reads.
func (n *Network) validateEnds() error {
	if n.Output < -1 || n.Output >= len(n.Populations) {
		return fmt.Errorf("output %d: there are %d layers, and -1 is none", n.Output,
			len(n.Populations))
	}
	if h := n.Host; h != nil {
		if h.Target < 0 || h.Target >= len(n.Populations) {
			return fmt.Errorf("the host writes layer %d: there are %d", h.Target,
				len(n.Populations))
		}
		if to := &n.Populations[h.Target]; to.Groups[0].Code.Kind != core.CodeNone || to.shifts() {
			return fmt.Errorf("the host writes layer %s, whose neurons have a code or are of "+
				"model shift", n.Populations[h.Target].Name)
		}
		if want := n.Populations[h.Target].Size * n.Input.Size; len(h.Weights) != want {
			return fmt.Errorf("the host has %d weights: want %d", len(h.Weights), want)
		}
		if err := between("weight exponent of the host", int64(h.WeightExp), -31, 31); err != nil {
			return err
		}
	}
	return n.validateLabels()
}

func (n *Network) validateLabels() error {
	l := n.Labels
	if l == nil {
		return nil
	}
	if n.Output < 0 || n.Populations[n.Output].Groups[0].Integrator {
		return fmt.Errorf("labels without an output that spikes")
	}
	size := n.Populations[n.Output].Size
	if len(l.Class) != size || len(l.Proportions) != 0 && len(l.Proportions) != size ||
		l.Classes < 1 {
		return fmt.Errorf("%d labels and %d proportions for %d classes: layer %s has %d neurons",
			len(l.Class), len(l.Proportions), l.Classes, n.Populations[n.Output].Name, size)
	}
	for i, class := range l.Class {
		if err := between(fmt.Sprintf("label of neuron %d", i), int64(class), -1,
			int64(l.Classes)-1); err != nil {
			return err
		}
	}
	return nil
}
