package route

import (
	"slices"

	"adder/compiler/ir"
	"adder/core"
)

// loadNeurons copies the constants of a part's neurons.
func (r *routing) loadNeurons(i int) {
	c := &r.cores[i]
	c.Widths = r.m.Net.Widths
	escape := map[int32]int32{} // by table of the network: 1 + that of the core
	tables := map[int32]int32{} // likewise, of boundaries
	for _, q := range r.m.Parts[i].Pieces {
		pop := &r.m.Net.Populations[q.Population]
		last := -1 // group of the neuron before
		for _, n := range q.Neurons {
			at := ir.GroupOf(pop.Groups, n)
			if at != last {
				g := pop.Groups[at]
				g.First, g.Count, g.Escape = int32(c.Neurons()), 0, r.escape(c, g.Escape, escape)
				g.Code.Table = r.boundaries(c, g.Code.Table, tables)
				c.Groups = append(c.Groups, g)
				last = at
			}
			c.Groups[len(c.Groups)-1].Count++
			c.Threshold = append(c.Threshold, pop.Threshold[n])
			c.Bias = append(c.Bias, pop.Bias[n])
			c.Reset = append(c.Reset, pop.Reset[n])
			c.V0 = append(c.V0, pop.V0[n])
			c.ID = append(c.ID, uint32(r.first[q.Population]-r.m.Net.Input.Size+int(n)))
		}
	}
	c.Theta = r.gather(i, func(p *ir.Population) []int32 { return p.Theta })
	c.Target = r.gather(i, func(p *ir.Population) []int32 { return p.Target })
}

// escape gives a core a table of escape noise that the network names, once.
func (r *routing) escape(c *core.Config, table int32, known map[int32]int32) int32 {
	if table == 0 {
		return 0
	}
	if known[table] == 0 {
		c.Escape = append(c.Escape, r.m.Net.Escape[table-1])
		known[table] = int32(len(c.Escape))
	}
	return known[table]
}

// boundaries gives a core a table of boundaries that the network names, once.
func (r *routing) boundaries(c *core.Config, table int32, known map[int32]int32) int32 {
	if table == 0 {
		return 0
	}
	if known[table] == 0 {
		c.Boundaries = append(c.Boundaries, r.m.Net.Boundaries[table-1])
		known[table] = int32(len(c.Boundaries))
	}
	return known[table]
}

// gather lists a constant of a part's neurons that populations may leave out, or nil
// where all do.
func (r *routing) gather(part int, of func(*ir.Population) []int32) []int32 {
	var out []int32
	has := false
	for _, q := range r.m.Parts[part].Pieces {
		list := of(&r.m.Net.Populations[q.Population])
		if len(list) == 0 {
			out = append(out, make([]int32, len(q.Neurons))...)
			continue
		}
		has = true
		for _, n := range q.Neurons {
			out = append(out, list[n])
		}
	}
	if !has {
		return nil
	}
	return slices.Clip(out)
}

// addLearning lets the rows of a projection, the last of each core that holds neurons of
// its group, learn.
func (r *routing) addLearning(p *ir.Projection) {
	for i := range r.m.Parts {
		c := &r.cores[i]
		for g := range c.Groups {
			if !r.holds(i, p, &c.Groups[g]) {
				continue
			}
			learning := *p.Learning
			learning.Group, learning.FirstRow = int32(g), int32(len(c.Rows))-learning.Rows
			c.Plasticity = append(c.Plasticity, learning)
		}
	}
}

// holds reports whether a group of a core is of those neurons that a projection, which
// learns, reaches.
func (r *routing) holds(part int, p *ir.Projection, g *core.Group) bool {
	if int(g.Population) != p.Target {
		return false
	}
	first := int(g.First)
	for _, q := range r.m.Parts[part].Pieces {
		if first < len(q.Neurons) {
			n := int(q.Neurons[first])
			return n >= p.Weights.First && n < p.Weights.First+p.Weights.Count
		}
		first -= len(q.Neurons)
	}
	return false
}
