package route

import "adder/core"

// addTyped stores entries, which are in order, as the bits of an axon of a type. Their weights are
// those of the type: that neurons have no others is the network's to keep.
func addTyped(c *core.Config, entries []core.Synapse, weightBits int, of uint8) int32 {
	for len(c.Types) <= int(of) {
		c.Types = append(c.Types, make([]int16, c.Neurons()))
	}
	first, last := entries[0].Neuron, entries[len(entries)-1].Neuron
	row := core.Row{
		Format: core.Typed, WeightBits: uint8(weightBits), Exclude: -1, Type: of,
		First: int32(first), Count: int32(last-first) + 1, Offset: int64(len(c.Masks)),
	}
	words := make([]uint64, (int(row.Count)+63)/64)
	for _, e := range entries {
		if e.Weight == 0 {
			continue
		}
		k := e.Neuron - first
		words[k/64] |= 1 << (k % 64)
		c.Types[of][e.Neuron] = e.Weight
	}
	c.Masks = append(c.Masks, words...)
	c.Rows = append(c.Rows, row)
	return int32(len(c.Rows) - 1)
}
