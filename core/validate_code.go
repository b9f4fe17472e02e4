package core

import (
	"errors"
	"fmt"
	"slices"

	"adder/fixedpoint"
)

// validateCodes checks the tables of boundaries, and the groups with a code.
func (c *Config) validateCodes() error {
	limit := fixedpoint.Limit(uint(c.Widths.Potential))
	for i, table := range c.Boundaries {
		if !slices.IsSorted(table) {
			return fmt.Errorf("table of boundaries %d does not ascend", i)
		}
		for _, x := range table {
			if int64(x) > limit || int64(x) < -limit {
				return fmt.Errorf("table of boundaries %d: %d does not fit %d bits",
					i, x, c.Widths.Potential)
			}
		}
	}
	for i := range c.Groups {
		if err := c.validateCode(&c.Groups[i]); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	for i := range c.Plasticity {
		if g := c.Plasticity[i].Group; g >= 0 && int(g) < len(c.Groups) && c.Groups[g].coded() {
			return fmt.Errorf("plasticity %d teaches group %d, whose spikes are digits: "+
				"such neurons do not learn", i, g)
		}
		if g := c.Plasticity[i].Group; g >= 0 && int(g) < len(c.Groups) && c.Groups[g].Pairs {
			return fmt.Errorf("plasticity %d teaches group %d, whose neurons have two "+
				"compartments: such neurons do not learn", i, g)
		}
	}
	return nil
}

func (c *Config) validateCode(g *Group) error {
	k := &g.Code
	if k.Kind == CodeNone {
		if *k != (Code{}) {
			return fmt.Errorf(
				"a window of %d ticks, %d bits, table %d and runs of %d without a code",
				k.Window, k.Bits, k.Table, k.Run)
		}
		return nil
	}
	if k.Kind > CodeLevel {
		return fmt.Errorf("code %d is unknown: it is 0 to %d", k.Kind, CodeLevel)
	}
	if k.Window < 1 || k.Window > MaxTicks || k.Bits > k.MaxBits() ||
		(k.Bits == 0) != g.Integrator {
		return fmt.Errorf("a code of %d bits with a window of %d ticks: it has 1 to %d bits, "+
			"or none if it never fires, and at least a tick", k.Bits, k.Window, k.MaxBits())
	}
	if end := int64(g.Depth) + int64(g.Span(0)); end > MaxTicks {
		return fmt.Errorf("a window and spikes until tick %d: a chip runs for at most %d", end,
			MaxTicks)
	}
	if err := c.validateRuns(g); err != nil {
		return err
	}
	if err := g.validatePlain(); err != nil {
		return err
	}
	return c.validateLevels(g)
}

// validateRuns checks the table and the windows of a maximum.
func (c *Config) validateRuns(g *Group) error {
	k := &g.Code
	if k.Table < 0 || int(k.Table) > len(c.Boundaries) || k.Table > 0 && k.Bits == 0 {
		return fmt.Errorf("table of boundaries %d: there are %d, for neurons that fire",
			k.Table-1, len(c.Boundaries))
	}
	if k.Table > 0 && len(c.Boundaries[k.Table-1]) != 1<<k.Bits-1 {
		return fmt.Errorf("a table of %d boundaries for %d bits: it has %d",
			len(c.Boundaries[k.Table-1]), k.Bits, 1<<k.Bits-1)
	}
	switch {
	case k.Run == 0:
		return nil
	case k.Run < 2 || k.Bits == 0:
		return fmt.Errorf(
			"runs of %d neurons: a maximum is over two at least, of neurons that fire",
			k.Run)
	}
	whole := int32(0)
	for whole < g.Count {
		whole += min(k.Run, MaxNeurons)
	}
	if whole != g.Count {
		return fmt.Errorf("%d neurons in runs of %d: a run is not cut", g.Count, k.Run)
	}
	return nil
}

// validatePlain refuses what a group with a code does not have.
func (g *Group) validatePlain() error {
	plain := Group{
		First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
		WeightExp: g.WeightExp, Integrator: g.Integrator, Code: g.Code,
	}
	if *g != plain {
		return errors.New("a code beside a current, a leak, a floor, a reset, a refractory " +
			"period, " +
			"escape noise, an adaptive threshold or an arbiter: it has none of them")
	}
	return nil
}

// validateLevels checks the constants of the neurons.
func (c *Config) validateLevels(g *Group) error {
	limit := fixedpoint.Limit(uint(c.Widths.Potential))
	for n := g.First; n < g.First+g.Count; n++ {
		if c.V0[n] != 0 {
			return fmt.Errorf("neuron %d starts at %d: with a code it starts at 0", n, c.V0[n])
		}
		if g.Code.Table > 0 || g.Code.Bits == 0 {
			continue
		}
		if t := int64(c.Threshold[n]); t < 1 || t<<(g.Code.Bits-1) > limit {
			return fmt.Errorf("neuron %d: threshold %d with %d bits: it is at least 1, and its "+
				"multiples fit %d bits",
				n, t, g.Code.Bits, c.Widths.Potential)
		}
	}
	return nil
}
