package compiler

import (
	"adder/chip/profile"
	"adder/core"
	"adder/layout"
)

// Report is what a compilation found.
type Report struct {
	// Converted is set where the network was an ANN; Conversion then lists
	// its activations.
	Converted  bool
	Conversion []LayerScale
	Layers     []QuantisedLayer
	Cores      []CoreFill
	CoresTotal int
	Neurons    int
	// Synapses counts nonzero weights, SynapseBits the memory they take as
	// stored.
	Synapses, SynapseBits int64
	WeightBits            int
	// Latency is the largest depth: the ticks from an input to the output
	// it causes.
	Latency int
	// RoutedHops is the number of links that one spike of every source
	// crosses together; HopLowerBound the number of other tiles it must
	// reach, which no placement can beat; RowMajorHops what placing the
	// loads row by row would take.
	RoutedHops, HopLowerBound, RowMajorHops int64
}

// CoreFill is how full a core is.
type CoreFill struct {
	Tile    int      `json:"tile"`
	Layers  []string `json:"layers"`
	Neurons int      `json:"neurons"`
	Axons   int      `json:"axons"`
	Bits    int64    `json:"synapse_bits"`
	Routes  int      `json:"routes"`
	// Full names the limit that closed the core, or is empty.
	Full string `json:"full,omitempty"`
}

func (r *Report) fill(s *state) {
	m := s.mapping
	r.CoresTotal = m.chip.Cores()
	r.WeightBits = s.opts.WeightBits
	r.Synapses = s.image.Synapses
	for p := range s.net.Populations {
		r.Neurons += s.net.Populations[p].Size
		r.Latency = max(r.Latency, s.net.Populations[p].Depth)
	}
	r.fillCores(s)
	r.fillHops(m, s.nets)
}

func (r *Report) fillCores(s *state) {
	r.Cores = Fill(s.image)
	byTile := map[int]int{}
	for i, tile := range s.mapping.tiles {
		byTile[tile] = i
	}
	for i := range r.Cores {
		r.SynapseBits += r.Cores[i].Bits
		r.Cores[i].Full = s.mapping.parts[byTile[r.Cores[i].Tile]].full
	}
}

// Fill says how full the cores of an image are. Why a core is full only
// the compilation knows.
func Fill(img *layout.Image) []CoreFill {
	indexBits := 0
	if p, err := profile.Parse(img.Chip.Name, img.Chip.Profile); err == nil {
		indexBits = p.Weights.SparseIndexBits
	}
	out := make([]CoreFill, len(img.Cores))
	for i := range img.Cores {
		tile, c := int(img.Cores[i].Tile), &img.Cores[i].Config
		out[i] = CoreFill{Tile: tile, Neurons: c.Neurons(), Axons: len(c.Axons), Bits: storedBits(c, indexBits), Routes: len(img.Routes.Neurons[tile].Dests)}
		for _, g := range c.Groups {
			name := img.Populations[g.Population].Name
			if k := len(out[i].Layers); k == 0 || out[i].Layers[k-1] != name {
				out[i].Layers = append(out[i].Layers, name)
			}
		}
	}
	return out
}

func storedBits(c *core.Config, indexBits int) int64 {
	var bits int64
	for i := range c.Rows {
		row := &c.Rows[i]
		switch row.Format {
		case core.Sparse:
			bits += int64(row.Count) * int64(int(row.WeightBits)+indexBits)
		case core.Others:
			bits += int64(row.WeightBits)
		default:
			bits += int64(row.Count) * int64(row.WeightBits)
		}
	}
	return bits
}

func (r *Report) fillHops(m *mapping, nets []net) {
	port := m.chip.Ports[0]
	width := m.chip.Mesh.Width
	portTile := port.Y*width + port.X
	hops := func(tiles []int) (total int64) {
		for _, n := range nets {
			x, y := port.X, port.Y
			if n.source >= 0 {
				x, y = tiles[n.source]%width, tiles[n.source]/width
			}
			total += n.weight * int64(treeLength(x, y, n.dests, func(d int) (int, int) { return tiles[d] % width, tiles[d] / width }))
		}
		return total
	}
	rows := make([]int, len(m.parts))
	for i := range rows {
		rows[i] = i
	}
	r.RoutedHops, r.RowMajorHops = hops(m.tiles), hops(rows)
	for _, n := range nets {
		from := portTile
		if n.source >= 0 {
			from = m.tiles[n.source]
		}
		for _, d := range n.dests {
			if m.tiles[d] != from {
				r.HopLowerBound += n.weight
			}
		}
	}
}
