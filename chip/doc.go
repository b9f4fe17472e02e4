// Package chip owns cores and router under one clock: it loads an image and
// emulates samples on it.
//
// What happens in a tick is the same in every engine and stands in one place:
//
//	run.go          the state of a run: cores, what is due, what leaves
//	tally.go        where it counts: attribution.go has the cells
//	links.go        what goes over each link
//	probes.go       what is recorded of populations; readout.go, the class
//
// The fast engine (fast.go) advances it a tick at a time and counts everything
// that does not depend on contention. Engines are made from a loaded Chip,
// one per worker; they share its tables and nothing else, so that samples
// run side by side (batch.go) and no result depends on how many do.
//
// The cycle engine runs the same state under a clock, on the clocked mesh of
// package router, and adds when things happen (docs/cycle-engine.md):
//
//	cycle.go        ticks: what is due, the mesh, the barrier
//	cycle_core.go   a core's time: packets, slots, packets out
//	cycle_sleep.go  cores that are still
//	cycle_plan.go   times and trees, worked out once per chip
//	tracer.go       what a trace is told, and cycle_trace.go tells it
//
// Both also run a sample tick by tick (step.go), and what such a run holds can
// be saved and restored: state.go says what, state_cycle.go adds the clock's
// part, codec.go writes and reads it.
//
// The package does not encode samples (spike/encode), does not read files
// and puts no price on what it counts (bench).
package chip
