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

// local is the index of the port between a router and its core, behind those
// of the four directions; ports counts all of them.
const (
	local = 4
	ports = 5
)

// Timing times the clocked mesh in cycles and sizes its buffers.
type Timing struct {
	// Pipeline is the time a packet takes through a router without
	// contention, Local that between router and core, and Links[d] that of a
	// link in direction d. Local and a link take at least one cycle.
	Pipeline, Local int64
	Links           [4]int64
	// InputBuffer is the number of packets that each input of a router
	// holds, OutputFIFO the number that wait in a core for its router.
	InputBuffer, OutputFIFO int
	// DropWhenFull loses a packet that meets a full input buffer. Without it
	// the packet waits until there is room.
	DropWhenFull bool
}

// Validate checks that times are not negative and buffers hold something.
func (t *Timing) Validate() error {
	for _, time := range []struct {
		name   string
		cycles int64
	}{
		{"pipeline", t.Pipeline}, {"local", t.Local},
		{"east", t.Links[East]}, {"west", t.Links[West]}, {"north", t.Links[North]}, {"south", t.Links[South]},
	} {
		if time.cycles < 0 {
			return fmt.Errorf("router timing: %s takes %d cycles: a time is not negative", time.name, time.cycles)
		}
	}
	if t.InputBuffer < 1 || t.OutputFIFO < 1 {
		return fmt.Errorf("router timing: input buffer of %d and output FIFO of %d packets: each holds at least 1", t.InputBuffer, t.OutputFIFO)
	}
	return nil
}

// wires are the times of the five ports: every wire has a register.
func (t *Timing) wires() (wire [ports]int64) {
	for d, cycles := range t.Links {
		wire[d] = max(cycles, 1)
	}
	wire[local] = max(t.Local, 1)
	return wire
}

// ZeroLoad is the time of a packet that meets no other one, from the output
// FIFO of one core to the ingress of another: the wire into the mesh, every
// router and link of its XY route, and the wire out of it.
func (t *Timing) ZeroLoad(from, to Coord) int64 {
	wire := t.wires()
	time := wire[local] + t.Pipeline + wire[local]
	for d, links := range [4]int16{to.X - from.X, from.X - to.X, from.Y - to.Y, to.Y - from.Y} {
		for ; links > 0; links-- {
			time += wire[d] + t.Pipeline
		}
	}
	return time
}
