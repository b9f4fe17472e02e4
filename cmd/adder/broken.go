package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adder/chip"
	"adder/chip/profile"
	"adder/fault"
	"adder/router"
)

// faultForms is the syntax of --fault, in a line.
const faultForms = "what is broken on the chip: `SPEC` such as flip=1e-4,dead=0.01,seed=3, or a " +
	"YAML file (docs/faults.md)"

// registerFault adds the flag that breaks the chip, which compile places around.
func (f *modelFlags) registerFault(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.fault, "fault", "", faultForms)
}

// faults is the faults of the chip.
func (f *modelFlags) faults() (s fault.Spec, err error) {
	if f.fault == "" {
		return s, nil
	}
	if s, err = fault.Read(f.fault); err != nil {
		return s, fmt.Errorf("--fault: %w", err)
	}
	return s, nil
}

// avoid lists the cores of a chip that get no load: the dead ones, except those whose load is to be
// lost.
func (f *modelFlags) avoid(p *profile.Profile) ([]router.Core, error) {
	s, err := f.faults()
	if err != nil || s.Loads == fault.LoseLoads {
		return nil, err
	}
	m, err := s.OfMesh(p.Topology())
	if err != nil {
		return nil, fmt.Errorf("--fault: %w", err)
	}
	return m.Cores, nil
}

// loadChip loads an image onto a chip with the faults of the flags, and prints the damage.
func (a *app) loadChip(l *load, f *modelFlags) (*chip.Chip, error) {
	s, err := f.faults()
	if err != nil || f.fault == "" {
		return chip.Load(l.image)
	}
	if s.Loads == fault.RefuseLoads && l.report != nil {
		s.Loads = fault.MoveLoads // of a model that nothing placed around dead cores
	}
	b, damage, err := fault.Apply(l.image, s)
	if err != nil {
		return nil, refusedOrUsage(fmt.Errorf("--fault: %w", err))
	}
	fmt.Fprintf(a.err, "adder: faults: %s\n", describeDamage(damage))
	l.image = b.Image
	return chip.LoadBroken(b)
}

// refusedOrUsage makes an image that a broken mesh cannot run a limit, and leaves other errors.
func refusedOrUsage(err error) error {
	if refusal := new(fault.Refusal); errors.As(err, &refusal) {
		return limitError{err}
	}
	return err
}

// describeDamage describes the effect of faults, in a line.
func describeDamage(d *fault.Damage) string {
	var parts []string
	if d.Bits > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s bits read wrongly", thousands(d.Wrong),
			thousands(d.Bits)))
	}
	for _, p := range []struct {
		n          int64
		what, done string
	}{
		{d.Weights, "weight", "changed"}, {d.Lost, "synapse", "lost"},
		{d.Thresholds, "threshold", "moved"},
		{d.Corrected, "word", "corrected"}, {d.Skipped, "row", "skipped"},
		{d.Dead, "neuron", "dead"}, {d.Firing, "neuron", "stuck firing"}, {d.Cores, "core", "dead"},
		{d.Links, "link", "dead"},
		{d.Moved, "core load", "on spare cores"}, {d.LostCores, "core load", "lost"},
	} {
		if p.n > 0 {
			parts = append(parts, count(p.n, p.what)+" "+p.done)
		}
	}
	if len(parts) == 0 {
		return "nothing of what the chip holds is broken"
	}
	return strings.Join(parts, ", ")
}
