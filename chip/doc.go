// Package chip loads an image and runs samples on it, on one of two engines: Fast computes spikes
// and counts, Cycle also times.
//
//	chip.go    a loaded image; engine.go, the interface of engines
//	batch.go   samples in parallel
//
// The semantics of a tick are the same in both engines and are written once:
//
//	run.go      the state of a run: cores, what is due, what leaves, model ticks
//	host.go     the host's work; learn.go, what a chip has learned
//	tally.go    where events are counted: attribution.go has the bins, counts.go the counts
//	links.go    what goes over each link
//	probes.go   what is recorded of populations; readout.go, the class
//	values.go   spikes that carry values
//	fault.go    packets of a broken chip
//
// Engines are made from a loaded Chip, one per worker; they share only its tables, so that samples
// run in parallel and no result depends on how many do. The fast engine counts everything that does
// not depend on contention.
//
//	fast.go     many ticks of a core at once; fast_step.go, tick by tick
//	receive.go  what is due at a core, read from its sources
//	parts.go    which cores must go tick by tick; advance.go, cores on processors
//	wiring.go   which core receives from which, in runs of neurons
//	order.go    axon entries in the order of their sources' words
//	inject.go   spikes of the host; send.go, those of cores
//	whole.go    windows that are summed as wholes
//	desk.go     scratch memory of a core while it advances
//	pass.go     ticks of recurrent cores, until a neuron fires
//	look.go     potentials that are recorded or read
//	idle.go     cores without activity, which are skipped
//
// The cycle engine runs the same state under a clock, on the clocked mesh of
// package router, and adds when things happen (docs/cycle-engine.md):
//
//	cycle.go          ticks: what is due, the mesh, the barrier
//	cycle_packets.go  packets on the mesh: their spikes, and where they arrive
//	cycle_core.go     a core's time: packets, slots, packets out
//	cycle_sleep.go    cores without activity
//	cycle_plan.go     times and trees, computed once per chip
//	cycle_sparse.go   the time of sparse rows
//	cycles.go         times, added up over samples
//	untimed.go        which times of a chip are lacking
//	tracer.go         the events of a trace, which cycle_trace.go emits
//
// Both also run a sample tick by tick (step.go), and the state of such a run can be saved and
// restored: state.go defines it, state_cycle.go adds the clock's part, codec.go writes and reads
// it, paced.go uses it to interrupt a sample.
//
// The package does not encode samples (spike/encode), does not read files
// and puts no price on what it counts (bench).
package chip
