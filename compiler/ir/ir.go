// Package ir is the integer network before placement: populations with
// integer constants and projections with integer weights, in the numbers
// that the chip will use but without cores, axons or routes. Passes of the
// compiler read and write it; Run executes it as the placement-free
// reference (docs/neurocore.md, section 9).
package ir

import "adder/core"

// Network is an integer network. Population 0.. and projections keep the
// order of the trained network.
type Network struct {
	Name        string
	Input       Input
	Populations []Population
	Projections []Projection
	// Output is the index of the population that is read, or -1 for none.
	Output int
	// Host is the first layer where the host multiplies (direct input),
	// else nil.
	Host *Host
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
	// Unit is one model unit of potential in least significant bits, Rest
	// the model's potential at v = 0; per neuron.
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
	// WeightBits is the width of the weights, sign included.
	WeightBits int
	Weights    Weights
}

// Host is a layer whose synapses stay with the host: it writes one current
// per neuron and sample.
type Host struct {
	Target int
	// Weights is [targets][inputs], row-major.
	Weights []int16
	// WeightExp is the power of two from a weight to the potential.
	WeightExp int
}

// Weights are integer weights by source: row i lists where a spike of
// source i goes. Exactly one of the forms is used.
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
}
