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
	// Output is the index of the population that is read.
	Output int
	// Widths are the register widths the constants were made for.
	Widths core.Widths
}

// Input is the host's signal: Size elements that spike.
type Input struct {
	Name  string
	Shape []int
	Size  int
}

// Population is a layer of neurons with one model. Group holds the shared
// constants; its First and Count are relative to the population (0, Size).
type Population struct {
	Name  string
	Shape []int
	Size  int
	Group core.Group
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

// Weights are integer weights by source: row i lists where a spike of
// source i goes. Exactly one of the forms is used.
type Weights struct {
	Sources, Targets int
	// Dense is [Sources][Targets] for weights of up to 8 bits.
	Dense []int8
	// Dense16 is the same for 9 bits.
	Dense16 []int16
	// Start, Target and Value list row i at [Start[i]:Start[i+1]], by
	// ascending target.
	Start  []int64
	Target []int32
	Value  []int16
}
