// Package core owns one neurocore: its axon table, its synapse memory, its neurons and its
// counters. In each tick a Core adds the input spikes to accumulators (Deliver), then updates its
// neurons and returns those that spike (Tick). Its arithmetic is defined, bit for bit, by
// docs/neurocore.md.
//
// The package does not own routes and schedules of spikes: the axonal delay is stored here
// (AxonDelay), and package chip applies it when it schedules deliveries. It reads no files (package
// layout), and its smallest unit of time is a tick.
//
// As in package fixedpoint, there is no multiplication, division, modulo or floating point, and the
// state of neurons and synapses is unexported: only this package changes it.
//
// A core and the phases of a tick. Begin with models.go:
//
//	config.go                   Config, the contents of a core, plain data
//	models.go                   the table of neuron models
//	validate*.go                the checks of a Config
//	load.go                     New: the tables that a tick needs, built once
//	core.go                     Core, its state, Fork and Begin
//	state.go, state_values.go   the state, saved and restored
//	synapse.go                  synapse rows, precomputed for deliveries
//	deliver.go                  spikes into accumulators
//	typed.go                    axons by type
//	tick.go                     the phases of a tick, group by group
//	neuron.go                   the neuron models' integration loops
//	fire.go                     test and reset
//	code.go, coded.go           groups that receive and send activations exactly
//	value.go                    spikes that carry values
//	graded.go, shift.go         the models whose spikes carry values
//	pair.go                     neurons of two compartments
//	broken.go                   neurons that are broken
//	counts.go, share.go         counters, and their population
//	watch.go                    which neurons change, for the clocked engine
//
// Competition, chance and learning:
//
//	winner.go       winner-take-all groups
//	escape.go       firing by chance
//	theta.go        adaptive thresholds
//	plasticity.go   learning rules, plain data
//	plastic.go      plastic synapse memory
//	learn.go        learning mode and the learned state
//	learner.go      weight changes by the spikes of a tick
//	trace.go        traces of spikes
//	rules.go        the learning rules
//	rounding.go     stochastic rounding, drawn for a tick at once
//	normalise.go    normalisation and scaling after a sample
//
// Faster implementations with the same results, on the loops of core/kernel:
//
//	lanes.go, bytes.go   dense rows of bytes, eight weights at a time
//	bank.go              consecutive rows of one shape
//	panels.go            rows that are summed for many ticks at once
//	packed.go            those of 4 bits, two weights to a byte
//	lines.go             rows of convolutions among them, by blocks of neurons
//	sparse.go            sparse rows of that kind
//	window.go            the ticks of a window, summed together
//	sets.go              the sets of spikes of a window, and their counts
//	tickbatch.go         all ticks of a window at once
//	until.go             ticks until a neuron fires
//	swift.go             groups that a kernel advances
//	still.go             ticks that change nothing
package core
