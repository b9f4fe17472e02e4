package energy

import (
	"slices"
	"strings"
	"sync"

	"adder/router"
)

// Part is the category of a priced event in reports.
type Part string

// The parts of an energy.
const (
	// PartOperations is arithmetic: additions, comparisons, MACs, draws.
	PartOperations Part = "operations"
	// PartMemory is reads and writes of SRAM.
	PartMemory Part = "memory"
	// PartTraffic is packets and hops.
	PartTraffic Part = "traffic"
	// PartHost is the host's work: encoding, and the first layer of direct
	// input.
	PartHost Part = "host"
	// PartChip holds events that include several others, for tables whose prices are all-in.
	PartChip Part = "chip"
	// PartPads is traffic across the chip's pads: a boundary of its own, not in any sum.
	PartPads Part = "pads"
)

// Parts lists the parts in the order of reports.
func Parts() []Part {
	return []Part{PartChip, PartOperations, PartMemory, PartTraffic, PartHost, PartPads}
}

// Event is something that is counted and may have a price.
type Event struct {
	Name string
	Part Part
	// View marks an event that includes others: it needs no price, since those have theirs, and a
	// table that prices it says what it includes.
	View bool
	// What says what one event is.
	What string
}

// The sides of a comparison.
const (
	SideSNN = iota
	SideANN
)

// Moves reports whether the event reads or writes a memory.
func (e Event) Moves() bool {
	return e.Part == PartMemory || e.Part == PartPads || strings.HasPrefix(e.Name, "host_") &&
		(strings.HasSuffix(e.Name, "_reads") || strings.HasSuffix(e.Name, "_writes")) ||
		e.Name == "readout_reads"
}

// crosses reports whether the event crosses a link of the mesh.
func (e Event) crosses() bool { return strings.HasPrefix(e.Name, "hops_") }

// Side is the side that counts the event.
func (e Event) Side() int {
	if strings.HasPrefix(e.Name, "ann_") {
		return SideANN
	}
	return SideSNN
}

// Events lists everything that a table may price. The SNN's events are
// counters of docs/neurocore.md, section 10, or follow from them as What says.
func Events() []Event {
	return slices.Concat(coreEvents(), trafficEvents(), hostEvents(), padEvents(), annEvents())
}

// coreEvents are those of cores, and those that include all events of a chip.
func coreEvents() []Event {
	return []Event{
		{"synops", PartChip, true, "nonzero weight reached by a spike"},
		{"neuron_updates", PartChip, true, "neuron updated in a tick"},
		{"active_updates", PartChip, true, "neuron whose update changed it"},
		{"idle_updates", PartChip, true, "neuron whose update did not"},
		{"spikes", PartChip, true, "spike that left a neuron"},
		{"input_spikes", PartChip, true, "spike of the host"},
		{"ticks", PartChip, true, "tick of the chip"},

		{"synaptic_adds", PartOperations, false, "addition of a weight into an accumulator"},
		{"decay_adds", PartOperations, false, "addition of a decay"},
		{"membrane_adds", PartOperations, false, "addition into u or v"},
		{"comparisons", PartOperations, false,
			"test of a threshold, a refractory counter or an arbiter"},
		{"draws", PartOperations, false, "random draw of the chip"},
		{"learning_updates", PartOperations, false, "plastic weight written"},

		{"synapse_bits", PartMemory, false, "bit of synapse memory read"},
		{"off_chip_bits", PartMemory, false, "bit of a weight memory outside of the chip read, in " +
			"the place of synapse_bits"},
		{"axon_reads", PartMemory, false, "entry of the axon table read"},
		{"queue_writes", PartMemory, false,
			"axon entry written into the queue of spikes that are due"},
		{"queue_reads", PartMemory, false, "axon entry read from that queue"},
		{"accumulator_reads", PartMemory, false, "accumulator read, one per synaptic addition"},
		{"accumulator_writes", PartMemory, false, "accumulator written, one per synaptic addition"},
		{"accumulator_clears", PartMemory, false,
			"accumulator read or cleared, two per neuron update"},
		{"state_reads", PartMemory, false, "word of state read"},
		{"state_writes", PartMemory, false, "word of state written"},
		{"constant_reads", PartMemory, false, "threshold or bias read, two per neuron update, or " +
			"word of a table of boundaries"},
		{"reset_writes", PartMemory, false, "word of state written before a sample"},
		{"route_reads", PartMemory, false,
			"destination of a packet read by the core that sends it"},
		{"table_reads", PartMemory, false, "source looked up in a router's multicast table, one " +
			"per router that a packet passes"},
	}
}

// trafficEvents are those of the network between cores: a link has a price by its
// class.
func trafficEvents() []Event {
	events := []Event{{"packets", PartTraffic, false, "packet injected"}}
	for _, class := range (router.Mesh{}).Classes() {
		events = append(events, Event{router.HopCounter(class), PartTraffic, false,
			"link crossed " + class + "ward"})
	}
	events = append(events, Event{"hops_border", PartTraffic, false,
		"link crossed from chip to chip of a board"})
	return append(events,
		Event{"buffer_writes", PartTraffic, false, "packet written into a router's buffer"},
		Event{"router_passes", PartTraffic, false,
			"packet read from a buffer, arbitrated and switched, one per buffer write"})
}

func hostEvents() []Event {
	return []Event{
		{"host_adds", PartHost, false, "addition or comparison of the encoder"},
		{"host_draws", PartHost, false, "random draw of the encoder"},
		{"host_macs", PartHost, false, "multiplication of the encoder, or multiply-accumulate of " +
			"a first layer wider than 8 bits"},
		{"host_layer_macs", PartHost, false, "multiply-accumulate of a first layer of 8 bits"},
		{"host_pixel_reads", PartHost, false, "element of a sample read by the encoder"},
		{"host_state_reads", PartHost, false, "word of the encoder's state read, one per addition"},
		{"host_state_writes", PartHost, false, "word of the encoder's state written, one per " +
			"addition"},
		{"readout_reads", PartHost, false, "output read by the host, once per sample"},
		{"readout_comparisons", PartHost, false, "comparison that finds the class"},
		{"host_weight_reads", PartHost, false, "weight of the first layer read by the host"},
		{"host_input_reads", PartHost, false, "input of the first layer read by the host"},
	}
}

func padEvents() []Event {
	return []Event{
		{"pad_bits", PartPads, false, "bit of a spike or an output that crosses the pads"},
		{"ann_pad_bits", PartPads, false, "bit of an input or an output that crosses the pads"},
	}
}

func annEvents() []Event {
	return []Event{
		{"ann_macs", PartOperations, true,
			"multiply-accumulate: a price of it is one of ann_multiplications and ann_additions"},
		{"ann_multiplications", PartOperations, false, "multiplication of a multiply-accumulate"},
		{"ann_additions", PartOperations, false, "addition of a multiply-accumulate"},
		{"ann_adds", PartOperations, false, "addition of a pooling layer"},
		{"ann_comparisons", PartOperations, false, "comparison of an activation or a maximum"},
		{"ann_requantisations", PartOperations, false, "accumulator brought back to an " +
			"activation's width"},
		{"ann_weight_reads", PartMemory, false, "weight read"},
		{"ann_bias_reads", PartMemory, false, "bias read"},
		{"ann_activation_reads", PartMemory, false, "activation read"},
		{"ann_activation_writes", PartMemory, false, "activation written"},
		{"ann_accumulator_reads", PartMemory, false, "partial sum read, dataflow as-snn"},
		{"ann_accumulator_writes", PartMemory, false, "partial sum written, dataflow as-snn"},
		{"ann_register_reads", PartMemory, false,
			"operand or partial sum read from a register file, dataflow register-file"},
		{"ann_register_writes", PartMemory, false,
			"partial sum written to a register file, dataflow register-file"},
	}
}

// FindEvent finds an event by name.
func FindEvent(name string) (Event, bool) {
	e, ok := eventsByName()[name]
	return e, ok
}

// eventsByName is made once, since bills look up every entry. It is never changed.
var eventsByName = sync.OnceValue(func() map[string]Event {
	known := map[string]Event{}
	for _, e := range Events() {
		known[e.Name] = e
	}
	return known
})
