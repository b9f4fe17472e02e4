package router

import "fmt"

// Class orders packets that compete for a link: the lower class goes first.
type Class uint8

// The classes of packets, first to last.
const (
	ClassSync Class = iota
	ClassSpike
	ClassHost
)

// local is the index of the port between a router and its core, after those of the four directions;
// ports counts all of them.
const (
	local = 4
	ports = 5
)

// Timing times the clocked mesh in cycles and sizes its buffers.
type Timing struct {
	// Pipeline is the time a packet takes through a router without
	// contention, Local that between router and core, and Links that of a
	// link, by its class. Local and a link take at least one cycle.
	Pipeline, Local int64
	Links           [MaxLinkClasses]int64
	// Gaps are the least cycles between two packets over a link, by its class: 1, or 0 for
	// as much, unless the link is narrower than a packet. A link takes at least as long.
	Gaps [MaxLinkClasses]int64
	// InputBuffer is the number of packets that each input of a router
	// holds, OutputFIFO the number that wait in a core for its router.
	InputBuffer, OutputFIFO int
	// DropWhenFull loses a packet that meets a full input buffer. Without it the packet waits for a
	// free place.
	DropWhenFull bool
}

// Validate checks that times are not negative, that buffers hold something, and that a packet
// has left a link before it is past it. The classes are those of links.
func (t *Timing) Validate(classes []string) error {
	names, times := []string{"pipeline", "local"}, []int64{t.Pipeline, t.Local}
	for c, class := range classes {
		names, times = append(names, class), append(times, t.Links[c])
	}
	for i, cycles := range times {
		if cycles < 0 {
			return fmt.Errorf("router timing: %s takes %d cycles: a time is not negative", names[i],
				cycles)
		}
	}
	for c, class := range classes {
		if t.Gaps[c] < 0 || t.Gaps[c] > wire(t.Links[c]) {
			return fmt.Errorf("router timing: a packet in %d cycles over a link of class %s, "+
				"which takes %d: "+
				"it has left the link by then", t.Gaps[c], class, wire(t.Links[c]))
		}
	}
	if t.InputBuffer < 1 || t.OutputFIFO < 1 {
		return fmt.Errorf("router timing: input buffer of %d and output FIFO of %d packets: each "+
			"holds at least 1", t.InputBuffer, t.OutputFIFO)
	}
	return nil
}

// wire is the time of a wire: each has a register.
func wire(cycles int64) int64 { return max(cycles, 1) }

// ZeroLoad is the time of a packet that meets no other one, from the output
// FIFO of one core to the ingress of another: the wire into the mesh, every
// router and link of its route, and the wire out of it.
func (t *Timing) ZeroLoad(topology Topology, from, to Coord) int64 {
	time := wire(t.Local) + t.Pipeline + wire(t.Local)
	for link := range Links(topology, from, to) {
		time += wire(t.Links[topology.Class(link)]) + t.Pipeline
	}
	return time
}
