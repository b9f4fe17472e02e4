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
// What a core is, and the phases of a tick. Begin with models.go:
//
//	config.go                   what a core is loaded with, plain data
//	models.go                   the table of neuron models: what each needs and does
//	validate*.go                the checks of a Config
//	load.go                     New: the tables that a tick needs, built once
//	core.go                     Core, its state, Fork and Begin
//	state.go, state_values.go   the state, saved and restored
//	synapse.go                  synapse rows as a delivery uses them
//	deliver.go                  spikes into accumulators
//	typed.go                    axons by type
//	tick.go                     the phases of a tick, group by group
//	neuron.go                   the neuron models' integration loops
//	fire.go                     test and reset
//	code.go, coded.go           groups that receive and send activations exactly
//	value.go                    spikes that carry values
//	graded.go, shift.go         the models whose spikes do
//	pair.go                     neurons of two compartments
//	broken.go                   neurons that are broken
//	counts.go, share.go         what is counted, and for which population
//	watch.go                    which neurons change, for the clocked engine
//
// Competition, chance and learning:
//
//	winner.go       winner-take-all groups
//	escape.go       firing by chance
//	theta.go        adaptive thresholds
//	plasticity.go   what learns and how, plain data
//	plastic.go      plastic synapse memory
//	learn.go        learning mode and what is learned
//	learner.go      spikes of a tick to the weights
//	trace.go        traces of spikes
//	rules.go        the learning rules
//	rounding.go     what learners round by, drawn for a tick at once
//	normalise.go    normalisation and scaling after a sample
//
// The same to the bit, faster (the loops are those of core/kernel):
//
//	lanes.go, bytes.go   dense rows of bytes, eight weights at a time
//	bank.go              rows one behind the other
//	panels.go            rows that are summed for many ticks at once
//	lines.go             rows of convolutions among them, by blocks of neurons
//	sparse.go            sparse rows of that kind
//	window.go            the ticks of a window, summed together
//	sets.go              their sets of spikes, and what these count
//	tickbatch.go         all ticks of a window at once
//	until.go             ticks until a neuron fires
//	swift.go             groups that a kernel advances
//	still.go             ticks that change nothing
package core
