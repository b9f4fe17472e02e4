// Package ir is the integer network before placement: populations with integer constants and
// projections with integer weights, in the numbers that the chip will use but without cores, axons
// or routes. It describes all that a core can do, learning and competition included. Every image is
// made from a Network. Passes of the compiler read and write it; an Interpreter executes it as the
// placement-free reference (docs/neurocore.md, section 9).
//
//	ir.go, weights.go          the network
//	types.go                   axons by type, and weights by neuron and type
//	numbers.go, text.go        numbering of sources and neurons; the network as text
//	validate*.go               the invariants of a network
//	interpreter.go, known.go   the interpreter, with its own arithmetic; what it executes
//	neuron.go, shift.go        neurons, and those of model shift
//	pair.go                    neurons of two compartments
//	code.go                    groups with a code
//	compete.go, draw.go        competition, escape noise; random draws
//	learn.go, normalise.go     weights that learn, within a sample and after it
//	learned.go                 learned weights and thresholds
//	readout.go                 the class
//	broken.go                  neurons that are broken
package ir

import "adder/core"

// Network is an integer network. Populations and projections keep the
// order of the trained network. Neurons are numbered in the order of the
// populations; the numbers key random draws.
type Network struct {
	Name        string
	Input       Input
	Populations []Population
	Projections []Projection
	// Output is the index of the population that is read, or -1 for none:
	// by its potentials if it integrates, else by its spike counts.
	Output int
	// Labels, if not nil, are the class of each output neuron; otherwise neuron i is class i.
	Labels *Labels
	// Host is the first layer where the host multiplies (direct input),
	// else nil.
	Host *Host
	// Escape are the tables of escape noise that groups name: Group.Escape
	// is 1 + the index.
	Escape []core.EscapeTable
	// Boundaries are the tables of boundaries that groups name: Group.Code.Table is
	// 1 + the index.
	Boundaries []core.BoundaryTable
	// Widths are the register widths the constants were made for.
	Widths core.Widths
}

// Input is the host's signal: Size elements that spike.
type Input struct {
	Name  string
	Shape []int
	Size  int
}

// Population is a layer of neurons. Groups are runs of neurons with equal
// constants; their First is relative to the population and they cover
// [0, Size). Usually there is one.
type Population struct {
	Name  string
	Shape []int
	Size  int
	// Depth is the tick in which the layer starts to take part.
	Depth  int
	Groups []core.Group
	// Threshold, Bias, Reset, V0 have one entry per neuron.
	Threshold, Bias, Reset, V0 []int32
	// Theta is the adaptive part of each threshold that the network starts
	// with, and Target what each neuron's weights are normalised to. Both
	// have one entry per neuron, or none where all are 0.
	Theta, Target []int32
	// Unit is one model unit of potential in least significant bits, Rest
	// the model's potential at v = 0; per neuron, or empty for 1 and 0.
	Unit, Rest []float64
	// Shared forbids a scale per neuron: potentials of this population are
	// compared with each other.
	Shared bool
}

// SourceInput as Projection.Source is the host input.
const SourceInput = -1

// Projection is a bundle of synapses from one source to one population,
// delivered Delay ticks later than the earliest possible.
type Projection struct {
	Name   string
	Source int // index of a population, or SourceInput
	Target int
	Delay  int
	// WeightBits is the width of the weights, sign included; 16 without
	// sign for plastic ones.
	WeightBits int
	Weights    Weights
	// Learning, if not nil, is the learning rule of plastic weights. Its Group is the group of the
	// target population that they reach, all of it and no other; row i of its Rows, from FirstRow 0
	// on, is that of source i.
	Learning *core.Plasticity
	// Exponent is the left shift of weights into neurons of model shift, per weight; Second has
	// them enter the second current.
	Exponent int
	Second   bool
	// AxonTypes has the type of each source's axons where weights are stored by type: a
	// neuron has one weight for all sources of a type. Nil elsewhere.
	AxonTypes []uint8
	// Verbatim stores a row for each source with its weights as listed, zeros included, and does
	// not share it: a learned network keeps the rows that it learned with. It changes the counts of
	// reads and additions, and no spike.
	Verbatim bool
}

// Labels are classes of an output whose neurons are not the classes.
type Labels struct {
	Classes int
	// Class is each neuron's, -1 for none.
	Class []int32
	// Proportions, if not empty, weigh each neuron's count, in 65535ths.
	Proportions []uint16
}

// Host is a layer whose synapses the host applies: it writes one current per neuron and sample.
type Host struct {
	Target int
	// Weights is [targets][inputs], row-major.
	Weights []int16
	// WeightExp is the power of two from a weight to the potential.
	WeightExp int
}

// Weights are integer weights by source: row i has the targets and weights of source i. Exactly one
// of the forms is used.
type Weights struct {
	Sources, Targets int
	// Dense is [Sources][Targets] for weights of up to 8 bits.
	Dense []int8
	// Dense16 is the same for 9 to 16 bits.
	Dense16 []int16
	// Start, Target and Value list row i at [Start[i]:Start[i+1]], by
	// ascending target.
	Start  []int64
	Target []int32
	Value  []int16
	// Plastic holds weights that learning changes, [Sources][Count], 16 bits
	// without sign of which the upper 8 are added.
	Plastic []uint16
	// Others has one entry per source, which reaches all targets of a run
	// but one with the same weight.
	Others []Others
	// First and Count are the run of targets that Plastic and Others reach.
	First, Count int
}

// Others is Weight << Shift to all targets of a run but Exclude, which is -1
// for none.
type Others struct {
	Weight  int16
	Shift   uint8
	Exclude int32
}
