package core

import "adder/fixedpoint"

// testEscape appends the neurons of a group that fire by chance: the higher the
// potential, the likelier. A neuron whose probability is 0 takes no draw.
func (c *Core) testEscape(g *group, tick int32, out []int32) []int32 {
	table := g.escape.Probability
	last := int64(len(table) - 1)
	stream := c.source.Stream(c.sample, uint64(tick), fixedpoint.PurposeEscape)
	for n := g.first; n < g.last; n++ {
		step := c.margin(n) >> g.escape.Shift
		p := table[min(max(step, 0), last)]
		if p == 0 {
			continue
		}
		c.into[g.share].Draws++
		if uint32(stream.Draw(uint64(c.ids[n]))) < p {
			out = append(out, n)
		}
	}
	return out
}
