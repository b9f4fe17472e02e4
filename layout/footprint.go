package layout

import (
	"math/bits"

	"adder/core"
	"adder/router"
)

// Footprint is the memory of an image on the chip, in bits.
type Footprint struct {
	// Cores has an entry per core in use, in the image's order.
	Cores []CoreFootprint
	// Total is their sum; its Tile is -1.
	Total CoreFootprint
}

// CoreFootprint is the memory of one core, in bits. Memory that the core has
// but the image leaves empty does not count.
type CoreFootprint struct {
	Tile router.Core
	// Neurons, Axons and Routes are the numbers of neurons, of entries of the
	// axon table and of destinations.
	Neurons, Axons, Routes int64
	// Dense, Sparse and Others are the synapse memory by row format. A row counts once, however
	// many axons name it.
	Dense, Sparse, Others, Plastic, Typed StoreFootprint
	// UnrolledBits is the size of the synapse memory if every axon entry had its own row: more than
	// SynapseBits where rows are shared.
	UnrolledBits int64
	// AxonBits is the axon table: per entry a row number, the neuron where the
	// row starts and a delay, as wide as the core's largest ones need.
	AxonBits int64
	// RouteBits are the routes: per destination a core of the mesh and an axon
	// entry, as wide as the image's largest axon table needs.
	RouteBits int64
	// ConstantBits are threshold, bias, reset and initial potential of each
	// neuron, each as wide as a potential, and its weights by type of axon.
	ConstantBits int64
	// StateBits are per neuron the accumulator of 32 bits, the potential, and
	// where its group has them the current, the refractory counter and the
	// adaptive threshold.
	StateBits int64
	// LearningBits are the traces of 8 bits of the rows and neurons that
	// learn and, per neuron that is normalised, its sum and its target of 32
	// bits each.
	LearningBits int64
}

// StoreFootprint is the synapse memory of rows of one format.
type StoreFootprint struct {
	// Rows is the number of rows and Weights that of the weights stored in
	// them, zeros included.
	Rows, Weights int64
	// Bits is Weights times the weight's width, for sparse and others rows
	// plus the width of an index.
	Bits int64
}

// SynapseBits is the synapse memory of all formats.
func (f *CoreFootprint) SynapseBits() int64 {
	return f.Dense.Bits + f.Sparse.Bits + f.Others.Bits + f.Plastic.Bits + f.Typed.Bits
}

// Bits is all memory.
func (f *CoreFootprint) Bits() int64 {
	return f.SynapseBits() + f.AxonBits + f.RouteBits + f.ConstantBits + f.StateBits +
		f.LearningBits
}

// Measure computes the footprint of a valid image.
func Measure(img *Image) Footprint {
	most := 0
	for i := range img.Cores {
		most = max(most, len(img.Cores[i].Config.Axons))
	}
	route := addressBits(img.Routes.Mesh.Tiles()) + addressBits(most)
	out := Footprint{Cores: make([]CoreFootprint, len(img.Cores)), Total: CoreFootprint{Tile: -1}}
	for i := range img.Cores {
		f := &out.Cores[i]
		*f = measureCore(&img.Cores[i].Config)
		f.Tile = img.Cores[i].Tile
		f.Routes = int64(len(img.Routes.Neurons[f.Tile].Dests))
		f.RouteBits = f.Routes * route
		out.Total.add(f)
	}
	return out
}

// addressBits is the width of a number that names one of n things.
func addressBits(n int) int64 { return int64(bits.Len(uint(max(n-1, 0)))) }

func measureCore(cfg *core.Config) CoreFootprint {
	f := CoreFootprint{Neurons: int64(cfg.Neurons()), Axons: int64(len(cfg.Axons))}
	weight := int64(0) // the width of a weight by type
	index := int64(cfg.Widths.IndexBits)
	if index == 0 {
		index = 16
	}
	for i := range cfg.Rows {
		r := &cfg.Rows[i]
		switch r.Format {
		case core.Sparse:
			f.Sparse.addRow(int64(r.Count), int64(r.WeightBits)+index)
		case core.Others:
			f.Others.addRow(1, int64(r.WeightBits)+index)
		case core.Plastic:
			f.Plastic.addRow(int64(r.Count), int64(r.WeightBits))
		case core.Typed:
			f.Typed.addRow(int64(r.Count), 1)
			weight = max(weight, int64(r.WeightBits))
		default:
			f.Dense.addRow(int64(r.Count), int64(r.WeightBits))
		}
	}
	delay, base := uint8(0), int32(0)
	for _, a := range cfg.Axons {
		delay, base = max(delay, a.Delay), max(base, a.Base)
		f.UnrolledBits += rowBits(&cfg.Rows[a.Row], index)
	}
	f.AxonBits = f.Axons * (addressBits(len(cfg.Rows)) + int64(bits.Len32(uint32(base))) +
		int64(bits.Len8(delay)))
	f.ConstantBits = f.Neurons * (4*int64(cfg.Widths.Potential) + int64(len(cfg.Types))*weight)
	for _, table := range cfg.Boundaries {
		f.ConstantBits += int64(len(table)) * int64(cfg.Widths.Potential)
	}
	for _, g := range cfg.Groups {
		f.StateBits += int64(g.Count) * stateBits(&g, &cfg.Widths)
	}
	for i := range cfg.Plasticity {
		p := &cfg.Plasticity[i]
		neurons := int64(cfg.Groups[p.Group].Count)
		f.LearningBits += 8 * (int64(p.Rows) + neurons)
		if p.Norm.Kind != core.NormNone {
			f.LearningBits += 2 * 32 * neurons
		}
	}
	return f
}

// rowBits is the memory of one row, given the width of an index.
func rowBits(r *core.Row, index int64) int64 {
	switch r.Format {
	case core.Sparse:
		return int64(r.Count) * (int64(r.WeightBits) + index)
	case core.Others:
		return int64(r.WeightBits) + index
	case core.Typed:
		return int64(r.Count)
	default:
		return int64(r.Count) * int64(r.WeightBits)
	}
}

// stateBits is the state of one neuron of a group.
func stateBits(g *core.Group, w *core.Widths) int64 {
	n := 32 + int64(bits.Len16(g.Refractory)) // the accumulator and r
	for _, word := range g.State() {
		switch word {
		case "u", "w":
			n += int64(w.Current)
		case "q":
			n += int64(g.Code.Bits)
		default:
			n += int64(w.Potential)
		}
	}
	return n
}

func (s *StoreFootprint) addRow(weights, width int64) {
	s.Rows++
	s.Weights += weights
	s.Bits += weights * width
}

func (s *StoreFootprint) add(other *StoreFootprint) {
	s.Rows += other.Rows
	s.Weights += other.Weights
	s.Bits += other.Bits
}

func (f *CoreFootprint) add(other *CoreFootprint) {
	f.Neurons += other.Neurons
	f.Axons += other.Axons
	f.Routes += other.Routes
	f.Dense.add(&other.Dense)
	f.Sparse.add(&other.Sparse)
	f.Others.add(&other.Others)
	f.Plastic.add(&other.Plastic)
	f.Typed.add(&other.Typed)
	f.UnrolledBits += other.UnrolledBits
	f.AxonBits += other.AxonBits
	f.RouteBits += other.RouteBits
	f.ConstantBits += other.ConstantBits
	f.StateBits += other.StateBits
	f.LearningBits += other.LearningBits
}
