package bench

import (
	"math/bits"

	"adder/bench/energy"
	"adder/chip"
	"adder/layout"
	"adder/router"
)

// Memories are the memories of an image's cores, per kind, the widths of what
// is kept in them, and the classes of the links between: what an SNN's ledger
// needs besides counts.
type Memories struct {
	synapse, axon, state, constant, accumulator []energy.Bank
	// axonBits is the mean width of an entry of the axon tables, wordBits
	// that of a word of state.
	axonBits, wordBits float64
	// largest is the largest of the memories that hold weights, in bytes: a
	// core's synapse memory or the host's.
	largest float64
	host    hostLayer
	// links are the classes of links between the cores.
	links []string
}

// hostLayer is a first layer that the host multiplies (direct input), or
// zero.
type hostLayer struct {
	// neurons is the number of the layer's neurons and bits the width of its
	// weights.
	neurons int64
	bits    float64
	// inputBits is the width of an input.
	inputBits       float64
	weights, inputs []energy.Bank
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
	h.weights = []energy.Bank{{Bytes: float64(len(img.Host.Weights)) * h.bits / 8, Share: 1}}
	h.inputs = []energy.Bank{{Bytes: float64(inputs) * h.inputBits / 8, Share: 1}}
	return h
}

// accumulatorBits is the width of a core's accumulators.
const accumulatorBits = 32

// NewMemories measures the memories of a valid image. A core's memory counts as
// large as what the image keeps in it; events are taken to be spread over
// the cores as the bits are.
func NewMemories(img *layout.Image) *Memories {
	f := layout.Measure(img)
	m := &Memories{host: newHostLayer(img), links: img.Routes.Topology().Classes()}
	for _, b := range m.host.weights {
		m.largest = b.Bytes
	}
	var axons, axonBits, words, wordBits float64
	for i := range f.Cores {
		c := &f.Cores[i]
		accumulators := c.Neurons * accumulatorBits
		m.synapse = appendBank(m.synapse, c.SynapseBits())
		m.axon = appendBank(m.axon, c.AxonBits)
		m.state = appendBank(m.state, c.StateBits-accumulators)
		m.constant = appendBank(m.constant, c.ConstantBits)
		m.accumulator = appendBank(m.accumulator, accumulators)
		m.largest = max(m.largest, float64(c.SynapseBits())/8)
		axons += float64(c.Axons)
		axonBits += float64(c.AxonBits)
		words += float64(c.Neurons)
		wordBits += float64(c.Neurons * int64(img.Cores[i].Config.Widths.Potential))
	}
	for _, banks := range [][]energy.Bank{m.synapse, m.axon, m.state, m.constant, m.accumulator} {
		spreadShares(banks)
	}
	m.axonBits, m.wordBits = ratio(axonBits, axons), ratio(wordBits, words)
	return m
}

func appendBank(banks []energy.Bank, size int64) []energy.Bank {
	if size == 0 {
		return banks
	}
	return append(banks, energy.Bank{Bytes: float64(size) / 8})
}

// spreadShares gives every bank its part of the bytes.
func spreadShares(banks []energy.Bank) {
	total := 0.0
	for _, b := range banks {
		total += b.Bytes
	}
	for i := range banks {
		banks[i].Share = banks[i].Bytes / total
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// NewLedger lists the events of an emulation over so many samples.
//
// Some events are no counters and follow from them. Every synaptic addition
// reads and writes one accumulator of 32 bits; every neuron update reads a
// threshold and a bias, used or not; and where the host multiplies the first
// layer it reads every weight and every input once per sample.
func NewLedger(counts *chip.Counts, samples int, m *Memories) *energy.Ledger {
	c, t := &counts.Core, &counts.Traffic
	l := &energy.Ledger{Samples: int64(max(samples, 1))}
	add := func(event string, n int64) { l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n}) }
	touch := func(event string, n int64, width float64, banks []energy.Bank) {
		l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n, Bits: width, Banks: banks})
	}
	add("synops", c.Synops)
	add("neuron_updates", c.NeuronUpdates)
	add("active_updates", c.ActiveUpdates)
	add("idle_updates", c.IdleUpdates)
	add("spikes", c.Spikes)
	add("input_spikes", counts.InputSpikes)
	add("ticks", counts.Ticks)

	add("synaptic_adds", c.SynapticAdds)
	add("decay_adds", c.DecayAdds)
	add("membrane_adds", c.MembraneAdds)
	add("comparisons", c.Comparisons)
	add("draws", c.Draws)
	add("learning_updates", c.LearningUpdates)

	touch("synapse_bits", c.SynapseBits, 1, m.synapse)
	touch("axon_reads", c.AxonReads, m.axonBits, m.axon)
	touch("accumulator_reads", c.SynapticAdds, accumulatorBits, m.accumulator)
	touch("accumulator_writes", c.SynapticAdds, accumulatorBits, m.accumulator)
	touch("state_reads", c.StateReads, m.wordBits, m.state)
	touch("state_writes", c.StateWrites, m.wordBits, m.state)
	touch("constant_reads", 2*c.NeuronUpdates, m.wordBits, m.constant)
	touch("reset_writes", c.ResetWrites, m.wordBits, m.state)

	add("packets", t.Packets)
	for c, class := range m.links {
		add(router.HopCounter(class), t.Hops[c])
	}
	add("buffer_writes", counts.BufferWrites())

	add("host_adds", counts.HostAdds)
	add("host_draws", counts.HostDraws)
	enterHostMACs(l, counts.HostMACs, &m.host)
	return l
}

// enterHostMACs lists the host's multiplications: those of a first layer with
// their memory, or those of an encoder.
func enterHostMACs(l *energy.Ledger, macs int64, h *hostLayer) {
	event := "host_macs"
	if h.neurons > 0 && h.narrow() {
		event = "host_layer_macs"
	}
	l.Entries = append(l.Entries, energy.Entry{Event: event, Count: macs})
	if h.neurons > 0 {
		l.Entries = append(l.Entries,
			energy.Entry{Event: "host_weight_reads", Count: macs, Bits: h.bits, Banks: h.weights},
			energy.Entry{Event: "host_input_reads", Count: macs / h.neurons, Bits: h.inputBits, Banks: h.inputs})
	}
}
