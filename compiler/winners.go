package compiler

import (
	"adder/compiler/fit"
	"adder/core"
)

// checkWinners refuses a partition that cuts a group that competes.
func checkWinners(m *mapping) error {
	for i := range m.parts {
		for _, q := range m.parts[i].pieces {
			pop := &m.net.Populations[q.population]
			for _, g := range pop.Groups {
				if g.Winner.Arbiter == core.ArbiterNone {
					continue
				}
				here := int64(0)
				for _, n := range q.neurons {
					if n >= g.First && n < g.First+g.Count {
						here++
					}
				}
				if here != 0 && here != int64(g.Count) {
					return &fit.Error{Network: m.net.Name, Chip: m.chip.Name, Limits: []fit.Excess{{
						Layer: pop.Name, Limit: "neurons in one core", Need: int64(g.Count), Have: here, Help: fit.OneCore,
					}}}
				}
			}
		}
	}
	return nil
}
