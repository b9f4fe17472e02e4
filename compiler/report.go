package compiler

import (
	"adder/layout"
)

// Report is what a compilation found.
type Report struct {
	// Converted is set where the network was an ANN; Conversion then lists
	// its activations.
	Converted  bool
	Conversion []LayerScale
	Layers     []QuantisedLayer
	// Warnings are what the compilation had to do differently from what the
	// model means.
	Warnings   []string
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
	// crosses together; HopLowerBound a number that no placement of these
	// loads can beat; RowMajorHops what placing them row by row would take.
	RoutedHops, HopLowerBound, RowMajorHops int64
	// HopsPerTick are the same weighted by how often sources spike, nil
	// where that is not known.
	HopsPerTick *HopsPerTick
}

// HopsPerTick are links crossed in a mean tick: by the placement, row by
// row, and by no placement fewer than.
type HopsPerTick struct {
	Routed     float64 `json:"routed"`
	RowMajor   float64 `json:"row_major"`
	LowerBound float64 `json:"lower_bound"`
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
	r.fillHops(s)
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
	memory := layout.Measure(img)
	out := make([]CoreFill, len(img.Cores))
	for i := range img.Cores {
		f := &memory.Cores[i]
		out[i] = CoreFill{Tile: int(f.Tile), Neurons: int(f.Neurons), Axons: int(f.Axons), Bits: f.SynapseBits(), Routes: int(f.Routes)}
		for _, g := range img.Cores[i].Config.Groups {
			name := img.Populations[g.Population].Name
			if k := len(out[i].Layers); k == 0 || out[i].Layers[k-1] != name {
				out[i].Layers = append(out[i].Layers, name)
			}
		}
	}
	return out
}

func (r *Report) fillHops(s *state) {
	m, o := s.mapping, s.objective
	rows := rowMajor(len(m.parts))
	r.RoutedHops, r.RowMajorHops = o.hops(m.tiles), o.hops(rows)
	r.HopLowerBound = o.bound(len(m.parts), ofSources)
	if s.opts.Rates == nil {
		return
	}
	perTick := func(x int64) float64 { return float64(x) / fullRate }
	r.HopsPerTick = &HopsPerTick{
		Routed: perTick(o.total(m.tiles)), RowMajor: perTick(o.total(rows)), LowerBound: perTick(o.bound(len(m.parts), ofRate)),
	}
}
