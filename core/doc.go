// Package core owns one neurocore: its axon table, its synapse memory, its
// neurons and what they count. A Core takes the spikes that are due in a tick
// (Deliver), advances its neurons by that tick (Tick) and names those whose
// spikes leave; docs/neurocore.md is the arithmetic it follows to the bit.
//
// The package does not own where spikes go or when they arrive: the axonal
// delay is stored here (AxonDelay) and applied by whoever schedules deliveries
// (package router). It reads no files (package layout) and knows no clock finer
// than a tick.
//
// As in package fixedpoint, there is no multiplication, division, modulo or
// floating point, and the state of neurons and synapses is unexported: only an
// adder of this package changes it.
//
//	config.go   what a core is loaded with, plain data
//	validate.go the checks of a Config
//	load.go     New: the tables that a tick needs, built once
//	synapse.go  synapse rows as a delivery uses them
//	core.go     Core, its state, Fork and Begin
//	deliver.go  spikes into accumulators
//	lanes.go    dense rows of bytes, eight weights at a time
//	panels.go   rows that are summed for many ticks at once
//	window.go   the ticks of a window, summed together
//	sets.go     their sets of spikes, and what these count
//	course.go   all ticks of a window at once
//	tick.go     the phases of a tick, group by group
//	neuron.go   the neuron models' integration loops
//	fire.go     test and reset
//	escape.go   firing by chance
//	winner.go   winner-take-all groups
//	theta.go    adaptive thresholds
//	plasticity.go what learns and how, plain data
//	plastic.go  plastic synapse memory
//	learn.go    learning mode and what is learned
//	learner.go  spikes of a tick to the weights
//	trace.go    traces of spikes
//	rules.go    the learning rules
//	normalise.go normalisation and scaling after a sample
//	counts.go   what is counted
package core
