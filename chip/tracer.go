package chip

import (
	"adder/core"
	"adder/router"
)

// Phase is the activity of a core at a time.
type Phase uint8

// The phases of a core: it has nothing to do, writes its initial state, adds
// rows, updates neurons, or waits for room in its output FIFO.
const (
	PhaseIdle Phase = iota
	PhaseReset
	PhaseDeliver
	PhaseUpdate
	PhaseStall
)

// String is the phase's name in traces.
func (p Phase) String() string {
	return [...]string{"idle", "reset", "deliver", "update", "stall"}[min(p, PhaseStall)]
}

// Tracer receives the events of the cycle engine, for traces. Cores are indices in the image,
// cycles count from the start of the sample. Within a tick calls are in no order of time, but after
// Tick has named a cycle as the end of a tick no earlier cycle follows.
type Tracer interface {
	// Watcher receives links crossed and packets in input buffers.
	router.Watcher
	// Sample begins a sample.
	Sample(number uint64)
	// Work reports that a core is in a phase for the cycles [from, to). Cycles that are not
	// reported are idle.
	Work(core int, phase Phase, from, to int64)
	// Ingress reports the number of axon entries that wait for a core.
	Ingress(cycle int64, core, waiting int)
	// Spike reports that the slot of a neuron that fired ends.
	Spike(cycle int64, core int, neuron int32)
	// State shows a core after its update; it may only be read.
	State(cycle int64, core int, state *core.Core)
	// Message reports that a packet, or a copy of it, arrived at a core.
	Message(m *Message)
	// Tick reports that a tick, or -1 for the reset before the first one, ran
	// in the cycles [from, to), of which those from done on were its barrier.
	Tick(t int32, from, done, to int64)
	// End ends the sample at a cycle. An error ends the run.
	End(cycle int64) error
}

// Message is a packet, or one copy of it, on its way to a core.
type Message struct {
	// Packet has the source and the tick; To.Core is the target of this copy.
	Packet router.Packet
	// From is the tile at which it entered the mesh.
	From router.Core
	// Send and Arrive are cycles; Wait is the part between them that is due to contention.
	Send, Arrive, Wait int64
	// Hops are the links between the two tiles.
	Hops int
}
