package partition

import (
	"adder/compiler/fit"
	"adder/core"
)

// checkWinners refuses a partition that cuts a group that competes.
func checkWinners(m *Mapping) error {
	for i := range m.Parts {
		for _, q := range m.Parts[i].Pieces {
			pop := &m.Net.Populations[q.Population]
			for _, g := range pop.Groups {
				if g.Winner.Arbiter == core.ArbiterNone {
					continue
				}
				here := int64(0)
				for _, n := range q.Neurons {
					if n >= g.First && n < g.First+g.Count {
						here++
					}
				}
				if here != 0 && here != int64(g.Count) {
					return &fit.Error{Network: m.Net.Name, Chip: m.Chip.Name, Limits: []fit.Excess{{
						Layer: pop.Name, Limit: "neurons in one core", Need: int64(g.Count), Have: here, Help: fit.OneCore,
					}}}
				}
			}
		}
	}
	return nil
}
