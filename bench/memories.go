package bench

import (
	"math/bits"

	"adder/chip"
	"adder/layout"
)

// Memories are the sizes of the memories of an image's cores and of the host, the widths of their
// entries, and the classes of the links between cores: what an SNN's ledger needs in addition to
// counts. The size of a memory is that of its contents in the image.
type Memories struct {
	// kinds are the memories of cores, those of cores alike once; kind has an
	// entry per core of the image.
	kinds []coreMemory
	kind  []int
	// tiles are the tiles of the image's cores.
	tiles []int
	host  hostLayer
	// links are the classes of links between the cores.
	links []string
	// keys is the number of sources in the fullest multicast table of a router, 0 on a
	// unicast chip.
	keys float64
	// elements is the number of elements of a sample, which the encoder keeps a word each
	// for, and outputs that of the values that the host reads.
	elements, outputs int64
	// tile is the synapse memory of a core of the chip in bytes, used or not: it sets the
	// length of a link.
	tile float64
}

// coreMemory are the memories of one core in bytes, and widths in bits.
type coreMemory struct {
	synapse, axon, queue, state, constant, accumulator, route float64
	// axonBits is the width of an entry of the axon table, queueBits that of the name of
	// one, wordBits that of a word of state and routeBits that of a destination.
	axonBits, queueBits, wordBits, routeBits float64
	// offChip says that the synapses are in off-chip memory.
	offChip bool
}

// hostLayer is a first layer that the host multiplies (direct input), or
// zero.
type hostLayer struct {
	// neurons is the number of the layer's neurons and bits the width of its
	// weights.
	neurons int64
	bits    float64
	// inputBits is the width of an input.
	inputBits float64
	// weights and inputs are memories in bytes.
	weights, inputs float64
}

// narrow reports whether the host's operands have 8 bits, as those of an int8
// ANN.
func (h *hostLayer) narrow() bool { return h.bits <= 8 && h.inputBits <= 8 }

func newHostLayer(img *layout.Image) hostLayer {
	if img.Host == nil {
		return hostLayer{}
	}
	inputs := 1
	for _, d := range img.Input.Shape {
		inputs *= int(d)
	}
	most := 0
	for _, w := range img.Host.Weights {
		most = max(most, bits.Len16(uint16(max(w, -(w+1))))+1) // sign included
	}
	h := hostLayer{neurons: int64(len(img.Host.Weights) / max(inputs, 1)), bits: float64(most),
		inputBits: float64(img.Encoder.Bits)}
	h.weights, h.inputs = float64(len(img.Host.Weights))*h.bits/8, float64(inputs)*h.inputBits/8
	return h
}

// accumulatorBits is the width of a core's accumulators.
const accumulatorBits = 32

// NewMemories measures the memories of a valid image.
func NewMemories(img *layout.Image) *Memories {
	f := layout.Measure(img)
	m := &Memories{host: newHostLayer(img), links: img.Routes.Topology().Classes(), elements: 1}
	for _, d := range img.Input.Shape {
		m.elements *= int64(d)
	}
	m.outputs = outputsOf(img)
	for _, keys := range img.Routes.Keys(img.Routes.Topology()) {
		m.keys = max(m.keys, float64(keys))
	}
	known := map[coreMemory]int{}
	for i := range f.Cores {
		w := &img.Cores[i].Config.Widths
		c := measureCore(&f.Cores[i], w.Potential)
		c.offChip = w.OffChip > 0
		k, met := known[c]
		if !met {
			k = len(m.kinds)
			known[c], m.kinds = k, append(m.kinds, c)
		}
		m.kind, m.tiles = append(m.kind, k), append(m.tiles, int(f.Cores[i].Tile))
	}
	return m
}

// MemoryReport has the inputs of memory prices: the sizes in bytes of the contents of each core in
// use, and widths in bits.
type MemoryReport struct {
	Cores []CoreMemoryReport `json:"cores"`
	// TileBytes is the synapse memory of a core of the chip, used or not.
	TileBytes float64 `json:"tile_bytes"`
	// TableBytes is the fullest multicast table of a router, which every look-up is
	// priced with, and TableBits the width of an entry.
	TableBytes float64 `json:"table_bytes"`
	TableBits  float64 `json:"table_bits"`
	// Elements and Outputs are those of a sample.
	Elements int64 `json:"elements"`
	Outputs  int64 `json:"outputs"`
}

// CoreMemoryReport has the memories of a core in use, by its tile.
type CoreMemoryReport struct {
	Core             int     `json:"core"`
	SynapseBytes     float64 `json:"synapse_bytes"`
	AxonBytes        float64 `json:"axon_bytes"`
	AxonBits         float64 `json:"axon_bits"`
	QueueBytes       float64 `json:"queue_bytes"`
	QueueBits        float64 `json:"queue_bits"`
	AccumulatorBytes float64 `json:"accumulator_bytes"`
	StateBytes       float64 `json:"state_bytes"`
	WordBits         float64 `json:"word_bits"`
	ConstantBytes    float64 `json:"constant_bytes"`
	RouteBytes       float64 `json:"route_bytes"`
	RouteBits        float64 `json:"route_bits"`
}

// Report lists the memories core by core.
func (m *Memories) Report() MemoryReport {
	out := MemoryReport{Cores: []CoreMemoryReport{}, TileBytes: m.tile,
		TableBytes: m.keys * tableBits / 8, TableBits: tableBits, Elements: m.elements,
		Outputs: m.outputs}
	for i, k := range m.kind {
		c := &m.kinds[k]
		out.Cores = append(out.Cores, CoreMemoryReport{
			Core: m.tiles[i], SynapseBytes: c.synapse, AxonBytes: c.axon, AxonBits: c.axonBits,
			QueueBytes: c.queue, QueueBits: c.queueBits,
			AccumulatorBytes: c.accumulator, StateBytes: c.state, WordBits: c.wordBits,
			ConstantBytes: c.constant,
			RouteBytes:    c.route, RouteBits: c.routeBits,
		})
	}
	return out
}

// WithTile gives the memories the synapse memory of a core of the chip, in bits.
func (m *Memories) WithTile(bits int64) *Memories {
	m.tile = float64(bits) / 8
	return m
}

// outputsOf is the number of values that the host reads after a sample.
func outputsOf(img *layout.Image) int64 {
	if img.Readout.Kind == layout.ReadoutNone {
		return 0
	}
	var n int64
	for _, s := range img.Populations[img.Readout.Population].Segments {
		n += int64(s.Count)
	}
	return n
}

func measureCore(f *layout.CoreFootprint, potential uint8) coreMemory {
	accumulators := f.Neurons * accumulatorBits
	name := bits.Len(uint(max(f.Axons-1, 0)))
	return coreMemory{
		synapse: float64(f.SynapseBits()) / 8, axon: float64(f.AxonBits) / 8,
		state:    float64(f.StateBits-accumulators) / 8,
		constant: float64(f.ConstantBits) / 8, accumulator: float64(accumulators) / 8,
		axonBits: ratio(float64(f.AxonBits), float64(f.Axons)), wordBits: float64(potential),
		queueBits: float64(name), queue: float64(f.Axons) * float64(name) / 8,
		route: float64(f.RouteBits) / 8, routeBits: ratio(float64(f.RouteBits), float64(f.Routes)),
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// CountsByMemory are counts of events, grouped by the memories that the events access.
type CountsByMemory []kindCounts

// kindCounts are counts of cores of one kind; kind is -1 for what no core counts.
type kindCounts struct {
	kind   int
	counts chip.Counts
}

// NewCounts returns empty counts for all kinds of cores.
func (m *Memories) NewCounts() CountsByMemory {
	by := make(CountsByMemory, len(m.kinds)+1)
	for k := range by {
		by[k].kind = k
	}
	by[len(m.kinds)].kind = -1
	return by
}

// Add adds counts of a core of the image, of chip.CoreHost or of chip.CoreChip, to
// counts that NewCounts made.
func (m *Memories) Add(to CountsByMemory, core int, counts *chip.Counts) {
	k := len(m.kinds)
	if core >= 0 {
		k = m.kind[core]
	}
	to[k].counts.Add(counts)
}

// One groups the counts of one core, of chip.CoreHost or of chip.CoreChip.
func (m *Memories) One(core int, counts *chip.Counts) CountsByMemory {
	if core < 0 {
		return CountsByMemory{{kind: -1, counts: *counts}}
	}
	return CountsByMemory{{kind: m.kind[core], counts: *counts}}
}

// Count sorts an attribution, or the cells that include selects, into memories.
func (m *Memories) Count(a *chip.Attribution, include func(account, bin int) bool) CountsByMemory {
	sum := m.NewCounts()
	for i, account := range a.Accounts() {
		for bin := range a.Bins() {
			if include == nil || include(i, bin) {
				m.Add(sum, account.Core, a.At(i, bin))
			}
		}
	}
	return sum
}

// Total is the sum of all entries.
func (c CountsByMemory) Total() chip.Counts {
	var sum chip.Counts
	for k := range c {
		sum.Add(&c[k].counts)
	}
	return sum
}
