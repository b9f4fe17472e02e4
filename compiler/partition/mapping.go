package partition

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
)

// Mapping is the network cut into core loads, and the tiles of these.
type Mapping struct {
	Net  *ir.Network
	Chip *profile.Profile
	// Parts are the core loads.
	Parts []Part
	// tiles[i] is the tile of part i, set by place.
	Tiles []int
}

// Part is the load of one core.
type Part struct {
	Pieces []Piece
	// Load is an upper bound of the part's load after route: rows that several axons share take
	// less memory.
	Load  Load
	Depth int
	// Full names the limit that kept the part from being larger, "" where
	// the layer ended.
	Full string
}

// Piece is a list of neurons of one population, in their order in the core.
type Piece struct {
	Population int
	Neurons    []int32
}

// holds reports whether the part has neurons of a population.
func (p *Part) holds(population int) bool {
	return slices.ContainsFunc(p.Pieces, func(q Piece) bool { return q.Population == population })
}

// Home is the place of a neuron: a part and the index in it.
type Home struct{ Part, Index int }

// Homes returns the part and index of each population's neurons.
func (m *Mapping) Homes() [][]Home {
	out := make([][]Home, len(m.Net.Populations))
	for p := range m.Net.Populations {
		out[p] = make([]Home, m.Net.Populations[p].Size)
	}
	for i := range m.Parts {
		next := 0
		for _, q := range m.Parts[i].Pieces {
			for _, n := range q.Neurons {
				out[q.Population][n] = Home{i, next}
				next++
			}
		}
	}
	return out
}
