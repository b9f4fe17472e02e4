package layout

import (
	"cmp"
	"slices"

	"adder/core"
	"adder/router"
)

// Image is the contents of a chip: integers and names only. It does not depend on the folder, the
// time or the machine that made it.
type Image struct {
	// Model is the name of the network, without folder or extension.
	Model string
	// Chip is the profile the image was compiled for.
	Chip Chip
	// Cores are the cores in use, by ascending tile.
	Cores []PlacedCore
	// Routes are the route trees of neurons and host inputs. Its Neurons
	// has one entry per tile of the mesh, empty for unused tiles.
	Routes router.Table
	// Input is the host's input.
	Input Input
	// Encoder is the setting of the host's encoder.
	Encoder Encoder
	// Preparation is the host's preprocessing of a sample before the encoder, nil for none.
	Preparation *Preparation
	// Populations are the layers of the network, for probes, reports and
	// the readout, in the order of the network.
	Populations []Population
	// Readout is the host's readout of a class.
	Readout Readout
	// Host is the first layer's integer weights where the encoder is
	// direct, else nil.
	Host *HostLayer
	// Synapses is the number of nonzero weights before placement,
	// Unrolled the number with every shared kernel written out.
	Synapses, Unrolled int64
}

// Chip names a profile and carries its text, so that an image runs without
// the file it was compiled with.
type Chip struct {
	Name    string
	Profile []byte
}

// PlacedCore is a core's load and its tile.
type PlacedCore struct {
	Tile   router.Core
	Config core.Config
	// Full names the limit that kept the core from holding more of its
	// layer, for people; "" where the layer ended.
	Full string
}

// Input is the shape of a sample. Element i of a sample, row-major, is
// source i of port Port of the route table.
type Input struct {
	Name  string
	Shape []int32
	Port  int32
}

// Encoder is an encoder's setting. Rates and probabilities are integers in
// the unit given.
type Encoder struct {
	// Kind is a name that spike/encode knows, or EncoderSpikes.
	Kind string
	// Ticks is the number of input ticks of a sample.
	Ticks int32
	// Intensity is the rate of a full-scale element in thousandths of a
	// spike per second.
	Intensity int64
	// TickNanoseconds is the length of a tick.
	TickNanoseconds int64
	// Bits is the resolution of direct analog input, and of the levels of a code.
	Bits uint8
	// Scale is the value of a level of a code, 0 * 2^0 for other kinds, and Zero the level of 0.
	Scale Real
	Zero  int32
	// Fields is the number of receptive fields per element and Cut the activation in
	// millionths from which one spikes, both of population coding.
	Fields, Cut int32
}

// EncoderSpikes is the Kind of a model whose samples are spike trains.
const EncoderSpikes = "spikes"

// EncoderDirect is the Kind of the encoder that feeds analog currents, for
// which an image has a HostLayer.
const EncoderDirect = "direct"

// Population is a layer and where its neurons are.
type Population struct {
	Name  string
	Shape []int32
	// Depth is the first tick of the layer's window.
	Depth int32
	// Spikes is false for integrators, whose output is the potential.
	Spikes bool
	// Segments place the neurons: segment by segment, in logical order.
	Segments []Segment
	// Unit is the model's unit of potential in least significant bits, one entry for all neurons or
	// one per neuron, or empty for 1. Rest is the model's potential at v = 0, in the same form, or
	// empty for 0.
	Unit, Rest []Real
}

// Segment places Count consecutive neurons of a population at consecutive
// neurons of one core.
type Segment struct {
	Tile         router.Core
	First, Count int32 // in the core
}

// Real is the exact value Mantissa * 2^Exponent.
type Real struct {
	Mantissa int64
	Exponent int32
}

// ReadoutKind is the quantity that the host compares.
type ReadoutKind uint8

const (
	// ReadoutNone computes no class.
	ReadoutNone ReadoutKind = iota
	// ReadoutPotential takes the class with the largest final potential.
	ReadoutPotential
	// ReadoutCount takes the class with the most spikes.
	ReadoutCount
	// ReadoutLabels scores classes by the labels of the neurons that
	// spiked.
	ReadoutLabels
)

// String is the kind's name in JSON and tables.
func (k ReadoutKind) String() string {
	switch k {
	case ReadoutPotential:
		return "potential"
	case ReadoutCount:
		return "count"
	case ReadoutLabels:
		return "labels"
	default:
		return "none"
	}
}

// Readout names the population that is read and how. Ties go to the lowest
// class.
type Readout struct {
	Kind       ReadoutKind
	Population int32
	Classes    int32
	// Labels gives each neuron's class for ReadoutLabels, -1 for none. A
	// class scores the mean of its neurons' spike counts.
	Labels []int32
	// Proportions, if not empty, weigh each neuron's count by the share of
	// its spikes that are for its class, in 65535ths.
	Proportions []uint16
}

// HostLayer is the first layer of a network with direct input: the host
// multiplies once per sample and writes one current per neuron,
// docs/neurocore.md section 3.2.
type HostLayer struct {
	// Population receives the currents.
	Population int32
	// Weights is [neurons][inputs], row-major, in units of 2^WeightExp least
	// significant bits of the potential.
	Weights   []int16
	WeightExp int8
}

// Span is the length of population p's window, in ticks, for a sample of inputTicks input ticks.
// The image must be valid.
func (img *Image) Span(p int, inputTicks int32) int32 {
	pop := &img.Populations[p]
	if len(pop.Segments) == 0 {
		return inputTicks
	}
	g := core.Group{Code: img.code(pop)}
	return g.Span(inputTicks)
}

// code is that of a population's first neuron.
func (img *Image) code(pop *Population) core.Code {
	first := pop.Segments[0]
	at, _ := slices.BinarySearchFunc(img.Cores, first.Tile,
		func(p PlacedCore, tile router.Core) int {
			return cmp.Compare(p.Tile, tile)
		})
	groups := img.Cores[at].Config.Groups
	in := slices.IndexFunc(groups, func(g core.Group) bool { return first.First < g.First+g.Count })
	return groups[in].Code
}
