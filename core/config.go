package core

import "adder/core/kernel"

// Config is the contents of one neurocore: its neurons, axon table and synapse memory, integers
// only. It is plain data: package layout serialises it, New checks it and shares its slices where
// possible.
type Config struct {
	// Widths are the chip's register widths and overflow rules.
	Widths Widths
	// Groups partition the neurons: group g holds the neurons from First
	// on, and the groups follow each other without gaps.
	Groups []Group
	// Threshold, Bias, Reset and V0 have one entry per neuron, in units of
	// the potential's least significant bit. Reset is the value v is set
	// to or, with ResetSubtract, the amount taken from v.
	Threshold, Bias, Reset, V0 []int32
	// ID is each neuron's number in the network before placement; it keys
	// random draws and breaks ties.
	ID []uint32
	// Axons are the entries that packets name.
	Axons []Axon
	// Rows are the synapse rows that axons name.
	Rows []Row
	// Dense8 holds the weights of dense rows of up to 8 bits, Dense16 those
	// of 9 to 16 bits, Sparse the entries of sparse rows; Row.Offset points into
	// the one that Row.Format names.
	Dense8  []int8
	Dense16 []int16
	Sparse  []Synapse
	// Masks holds the bits of Typed rows, each from a whole word on, and Types the weight
	// of every neuron for each type of axon.
	Masks []uint64
	Types [][]int16
	// Plastic holds the weights of plastic rows, row after row in the order
	// of Rows without gaps: 16 bits of magnitude each, of which the top 8
	// reach the adder.
	Plastic []uint16
	// Theta has the adaptive part of each neuron's threshold that the core
	// starts with, and Target each neuron's normalisation target. Both have
	// one entry per neuron, or none where all are 0.
	Theta, Target []int32
	// Escape are the tables of escape noise that groups name.
	Escape []EscapeTable
	// Plasticity has the rows that learn, and their rules.
	Plasticity []Plasticity
	// Boundaries are the tables of boundaries that groups name.
	Boundaries []BoundaryTable
}

// Widths are register widths in bits, sign included, and the treatment of overflow.
type Widths struct {
	Potential, Current uint8 // at most 32
	// WrapPotential and WrapCurrent wrap around instead of saturating.
	WrapPotential, WrapCurrent bool
	// Align shifts a summed input left before it enters u or v (Loihi: 6).
	Align uint8
	// DecayDigits limits the signed digits of a decay factor; 0 is no
	// limit.
	DecayDigits uint8
	// IndexBits is the stored width of a neuron index, in sparse rows and for the neuron that an
	// Others row excludes; 0 means 16.
	IndexBits uint8
	// MergeDuplicates delivers an axon at most once per tick.
	MergeDuplicates bool
	// OffChip is the word width of the off-chip memory of the rows, in bits, a power of two; 0
	// where they are in the core. It affects only counts and times.
	OffChip uint16
}

// ResetMode is the change of the potential at a spike.
type ResetMode uint8

const (
	// ResetToValue sets v to Config.Reset.
	ResetToValue ResetMode = iota
	// ResetSubtract subtracts Config.Reset from v.
	ResetSubtract
)

// Group is a run of neurons with one model and one set of constants
// (docs/neurocore.md, sections 2 and 3).
type Group struct {
	First, Count int32
	// Population is the index of the population in the network before
	// placement, for probes and reports.
	Population int32
	// Depth is the first tick of the group's window.
	Depth int32
	// HasCurrent gives the group a synaptic current u with factor DecayU.
	HasCurrent bool
	// DecayU and DecayV are the kept fractions in 4096ths, 0..4096.
	DecayU, DecayV uint16
	// BiasToCurrent adds the bias to u instead of v; needs HasCurrent.
	BiasToCurrent bool
	// Leak is added to the potential in every tick in the direction of its sign, so that a negative
	// Leak moves it towards 0; 0 is no such leak.
	Leak int32
	// WeightExp scales the summed input by 2^WeightExp, -8..15.
	WeightExp int8
	// Integrator is set for a group that never fires.
	Integrator bool
	ResetMode  ResetMode
	// Refractory is the number of ticks after a spike in which input is
	// discarded.
	Refractory uint16
	// HasFloor bounds the potential from below by Floor when it integrates.
	HasFloor bool
	Floor    int32
	// Escape is 0 for a plain threshold; otherwise the neurons fire at random, with the
	// probabilities of Config.Escape[Escape-1].
	Escape int32
	Theta  Theta
	Winner Winner
	Code   Code
	// Graded is the width in bits of the value that a spike carries, 2 to 24: the potential, which
	// is tested by magnitude. 0 is a plain spike.
	Graded uint8
	Shift  Shift
	// Pairs says that the neurons are pairs of compartments: of each two the first one
	// integrates and the second one fires.
	Pairs bool
}

// Theta holds the constants of a group's adaptive thresholds (docs/neurocore.md, sections 3.5 and
// 6). The zero Theta means fixed thresholds.
type Theta struct {
	// Adaptive gives each neuron of the group a theta.
	Adaptive bool
	// Always lets theta move in every mode and start from Config.Theta in each sample; otherwise it
	// moves while learning and is kept between samples.
	Always bool
	// Plus is added when a neuron fires.
	Plus int32
	// Decay is the shift of the decay in every tick, 0 for none.
	Decay uint8
	// Fall is subtracted from theta of every neuron of the group after a sample, in 65536ths of a
	// least significant bit.
	Fall uint32
	// Min is the least value that Fall lowers theta to.
	Min int32
}

// Arbiter chooses among the neurons of a group that fire in one tick.
type Arbiter uint8

const (
	// ArbiterNone lets all of them fire.
	ArbiterNone Arbiter = iota
	// ArbiterMargin keeps the one that is farthest above its threshold.
	ArbiterMargin
	// ArbiterFair keeps the one with the smallest draw.
	ArbiterFair
)

// Winner makes a group a winner-take-all group (docs/neurocore.md, section 3.4). The zero Winner is
// no competition.
type Winner struct {
	Arbiter Arbiter
	// LateralReset sets the potential of all other neurons of the group to
	// 0 when one wins.
	LateralReset bool
	// Alone restricts reset, rise of theta and refractory period to the winner. Otherwise the
	// losers have them too, without a spike.
	Alone bool
}

// EscapeTable holds firing probabilities in units of 2^-32, for potentials from the threshold on in
// steps of 2^Shift (docs/neurocore.md, section 3.3).
type EscapeTable struct {
	Shift       uint8
	Probability []uint32
}

// Axon is an entry of the axon table: a spike emitted in tick t reaches
// Row in tick t + 1 + Delay, a host spike stamped t in tick t + Delay.
//
// Base is added to every neuron that the row names, so that rows which are equal up to an offset
// are stored once. It is 0 for Others, Plastic and Typed rows.
type Axon struct {
	Row   int32
	Base  int32
	Delay uint8
	// Value is the width in bits, sign included, of the values that spikes carry to the
	// axon; 0 where they carry none.
	Value uint8
}

// RowFormat is the storage format of a synapse row.
type RowFormat uint8

const (
	// Dense8 is a run of neurons with one int8 weight each.
	Dense8 RowFormat = iota
	// Dense16 is a run of neurons with one int16 weight each.
	Dense16
	// Sparse is a list of entries with explicit neurons.
	Sparse
	// Others adds Weight to a run of neurons except Exclude: an inhibition
	// of all others that stores one word.
	Others
	// Plastic is a run of neurons with one weight of 16 bits each, without
	// sign, that learning changes; its top 8 bits are added.
	Plastic
	// Typed is a run of neurons with one bit each: those whose bit is set add the weight
	// that Config.Types has for them and the row's Type.
	Typed
)

// Row is one synapse row.
type Row struct {
	Format RowFormat
	// WeightBits is the stored width of a weight, 1 to 16, sign included,
	// or 16 without sign for Plastic.
	WeightBits uint8
	// Weight and Exclude are used by Others only, which adds Weight << Shift. Exclude is a neuron
	// of this core, or -1. For a row into neurons of model shift, Shift is the left shift of its
	// weights, and Second says that they are added to the second current.
	Weight int16
	Shift  uint8
	Second bool
	// Type is the type of a Typed row's axon.
	Type    uint8
	Exclude int32
	// First and Count name the run of neurons of Dense8, Dense16, Plastic, Typed
	// and Others; for Sparse, Count is the number of entries.
	First, Count int32
	// Offset is the index of the row's first element in its store.
	Offset int64
}

// Synapse is an entry of a sparse row: a neuron and a weight.
type Synapse = kernel.Synapse

// MaxNeurons is the largest core that a sparse entry can address.
const MaxNeurons = 1 << 16

// MaxTicks bounds the ticks of a sample and the latency of a network, so that their sum is an
// int32.
const MaxTicks = 1<<30 - 1

// Neurons is the number of neurons.
func (c *Config) Neurons() int { return len(c.Threshold) }
