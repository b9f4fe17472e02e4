package compiler

import (
	"fmt"
	"slices"
)

// home is where a neuron stands: a part and the index in it.
type home struct{ part, index int }

// homes gives each population's neurons their part and index.
func (m *mapping) homes() [][]home {
	out := make([][]home, len(m.net.Populations))
	for p := range m.net.Populations {
		out[p] = make([]home, m.net.Populations[p].Size)
	}
	for i := range m.parts {
		next := 0
		for _, q := range m.parts[i].pieces {
			for n := range q.count {
				out[q.population][q.first+n] = home{i, next}
				next++
			}
		}
	}
	return out
}

// nets groups all sources by where they stand and which parts hear them.
// The weight of a net is the number of its sources: a calibration of rates
// may multiply it.
func (m *mapping) nets() []net {
	homes := m.homes()
	type key struct {
		source int
		dests  string
	}
	index := map[key]int{}
	var out []net
	heard := m.heardBy(homes)
	for source, parts := range heard.each {
		dests := slices.Compact(slices.Sorted(slices.Values(parts)))
		if len(dests) == 0 {
			continue
		}
		at := heard.part(source, homes)
		k := key{at, fmt.Sprint(dests)}
		if i, known := index[k]; known {
			out[i].weight++
			continue
		}
		index[k] = len(out)
		out = append(out, net{source: at, dests: dests, weight: 1})
	}
	return out
}

// hearings lists, for each source of the network (host inputs first, then
// populations in order), the parts that hear it.
type hearings struct {
	each  [][]int
	first []int // first source of each population
}

func (m *mapping) heardBy(homes [][]home) *hearings {
	h := &hearings{first: make([]int, len(m.net.Populations))}
	total := m.net.Input.Size
	for p := range m.net.Populations {
		h.first[p] = total
		total += m.net.Populations[p].Size
	}
	h.each = make([][]int, total)
	for k := range m.net.Projections {
		p := &m.net.Projections[k]
		base := 0
		if p.Source >= 0 {
			base = h.first[p.Source]
		}
		for s := range p.Weights.Sources {
			p.Weights.Each(s, func(t int32, _ int16) {
				part := homes[p.Target][t].part
				if list := h.each[base+s]; len(list) == 0 || list[len(list)-1] != part {
					h.each[base+s] = append(list, part)
				}
			})
		}
	}
	return h
}

// part is where a source stands, -1 for the port.
func (h *hearings) part(source int, homes [][]home) int {
	p := -1
	for i, first := range h.first {
		if source >= first {
			p = i
		}
	}
	if p < 0 {
		return -1
	}
	return homes[p][source-h.first[p]].part
}
