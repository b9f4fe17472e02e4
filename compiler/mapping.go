package compiler

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
)

// mapping is the network cut into core loads, and where they stand.
type mapping struct {
	net  *ir.Network
	chip *profile.Profile
	// parts are the core loads.
	parts []part
	// tiles[i] is the tile of part i, set by place.
	tiles []int
}

// part is what one core holds.
type part struct {
	pieces []piece
	// load is what route will make of the part at most: rows that are
	// stored once for several axons may take less memory.
	load  load
	depth int
	// full names the limit that kept the part from being larger, "" where
	// the layer ended.
	full string
}

// piece is a list of neurons of one population, in the order in which they
// stand in the core.
type piece struct {
	population int
	neurons    []int32
}

// holds reports whether the part has neurons of a population.
func (p *part) holds(population int) bool {
	return slices.ContainsFunc(p.pieces, func(q piece) bool { return q.population == population })
}

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
			for _, n := range q.neurons {
				out[q.population][n] = home{i, next}
				next++
			}
		}
	}
	return out
}
