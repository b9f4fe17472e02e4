package place

import (
	"encoding/binary"
	"slices"

	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/rates"
)

// net is a number of sources with the same way to go: from a part, or from
// the port, to a set of parts.
type net struct {
	source int // part, or -1 for the port
	dests  []int
	// sources is their number, rate the spikes per tick that they emit
	// together in units of 2^-rateBits.
	sources, rate int64
}

// netsOf groups all sources by their own part and the parts that receive their spikes. rates are
// those of all sources, as numbered by ir.FirstSources, or nil where they are not known: each
// source then counts as one spike per tick.
func netsOf(m *partition.Mapping, rates []int64) []net {
	g := netGroups{targets: targetParts(m), rates: rates, index: map[string]int{}}
	for s := range m.Net.Input.Size {
		g.add(-1, s)
	}
	first, _ := ir.FirstSources(m.Net)
	for i := range m.Parts {
		for _, q := range m.Parts[i].Pieces {
			for _, n := range q.Neurons {
				g.add(i, first[q.Population]+int(n))
			}
		}
	}
	return g.nets
}

// netGroups collects sources by part and destinations.
type netGroups struct {
	targets [][]int
	rates   []int64
	index   map[string]int
	nets    []net
	key     []byte
}

// add adds a source of a part to its group.
func (g *netGroups) add(part, source int) {
	dests := g.targets[source]
	if len(dests) == 0 {
		return
	}
	rate := int64(rates.Full)
	if g.rates != nil {
		rate = g.rates[source]
	}
	slices.Sort(dests)
	g.key = binary.LittleEndian.AppendUint32(g.key[:0], uint32(part))
	for _, d := range dests {
		g.key = binary.LittleEndian.AppendUint32(g.key, uint32(d))
	}
	i, known := g.index[string(g.key)]
	if !known {
		i = len(g.nets)
		g.index[string(g.key)] = i
		g.nets = append(g.nets, net{source: part, dests: dests})
	}
	g.nets[i].sources++
	g.nets[i].rate += rate
}

// targetParts lists, for each source by number, the parts that receive its spikes.
func targetParts(m *partition.Mapping) [][]int {
	homes := m.Homes()
	first, total := ir.FirstSources(m.Net)
	targets := make([][]int, total)
	seen := make([]int, len(m.Parts)) // 1 + last source that reached the part
	for k := range m.Net.Projections {
		p := &m.Net.Projections[k]
		base := 0
		if p.Source >= 0 {
			base = first[p.Source]
		}
		to := homes[p.Target]
		clear(seen)
		for s := range p.Weights.Sources {
			list := targets[base+s]
			for _, part := range list { // of an earlier projection
				seen[part] = s + 1
			}
			p.EachStored(s, func(t, _ int32) {
				if part := to[t].Part; seen[part] != s+1 {
					seen[part] = s + 1
					list = append(list, part)
				}
			})
			targets[base+s] = list
		}
	}
	return targets
}
