package core

import (
	"cmp"
	"fmt"
	"slices"
)

const (
	// minGraded and maxGraded bound the width of a value.
	minGraded, maxGraded = 2, 24
)

// validateValues checks the conditions on model shift and on spikes with values.
func (c *Config) validateValues() error {
	for i := range c.Groups {
		g := &c.Groups[i]
		if err := cmp.Or(c.validateModelOf(g), c.validatePairs(g)); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	for i := range c.Axons {
		if err := c.validateEntrance(&c.Axons[i]); err != nil {
			return fmt.Errorf("axon %d: %w", i, err)
		}
	}
	return nil
}

func (c *Config) validateModelOf(g *Group) error {
	if s := g.Shift; s != (Shift{}) {
		if s.Most < 1 || s.Most > maxShiftSpikes || max(s.V, s.U, s.W) > maxShiftLeak {
			return fmt.Errorf("%d spikes a tick, leaks by shifts of %d, %d and %d: 1 to %d "+
				"spikes, shifts "+
				"of at most %d",
				s.Most, s.V, s.U, s.W, maxShiftSpikes, maxShiftLeak)
		}
		same := Group{
			First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
			ResetMode: ResetSubtract, Shift: s,
		}
		if *g != same {
			return fmt.Errorf("neurons of model shift with fields of other models: they have " +
				"none of " +
				"them, and reset by subtraction")
		}
		for n, threshold := range c.Threshold[g.First:][:g.Count] {
			if threshold < 0 {
				return fmt.Errorf(
					"neuron %d: threshold %d of a neuron of model shift: it is 0 or more",
					int(g.First)+n, threshold)
			}
		}
	}
	switch {
	case g.Graded == 0:
		return nil
	case g.Graded < minGraded || g.Graded > maxGraded:
		return fmt.Errorf("values of %d bits: they have %d to %d", g.Graded, minGraded, maxGraded)
	case !Gradable(g):
		return fmt.Errorf("graded neurons that fire by chance, adapt, compete, have a code or " +
			"never fire")
	}
	return nil
}

// validateEntrance checks what an axon with values or one that reaches currents names.
func (c *Config) validateEntrance(a *Axon) error {
	r := &c.Rows[a.Row]
	if a.Value != 0 && (a.Value < minGraded || a.Value > maxGraded) {
		return fmt.Errorf("values of %d bits: they have %d to %d", a.Value, minGraded, maxGraded)
	}
	if a.Value != 0 && r.Format == Plastic {
		return fmt.Errorf("values on plastic row %d: what learns hears plain spikes", a.Row)
	}
	reach := c.reach(r)
	if reach[1] < reach[0] {
		return nil
	}
	first, last := c.groupAt(reach[0]+a.Base), c.groupAt(reach[1]+a.Base)
	arrives := c.Groups[first].shifts()
	for i := first; i <= last; i++ {
		if c.Groups[i].shifts() != arrives {
			return fmt.Errorf(
				"row %d reaches neurons of model shift and others: store a row for each",
				a.Row)
		}
	}
	if arrives && r.Format == Plastic {
		return fmt.Errorf("plastic row %d reaches neurons of model shift, which do not learn",
			a.Row)
	}
	if arrives && r.Shift > maxArrivalShift {
		return fmt.Errorf("row %d shifts weights by %d: at most %d into neurons of model shift",
			a.Row,
			r.Shift, maxArrivalShift)
	}
	return nil
}

// groupAt is the group of a neuron.
func (c *Config) groupAt(n int32) int {
	i, found := slices.BinarySearchFunc(c.Groups, n, func(g Group,
		n int32) int {
		return int(g.First) - int(n)
	})
	if !found {
		i--
	}
	return i
}
