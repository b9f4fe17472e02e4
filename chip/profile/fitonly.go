package profile

import (
	"math/bits"
	"slices"

	"adder/core"
)

// FitOnly is a chip of which only the limits are known: networks are compared with its limits, and
// never emulated on it. It has either cores that each hold a layer (Layers), or classes of cores
// that hold neurons (Classes).
type FitOnly struct {
	// Reason says why the chip is not emulated, as a sentence without a full stop.
	Reason string
	// Caution says what a fit does not check, or is empty.
	Caution string
	// WeightBits are the widths of a stored weight, ascending.
	WeightBits []int
	// Models and Resets are the neuron models and resets, named as for emulated chips.
	Models []core.Model
	Resets []Reset
	// Thresholds says whether each neuron or each layer has a threshold.
	Thresholds Sharing
	// Signs says where the sign of a weight is kept.
	Signs Signs
	// Layers are cores of one layer each, nil for a chip of classes.
	Layers *LayerCores
	// Classes are cores by class, nil for a chip of cores of one layer each.
	Classes []CoreClass
	// Reach is the largest distance of a spike in x and in y, in tiles; 0 where the profile does
	// not state it.
	Reach int
	// Cost are published figures, each 0 where the profile does not state it.
	Cost Cost
}

// Sharing says whether each neuron has a constant, or each layer.
type Sharing string

// The constants are those of a neuron, or those of its layer.
const (
	PerNeuron Sharing = "neuron"
	PerLayer  Sharing = "layer"
)

// Signs says where the sign of a weight is kept.
type Signs string

// Each synapse has its sign, or all synapses of a source have one, so that a source with
// weights of both signs takes two rows.
const (
	SignOfSynapse Signs = "synapse"
	SignOfSource  Signs = "source"
)

// Rounding says how memory of a layer is allocated.
type Rounding string

// Memory is allocated in words, or in blocks whose sides are powers of two.
const (
	RoundNone       Rounding = "none"
	RoundPowerOfTwo Rounding = "power-of-two"
)

// LayerCores are cores that hold one layer each: a square convolution, its neurons and a
// pool of their spikes on the way to each destination. A layer of all to all is a
// convolution whose kernel is as large as its map.
type LayerCores struct {
	MaxKernel, MaxPadding, MaxChannels int
	Strides, Pools                     []int
	// InputWidth and InputHeight bound the input map of a layer, MapWidth and MapHeight that of its
	// neurons.
	InputWidth, InputHeight, MapWidth, MapHeight int
	// Destinations is the number of layers that a layer can send to, Outputs the number of neurons
	// that can be read.
	Destinations, Outputs int
	Rounding              Rounding
	Cores                 []LayerCore
}

// LayerCore is a kind of core that holds a layer. The first of its Count cores has the
// number First.
type LayerCore struct {
	First, Count                          int
	KernelWords, NeuronWords, BiasEntries int
}

// CoreClass is a class of cores with the same limits. 0 means a limit that the profile does not
// state, except in Neurons and Count.
type CoreClass struct {
	Name           string
	Count, Neurons int
	// Axons is the number of sources of a core, SynapseMemory in bits and Routes the number of its
	// destinations.
	Axons         int
	SynapseMemory int64
	Routes        int
	// FanInFactor lets a core have up to so many times Axons sources for fewer neurons: they halve
	// with each doubling of the fan-in, and of the width of weights. 0 for a class without that
	// trade.
	FanInFactor int
}

// Trade is how many neurons of a class's core remain for a fan-in and a width of weights,
// which is a power of two: 0 where the fan-in is too large or no neuron remains.
func (c *CoreClass) Trade(fanIn, weightBits int) int {
	if c.FanInFactor == 0 {
		if c.Axons > 0 && fanIn > c.Axons {
			return 0
		}
		return c.Neurons
	}
	factor := 1
	for factor*c.Axons < fanIn {
		factor *= 2
	}
	if factor > c.FanInFactor {
		return 0
	}
	return c.Neurons >> (bits.Len(uint(weightBits-1)) + bits.Len(uint(factor-1)))
}

// Cost are published figures of time and energy. 0 means a figure that is not stated.
type Cost struct {
	// SynopFemtojoules is the energy of a synaptic operation, all included.
	SynopFemtojoules int64
	// TickPicoseconds is the least length of a tick.
	TickPicoseconds int64
	// StaticNanowatts is the power of the idle chip.
	StaticNanowatts int64
}

// Cores is the number of cores of the chip.
func (f *FitOnly) Cores() (n int) {
	for i := range f.Classes {
		n += f.Classes[i].Count
	}
	if f.Layers != nil {
		for i := range f.Layers.Cores {
			n += f.Layers.Cores[i].Count
		}
	}
	return n
}

// WeightWidth is the narrowest width that stores weights of so many bits, 0 where none does.
func (f *FitOnly) WeightWidth(bits int) int {
	for _, have := range f.WeightBits {
		if have >= bits {
			return have
		}
	}
	return 0
}

// HasModel reports whether its neurons run a model.
func (f *FitOnly) HasModel(m core.Model) bool { return slices.Contains(f.Models, m) }

// HasReset reports whether its neurons have a kind of reset.
func (f *FitOnly) HasReset(r Reset) bool { return slices.Contains(f.Resets, r) }

// NotEmulated is a *NotEmulatedError for a FitOnly chip, else nil.
func (p *Profile) NotEmulated() error {
	if p.FitOnly == nil {
		return nil
	}
	return &NotEmulatedError{Chip: p.Name, Reason: p.FitOnly.Reason}
}

// NotEmulatedError is the error for emulating a FitOnly chip.
type NotEmulatedError struct{ Chip, Reason string }

// Error implements error.
func (e *NotEmulatedError) Error() string {
	return "chip " + e.Chip + " is for fit alone and not emulated: " + e.Reason +
		"; `adder fit MODEL --chip " + e.Chip + "` says whether a network fits it"
}
