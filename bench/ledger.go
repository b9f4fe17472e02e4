package bench

import (
	"adder/bench/energy"
	"adder/chip"
	"adder/router"
)

// NewLedger lists the events of an emulation over so many samples, by core where
// they touch its memory.
//
// Some events are no counters and follow from them, as docs/energy.md says.
func NewLedger(by CountsByMemory, samples int, m *Memories) *energy.Ledger {
	counts := by.Total()
	c, t := &counts.Core, &counts.Traffic
	l := &energy.Ledger{Samples: int64(max(samples, 1))}
	add := func(event string, n int64) {
		l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n})
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

	touchMemory(l, by, m)

	add("packets", t.Packets)
	for c, class := range m.links {
		l.Entries = append(l.Entries, energy.Entry{Event: router.HopCounter(class),
			Count: t.Hops[c], TileBytes: m.tile})
	}
	add("buffer_writes", counts.BufferWrites())
	add("router_passes", counts.BufferWrites())
	if m.keys > 0 {
		l.Touch("table_reads", counts.BufferWrites(), tableBits, m.keys*tableBits/8)
	}

	enterHost(l, &counts, m)
	return l
}

// enterHost lists what the host does, and what crosses the pads between it and the chip.
func enterHost(l *energy.Ledger, counts *chip.Counts, m *Memories) {
	l.Add("host_adds", counts.HostAdds)
	l.Add("host_draws", counts.HostDraws)
	words := float64(m.elements) * hostWordBits / 8
	l.Touch("host_pixel_reads", counts.PixelReads, pixelBits, float64(m.elements))
	l.Touch("host_state_reads", counts.HostAdds, hostWordBits, words)
	l.Touch("host_state_writes", counts.HostAdds, hostWordBits, words)
	l.Touch("readout_reads", counts.OutputReads, hostWordBits, float64(m.outputs)*hostWordBits/8)
	l.Add("readout_comparisons", comparisons(counts.OutputReads, m.outputs))
	l.Touch("pad_bits", (counts.InputSpikes+counts.OutputReads)*packetBits, 1, 0)
	enterHostMACs(l, counts.HostMACs, &m.host)
}

// comparisons find the largest of so many outputs, given how many were read in all.
func comparisons(reads, outputs int64) int64 {
	if outputs == 0 {
		return 0
	}
	return reads - reads/outputs
}

const (
	// hostWordBits is the width of the host's words, pixelBits that of an element of a
	// sample, packetBits that of a spike or an output on its way over the pads.
	hostWordBits = 32
	pixelBits    = 8
	packetBits   = 32
	// tableBits is the width of an entry of a router's multicast table: the ports by which a
	// source's packets leave.
	tableBits = 5
)

// touchMemory lists what touches the memories of cores.
func touchMemory(l *energy.Ledger, by CountsByMemory, m *Memories) {
	touch := func(event string, count func(*chip.Counts) int64,
		memory func(*coreMemory) (bits, bytes float64)) {
		for k := range by {
			if by[k].kind < 0 {
				continue
			}
			bits, bytes := memory(&m.kinds[by[k].kind])
			l.Entries = append(l.Entries, energy.Entry{Event: event, Count: count(&by[k].counts),
				Bits: bits, Bytes: bytes})
		}
	}
	additions := func(c *chip.Counts) int64 { return c.Core.SynapticAdds }
	accumulator := func(m *coreMemory) (bits, bytes float64) {
		return accumulatorBits, m.accumulator
	}
	state := func(m *coreMemory) (bits, bytes float64) { return m.wordBits, m.state }
	for k := range by {
		if kind := by[k].kind; kind >= 0 {
			c, event := &by[k].counts.Core, "synapse_bits"
			if m.kinds[kind].offChip {
				event = "off_chip_bits"
			}
			l.Entries = append(l.Entries, energy.Entry{
				Event: event, Count: c.SynapseBits, Bits: 1, Bytes: m.kinds[kind].synapse,
				Data: c.SynapticAdds,
			})
		}
	}
	touch("axon_reads", func(c *chip.Counts) int64 {
		return c.Core.AxonReads
	}, func(m *coreMemory) (bits, bytes float64) { return m.axonBits, m.axon })
	for _, event := range []string{"queue_writes", "queue_reads"} {
		touch(event, func(c *chip.Counts) int64 {
			return c.Core.AxonReads
		}, func(m *coreMemory) (bits, bytes float64) { return m.queueBits, m.queue })
	}
	touch("accumulator_reads", additions, accumulator)
	touch("accumulator_writes", additions, accumulator)
	touch("accumulator_clears", func(c *chip.Counts) int64 {
		return 2 * c.Core.NeuronUpdates
	}, accumulator)
	touch("state_reads", func(c *chip.Counts) int64 { return c.Core.StateReads }, state)
	touch("state_writes", func(c *chip.Counts) int64 { return c.Core.StateWrites }, state)
	touch("constant_reads", func(c *chip.Counts) int64 {
		return 2*c.Core.NeuronUpdates + c.Core.BoundaryReads
	}, func(m *coreMemory) (bits, bytes float64) { return m.wordBits, m.constant })
	touch("route_reads", func(c *chip.Counts) int64 {
		return c.Traffic.Packets
	}, func(m *coreMemory) (bits, bytes float64) { return m.routeBits, m.route })
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
			energy.Entry{Event: "host_input_reads", Count: macs / h.neurons, Bits: h.inputBits,
				Bytes: h.inputs})
	}
}
