package typed

import (
	"fmt"
	"slices"

	"adder/compiler/ir"
)

// split gives a projection, the k-th, its types: unchanged where each source keeps one axon, else
// in as many projections as a source has types at most, of which each has one type of every source.
func (c *choice) split(k int, p *ir.Projection) []ir.Projection {
	if c.whole != nil {
		same := *p
		same.AxonTypes = c.whole[k]
		return []ir.Projection{same}
	}
	var out []ir.Projection
	for rank := 0; ; rank++ {
		part, any := c.part(p, rank)
		if !any && rank > 0 {
			return out
		}
		if rank > 0 {
			part.Name = fmt.Sprintf("%s, type %d", p.Name, rank+1)
		}
		out = append(out, part)
	}
}

// part is the projection with the weights of the rank-th type of each source alone, and
// whether there are any.
func (c *choice) part(p *ir.Projection, rank int) (part ir.Projection, any bool) {
	w := &p.Weights
	part = *p
	part.AxonTypes = make([]uint8, w.Sources)
	part.Weights = ir.Weights{Sources: w.Sources, Targets: w.Targets, Start: []int64{0},
		Target: []int32{}, Value: []int16{}}
	list := &part.Weights
	for s := range w.Sources {
		var types []int
		w.Each(s, func(target, weight int32) {
			if t := c.typeOf(target, weight); !slices.Contains(types, t) {
				types = append(types, t)
			}
		})
		slices.Sort(types)
		if rank < len(types) {
			any = true
			part.AxonTypes[s] = uint8(types[rank])
			w.Each(s, func(target, weight int32) {
				if c.typeOf(target, weight) == types[rank] {
					list.Target, list.Value = append(list.Target, target), append(list.Value,
						int16(weight))
				}
			})
		}
		list.Start = append(list.Start, int64(len(list.Value)))
	}
	return part, any
}

// typeOf is the axon type that has a weight of a neuron.
func (c *choice) typeOf(target, weight int32) int {
	return slices.IndexFunc(c.tables, func(table []int32) bool { return table[target] == weight })
}
