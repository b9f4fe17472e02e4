package partition

import (
	"fmt"

	"adder/compiler/ir"
)

// Validate checks that every neuron of the network is in exactly one part, that no part is larger
// than a core, that neurons which share something are in one part in their order, and, where parts
// have tiles, that no two have the same.
func (m *Mapping) Validate() error {
	if err := m.validate(); err != nil {
		return fmt.Errorf("mapping of %s to %s: %w", m.Net.Name, m.Chip.Name, err)
	}
	return nil
}

func (m *Mapping) validate() error {
	if len(m.Parts) > m.Chip.Cores() {
		return fmt.Errorf("%d parts, the chip has %d cores", len(m.Parts), m.Chip.Cores())
	}
	placed := make([][]bool, len(m.Net.Populations))
	for p := range placed {
		placed[p] = make([]bool, m.Net.Populations[p].Size)
	}
	for i := range m.Parts {
		if err := m.validatePart(&m.Parts[i], placed); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
	}
	for p := range placed {
		for n, is := range placed[p] {
			if !is {
				return fmt.Errorf("neuron %d of layer %s has no place", n,
					m.Net.Populations[p].Name)
			}
		}
	}
	if m.Tiles == nil {
		return nil
	}
	return m.validateTiles()
}

func (m *Mapping) validatePart(part *Part, placed [][]bool) error {
	neurons := 0
	for _, q := range part.Pieces {
		if q.Population < 0 || q.Population >= len(placed) {
			return fmt.Errorf("neurons of layer %d: there are %d", q.Population, len(placed))
		}
		pop := &m.Net.Populations[q.Population]
		for _, n := range q.Neurons {
			if n < 0 || int(n) >= pop.Size || placed[q.Population][n] {
				return fmt.Errorf(
					"neuron %d of layer %s, which has %d, is in no layer or in two places", n,
					pop.Name, pop.Size)
			}
			placed[q.Population][n] = true
		}
		neurons += len(q.Neurons)
		if err := m.validateTogether(q.Population, q.Neurons); err != nil {
			return fmt.Errorf("layer %s: %w", pop.Name, err)
		}
	}
	if neurons != part.Load.Neurons {
		return fmt.Errorf("%d neurons, its load says %d", neurons, part.Load.Neurons)
	}
	if full := part.Load.exceeds(&m.Chip.Core); full != "" {
		return fmt.Errorf("its load %+v exceeds the %s of a core", part.Load, full)
	}
	return nil
}

// validateTogether checks that a piece has all or none of each group that is not cut, in
// order.
func (m *Mapping) validateTogether(p int, neurons []int32) error {
	groups := m.Net.Populations[p].Groups
	for at := 0; at < len(neurons); {
		i := ir.GroupOf(groups, neurons[at])
		first, count := groups[i].First, groups[i].Count
		if !m.Net.Together(p, i) {
			count = max(groups[i].Together(), 1)
			first += (neurons[at] - first) / count * count
		}
		for k := range count {
			if at >= len(neurons) || neurons[at] != first+k {
				return fmt.Errorf("neuron %d of group %d, which is not cut, is not where the "+
					"others are", first+k, i)
			}
			at++
		}
	}
	return nil
}

func (m *Mapping) validateTiles() error {
	if len(m.Tiles) != len(m.Parts) {
		return fmt.Errorf("%d tiles for %d parts", len(m.Tiles), len(m.Parts))
	}
	taken := make([]bool, m.Chip.Cores())
	for i, tile := range m.Tiles {
		if tile < 0 || tile >= len(taken) || taken[tile] {
			return fmt.Errorf("part %d is on tile %d: the chip has %d, and each holds one part", i,
				tile, len(taken))
		}
		taken[tile] = true
	}
	return nil
}
