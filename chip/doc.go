// Package chip loads an image and runs samples on it, by one of two engines: Fast says
// what happens, Cycle also when.
//
//	chip.go    a loaded image; engine.go, what an engine is asked and gives
//	batch.go   samples side by side
//
// What happens in a tick is the same in both engines and is written once:
//
//	run.go      the state of a run: cores, what is due, what leaves, model ticks
//	host.go     the host's work; learn.go, what a chip has learned
//	tally.go    where it counts: attribution.go has the bins, counts.go the counts
//	links.go    what goes over each link
//	probes.go   what is recorded of populations; readout.go, the class
//	values.go   spikes that carry values
//	fault.go    packets of a broken chip
//
// The fast engine counts everything that does not depend on contention. Engines are made
// from a loaded Chip, one per worker; they share its tables and nothing else, so that
// samples run side by side and no result depends on how many do.
//
//	fast.go     many ticks of a core at once; fast_step.go, tick by tick
//	hear.go     what is due at a core, read from its sources
//	parts.go    which cores must go tick by tick; advance.go, cores on processors
//	wiring.go   which core receives from which, in runs of neurons
//	order.go    axon entries in the order of their sources' words
//	inject.go   spikes of the host; send.go, those of cores
//	whole.go    windows that are summed as wholes
//	desk.go     what a core has while it is advanced
//	pass.go     ticks of cores that hear themselves, until a neuron fires
//	look.go     potentials that are recorded or read
//	idle.go     cores that did nothing, and that samples leave out
//
// The cycle engine runs the same state under a clock, on the clocked mesh of
// package router, and adds when things happen (docs/cycle-engine.md):
//
//	cycle.go          ticks: what is due, the mesh, the barrier
//	cycle_packets.go  packets on the mesh: their spikes, and where they arrive
//	cycle_core.go     a core's time: packets, slots, packets out
//	cycle_sleep.go    cores that are still
//	cycle_plan.go     times and trees, computed once per chip
//	cycle_sparse.go   the time of sparse rows
//	cycles.go         times, added up over samples
//	untimed.go        which times of a chip are lacking
//	tracer.go         what a trace is told, and cycle_trace.go tells it
//
// Both also run a sample tick by tick (step.go), and what such a run holds can
// be saved and restored: state.go says what, state_cycle.go adds the clock's
// part, codec.go writes and reads it, paced.go leaves a sample in its middle by it.
//
// The package does not encode samples (spike/encode), does not read files
// and puts no price on what it counts (bench).
package chip
