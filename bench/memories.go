package bench

import (
	"math/bits"

	"adder/chip"
	"adder/layout"
)

// Memories are the memories of an image's cores and of the host, with the widths
// of what is kept in them, and the classes of the links between cores: what an
// SNN's ledger needs besides counts. A memory counts as large as what the image
// keeps in it.
type Memories struct {
	// kinds are the memories of cores, those of cores alike once; kind has an
	// entry per core of the image.
	kinds []coreMemory
	kind  []int
	// largest is the largest of the memories that hold weights, in bytes: a
	// core's synapse memory or the host's.
	largest float64
	host    hostLayer
	// links are the classes of links between the cores.
	links []string
}

// coreMemory are the memories of one core in bytes, and widths in bits.
type coreMemory struct {
	synapse, axon, state, constant, accumulator float64
	// axonBits is the width of an entry of the axon table, wordBits that of
	// a word of state.
	axonBits, wordBits float64
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
	h := hostLayer{neurons: int64(len(img.Host.Weights) / max(inputs, 1)), bits: float64(most), inputBits: float64(img.Encoder.Bits)}
	h.weights, h.inputs = float64(len(img.Host.Weights))*h.bits/8, float64(inputs)*h.inputBits/8
	return h
}

// accumulatorBits is the width of a core's accumulators.
const accumulatorBits = 32

// NewMemories measures the memories of a valid image.
func NewMemories(img *layout.Image) *Memories {
	f := layout.Measure(img)
	m := &Memories{host: newHostLayer(img), links: img.Routes.Topology().Classes()}
	m.largest = m.host.weights
	known := map[coreMemory]int{}
	for i := range f.Cores {
		c := measureCore(&f.Cores[i], img.Cores[i].Config.Widths.Potential)
		k, met := known[c]
		if !met {
			k = len(m.kinds)
			known[c], m.kinds = k, append(m.kinds, c)
		}
		m.kind = append(m.kind, k)
		m.largest = max(m.largest, c.synapse)
	}
	return m
}

func measureCore(f *layout.CoreFootprint, potential uint8) coreMemory {
	accumulators := f.Neurons * accumulatorBits
	return coreMemory{
		synapse: float64(f.SynapseBits()) / 8, axon: float64(f.AxonBits) / 8, state: float64(f.StateBits-accumulators) / 8,
		constant: float64(f.ConstantBits) / 8, accumulator: float64(accumulators) / 8,
		axonBits: ratio(float64(f.AxonBits), float64(f.Axons)), wordBits: float64(potential),
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Counted are counts by the memories that they touch.
type Counted []counted

// counted are counts of cores of one kind; kind is -1 for what no core counts.
type counted struct {
	kind   int
	counts chip.Counts
}

// Counted makes one of all kinds, without counts.
func (m *Memories) Counted() Counted {
	by := make(Counted, len(m.kinds)+1)
	for k := range by {
		by[k].kind = k
	}
	by[len(m.kinds)].kind = -1
	return by
}

// Add adds counts of a core of the image, of chip.CoreHost or chip.CoreChip, to
// one of all kinds.
func (m *Memories) Add(to Counted, core int, counts *chip.Counts) {
	k := len(m.kinds)
	if core >= 0 {
		k = m.kind[core]
	}
	to[k].counts.Add(counts)
}

// One has the counts of one core, of chip.CoreHost or chip.CoreChip.
func (m *Memories) One(core int, counts *chip.Counts) Counted {
	if core < 0 {
		return Counted{{kind: -1, counts: *counts}}
	}
	return Counted{{kind: m.kind[core], counts: *counts}}
}

// Count brings an attribution, or the cells that include names, in order.
func (m *Memories) Count(a *chip.Attribution, include func(account, slot int) bool) Counted {
	sum := m.Counted()
	for i, account := range a.Accounts() {
		for slot := range a.Slots() {
			if include == nil || include(i, slot) {
				m.Add(sum, account.Core, a.At(i, slot))
			}
		}
	}
	return sum
}

// Total is the sum of all entries.
func (c Counted) Total() chip.Counts {
	var sum chip.Counts
	for k := range c {
		sum.Add(&c[k].counts)
	}
	return sum
}
