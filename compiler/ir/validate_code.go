package ir

import (
	"fmt"

	"adder/core"
)

// maxSpan bounds depths and windows, so that their sums can be taken.
const maxSpan = 1 << 29

// validateTable checks that boundaries ascend and fit the potential.
func (n *Network) validateTable(table core.BoundaryTable) error {
	state := int64(1)<<(n.Widths.Potential-1) - 1
	for i, x := range table {
		if err := between(fmt.Sprintf("boundary %d", i), int64(x), -state, state); err != nil {
			return err
		}
		if i > 0 && x < table[i-1] {
			return fmt.Errorf("boundary %d is %d behind %d: they ascend", i, x, table[i-1])
		}
	}
	return nil
}

// validateCode checks the conditions of section 11 on a group.
func (n *Network) validateCode(pop *Population, g *core.Group) error {
	c := &g.Code
	if c.Kind == core.CodeNone {
		if *c != (core.Code{}) {
			return fmt.Errorf("a window, bits, a table or runs without a code")
		}
		return nil
	}
	err := firstError(
		between("code", int64(c.Kind), 1, int64(core.CodeLevel)),
		between("window", int64(c.Window), 1, maxSpan),
		between("depth", int64(g.Depth), 0, maxSpan),
		between("bits of an activation", int64(c.Bits), 0, int64(c.MaxBits())),
		between("table of boundaries", int64(c.Table), 0, int64(len(n.Boundaries))),
	)
	if err != nil {
		return err
	}
	if (c.Bits == 0) != g.Integrator {
		return fmt.Errorf("a code of %d bits, integrator %t: what is read has none, what fires "+
			"one or more", c.Bits, g.Integrator)
	}
	if c.Bits == 0 && (c.Table != 0 || c.Run != 0) {
		return fmt.Errorf("boundaries or a maximum of neurons that never fire")
	}
	if c.Table > 0 && len(n.Boundaries[c.Table-1]) != 1<<c.Bits-1 {
		return fmt.Errorf("a table of %d boundaries for %d bits", len(n.Boundaries[c.Table-1]),
			c.Bits)
	}
	if c.Run != 0 && (c.Run < 2 || g.Count%c.Run != 0) {
		return fmt.Errorf("%d neurons in runs of %d: runs have two neurons at least, and are whole",
			g.Count, c.Run)
	}
	plain := core.Group{
		First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
		WeightExp: g.WeightExp, Integrator: g.Integrator, Code: *c,
	}
	if *g != plain {
		return fmt.Errorf("a code beside a current, a leak, a floor, a reset, a refractory " +
			"period, escape noise, an adaptive threshold or an arbiter")
	}
	return n.validateLevels(pop, g)
}

// validateLevels checks that potentials start at 0 and multiples of thresholds fit.
func (n *Network) validateLevels(pop *Population, g *core.Group) error {
	state := int64(1)<<(n.Widths.Potential-1) - 1
	for i := g.First; i < g.First+g.Count; i++ {
		if pop.V0[i] != 0 {
			return fmt.Errorf("neuron %d starts at %d: with a code it starts at 0", i, pop.V0[i])
		}
		if g.Code.Table > 0 || g.Integrator {
			continue
		}
		most := int64(pop.Threshold[i]) << (g.Code.Bits - 1)
		if err := firstError(between("threshold", int64(pop.Threshold[i]), 1, state),
			between("largest multiple of the threshold", most, 1, state)); err != nil {
			return fmt.Errorf("neuron %d: %w", i, err)
		}
	}
	return nil
}

// Span is the number of ticks, from its depth on, in which a population takes part in a
// sample of so many input ticks.
func (p *Population) Span(inputTicks int) int {
	if len(p.Groups) == 0 || p.Groups[0].Code.Kind == core.CodeNone {
		return inputTicks
	}
	c := &p.Groups[0].Code
	switch {
	case c.Bits == 0:
		return int(c.Window)
	case c.Kind == core.CodeRadix:
		return int(c.Window) + int(c.Bits) - 1
	}
	return int(c.Window) + 1<<c.Bits - 2
}

// Latency is the number of ticks that a chip runs beyond those of the input.
func (n *Network) Latency(inputTicks int) int {
	latency := 0
	for p := range n.Populations {
		pop := &n.Populations[p]
		latency = max(latency, pop.Depth+pop.Span(inputTicks)-inputTicks)
	}
	return latency
}
