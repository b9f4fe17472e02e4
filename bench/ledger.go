package bench

import (
	"adder/bench/energy"
	"adder/chip"
	"adder/router"
)

// NewLedger lists the events of an emulation over so many samples, by core where
// they touch its memory.
//
// Some events are no counters and follow from them. Every synaptic addition
// reads and writes one accumulator of 32 bits; every neuron update reads a
// threshold and a bias, used or not; and where the host multiplies the first
// layer it reads every weight and every input once per sample.
func NewLedger(by Counted, samples int, m *Memories) *energy.Ledger {
	counts := by.Total()
	c, t := &counts.Core, &counts.Traffic
	l := &energy.Ledger{Samples: int64(max(samples, 1))}
	add := func(event string, n int64) { l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n}) }
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

	touchMemory(l, by, m)

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

// touchMemory lists what touches the memories of cores.
func touchMemory(l *energy.Ledger, by Counted, m *Memories) {
	touch := func(event string, count func(*chip.Counts) int64, memory func(*coreMemory) (bits, bytes float64)) {
		for k := range by {
			if by[k].kind < 0 {
				continue
			}
			bits, bytes := memory(&m.kinds[by[k].kind])
			l.Entries = append(l.Entries, energy.Entry{Event: event, Count: count(&by[k].counts), Bits: bits, Bytes: bytes})
		}
	}
	additions := func(c *chip.Counts) int64 { return c.Core.SynapticAdds }
	accumulator := func(m *coreMemory) (bits, bytes float64) { return accumulatorBits, m.accumulator }
	state := func(m *coreMemory) (bits, bytes float64) { return m.wordBits, m.state }
	touch("synapse_bits", func(c *chip.Counts) int64 { return c.Core.SynapseBits }, func(m *coreMemory) (bits, bytes float64) { return 1, m.synapse })
	touch("axon_reads", func(c *chip.Counts) int64 { return c.Core.AxonReads }, func(m *coreMemory) (bits, bytes float64) { return m.axonBits, m.axon })
	touch("accumulator_reads", additions, accumulator)
	touch("accumulator_writes", additions, accumulator)
	touch("state_reads", func(c *chip.Counts) int64 { return c.Core.StateReads }, state)
	touch("state_writes", func(c *chip.Counts) int64 { return c.Core.StateWrites }, state)
	touch("constant_reads", func(c *chip.Counts) int64 { return 2 * c.Core.NeuronUpdates }, func(m *coreMemory) (bits, bytes float64) { return m.wordBits, m.constant })
	touch("reset_writes", func(c *chip.Counts) int64 { return c.Core.ResetWrites }, state)
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
			energy.Entry{Event: "host_weight_reads", Count: macs, Bits: h.bits, Bytes: h.weights},
			energy.Entry{Event: "host_input_reads", Count: macs / h.neurons, Bits: h.inputBits, Bytes: h.inputs})
	}
}
