package compiler

import (
	"encoding/binary"
	"slices"

	"adder/compiler/ir"
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

// firstSources numbers the sources of a network, the host's inputs first
// and then the populations in order: the number of each population's first
// neuron, and of all sources.
func firstSources(net *ir.Network) (first []int, total int) {
	total = net.Input.Size
	for p := range net.Populations {
		first = append(first, total)
		total += net.Populations[p].Size
	}
	return first, total
}

// net is a number of sources with the same way to go: from a part, or from
// the port, to a set of parts. The weight is the number of sources.
type net struct {
	source int // part, or -1 for the port
	dests  []int
	weight int64
}

// nets groups all sources by where they stand and which parts hear them.
func (m *mapping) nets() []net {
	heard := m.heardBy()
	index := map[string]int{}
	var out []net
	group := func(at int, heard [][]int) {
		for _, dests := range heard {
			if len(dests) == 0 {
				continue
			}
			slices.Sort(dests)
			dests = slices.Compact(dests)
			key := netKey(at, dests)
			if i, known := index[key]; known {
				out[i].weight++
				continue
			}
			index[key] = len(out)
			out = append(out, net{source: at, dests: dests, weight: 1})
		}
	}
	group(-1, heard[:m.net.Input.Size])
	first, _ := firstSources(m.net)
	for i := range m.parts {
		for _, q := range m.parts[i].pieces {
			from := first[q.population] + q.first
			group(i, heard[from:from+q.count])
		}
	}
	return out
}

// netKey is a text that differs where the part or the destinations do.
func netKey(at int, dests []int) string {
	key := make([]byte, 0, 4*len(dests)+4)
	key = binary.LittleEndian.AppendUint32(key, uint32(at))
	for _, d := range dests {
		key = binary.LittleEndian.AppendUint32(key, uint32(d))
	}
	return string(key)
}

// heardBy lists, for each source by number, the parts that hear it. A part
// may be listed twice.
func (m *mapping) heardBy() [][]int {
	homes := m.homes()
	first, total := firstSources(m.net)
	heard := make([][]int, total)
	for k := range m.net.Projections {
		p := &m.net.Projections[k]
		base := 0
		if p.Source >= 0 {
			base = first[p.Source]
		}
		to := homes[p.Target]
		for s := range p.Weights.Sources {
			list := heard[base+s]
			p.Weights.Each(s, func(t int32, _ int16) {
				if part := to[t].part; len(list) == 0 || list[len(list)-1] != part {
					list = append(list, part)
				}
			})
			heard[base+s] = list
		}
	}
	return heard
}
