package profile

import (
	"slices"

	"adder/core"
	"adder/router"
)

// Profile is a chip. Parse and Load return profiles that are checked: every
// field is within the range its comment gives and the fields agree.
type Profile struct {
	// Name names the profile on the command line and in images: letters,
	// digits, '-' and '_'.
	Name string
	// Description says in a sentence or two what chip this is.
	Description string
	// Mesh is the grid of cores, of a board those of all chips.
	Mesh Mesh
	// Board is the grid of chips that the mesh consists of.
	Board Board
	// Multicast says that one packet branches on its way to several cores.
	// Without it a spike sends one packet per destination core.
	Multicast bool
	// Ports are the tiles where host input enters, in the order of the
	// file; there is at least one.
	Ports []Port
	// Core holds the limits of one core.
	Core Core
	// OffChip is the off-chip memory of the weights, nil where they are in the cores.
	OffChip *OffChip
	// Weights says how synapses are stored.
	Weights Weights
	// Widths are register widths and overflow rules.
	Widths Widths
	// Duplicates says what an axon does with a second spike in one tick.
	Duplicates Duplicates
	// Models are the neuron models of the cores, of those in package core. A group of neurons needs
	// all models that it combines.
	Models []core.Model
	// Resets are the kinds of reset of the cores.
	Resets []Reset
	// Drops says when the chip loses packets.
	Drops Drops
	// Single holds the limits of a chip of one core that holds one network, nil for others.
	Single *Single
	// Timing times the clocked engine, nil when the profile has none.
	Timing *Timing
	// FitOnly is set for a chip that is only compared with networks and never emulated, nil for an
	// emulated one. With it every field above but Name and Description is zero.
	FitOnly *FitOnly

	text    []byte
	figures []Figure
}

// Mesh is a grid of Width x Height tiles with one core each. Both are 1 to
// 1024.
type Mesh struct {
	Width, Height int
	// Reroute says that packets can be led around dead links; else an image that needs one
	// is refused.
	Reroute bool
}

// Port is a named tile at whose router host input enters, of a board one of its first chip.
type Port struct {
	Name string
	X, Y int
}

// Core holds the limits of one core.
type Core struct {
	// Neurons is the number of neurons, 1 to 65536.
	Neurons int
	// InputAxons is the number of entries of the axon table.
	InputAxons int
	// SynapseMemory is the size of the synapse memory in bits: of the off-chip memory if weights
	// are there.
	SynapseMemory int64
	// OutputRoutes is the number of destinations, summed over the core's
	// neurons: a neuron that reaches three axon entries takes three.
	OutputRoutes int
	// TableWords is the number of words, each as wide as a potential, of a core's
	// tables of boundaries; 0 for a core without.
	TableWords int
	// RoutesPerNeuron is the number of destinations that one neuron may have, 0 where
	// OutputRoutes alone bounds them.
	RoutesPerNeuron int
	// Crossbar bounds neurons by the bits of their weights and by their axons.
	Crossbar Crossbar
	// MaxDelay is the longest delay of an axon entry in ticks, 0 to 255. A
	// spike emitted in tick t arrives in tick t + 1 + delay.
	MaxDelay int
	// RouterKeys is the number of sources that the multicast table of a
	// tile's router holds (router.Table.Keys), 0 where the profile does not
	// say.
	RouterKeys int
}

// Weights says how synapses are stored.
type Weights struct {
	// MinBits and MaxBits bound the width of a stored weight, sign
	// included, within 1 to 16.
	MinBits, MaxBits int
	// ExponentMin and ExponentMax bound the exponent e of a group, whose
	// summed weights are multiplied by 2^e, within -8 to 15.
	ExponentMin, ExponentMax int
	// Formats are the row formats the synapse memory knows.
	Formats []Format
	// SharedRows says that several axon entries may name one row, each with
	// the neuron at which the row starts.
	SharedRows bool
	// SignModes say where a weight's sign is kept.
	SignModes []SignMode
	// SparseIndexBits is the width of the neuron index of a sparse entry;
	// it reaches every neuron of a core.
	SparseIndexBits int
	// AxonTypes is the number of types of axons of a crossbar, 0 without Typed.
	AxonTypes int
	// PlasticBits is the stored width of a plastic weight, 0 for a chip
	// that does not learn, else 16.
	PlasticBits int
}

// Widths are register widths in bits, sign included, and overflow rules.
type Widths struct {
	// PotentialBits is the width of v, 2 to 32.
	PotentialBits     int
	PotentialOverflow Overflow
	// CurrentBits is the width of u, 2 to 32.
	CurrentBits     int
	CurrentOverflow Overflow
	// Align shifts a summed input left before it enters u or v, 0 to 15.
	Align int
	// ThresholdBits is the width of a stored threshold and ThresholdShift
	// the left shift that is applied to it: thresholds are multiples of
	// 2^ThresholdShift. A threshold has no sign bit if ThresholdUnsigned.
	ThresholdBits, ThresholdShift int
	ThresholdUnsigned             bool
	// BiasBits is the width of a stored bias, sign included, and
	// BiasExponentMax the largest left shift stored with it: a bias is
	// mantissa << exponent with an exponent of 0 to BiasExponentMax.
	BiasBits, BiasExponentMax int
	// DecayDigits is the number of signed digits that a decay factor may
	// have, 0 for no limit.
	DecayDigits int
}

// Overflow says what happens to a value that does not fit its register.
type Overflow string

// The overflow rules.
const (
	Saturate Overflow = "saturate"
	Wrap     Overflow = "wrap"
)

// Duplicates says what an axon does with a second spike in one tick.
type Duplicates string

// The rules for duplicates: a second spike adds its row again, or is merged
// with the first one.
const (
	AddDuplicates   Duplicates = "add"
	MergeDuplicates Duplicates = "merge"
)

// Drops says when a chip loses packets.
type Drops string

// The rules for full buffers: the sender waits, or the packet is lost and
// counted.
const (
	DropNever    Drops = "never"
	DropWhenFull Drops = "when-full"
)

// Format is a row format of the synapse memory.
type Format string

// The row formats: one weight per neuron of a run, an index and a weight per
// synapse, one weight for a run of neurons but one, or a bit per axon and neuron and a weight
// per neuron and type of axon.
const (
	Dense  Format = "dense"
	Sparse Format = "sparse"
	Others Format = "others"
	Typed  Format = "typed"
)

// SignMode says where a weight's sign is kept.
type SignMode string

// The sign modes: each weight has a sign bit, or a row is of one sign and all
// bits of its weights are magnitude.
const (
	Mixed      SignMode = "mixed"
	Excitatory SignMode = "excitatory"
	Inhibitory SignMode = "inhibitory"
)

// Reset is a kind of reset.
type Reset string

// The kinds of reset: to a stored value, or by subtracting one.
const (
	ResetValue    Reset = "value"
	ResetSubtract Reset = "subtract"
)

// Cores is the number of cores of the chip.
func (p *Profile) Cores() int {
	if p.FitOnly != nil {
		return p.FitOnly.Cores()
	}
	return p.Mesh.Width * p.Mesh.Height
}

// Topology is how the tiles are linked.
func (p *Profile) Topology() router.Topology {
	mesh := router.Mesh{Width: int16(p.Mesh.Width), Height: int16(p.Mesh.Height)}
	return router.TopologyOf(mesh, p.ChipMesh())
}

// Text is the YAML text that the profile was parsed from, comments included.
// The caller must not change it.
func (p *Profile) Text() []byte { return p.text }

// HasFormat reports whether the synapse memory has a row format.
func (p *Profile) HasFormat(f Format) bool { return slices.Contains(p.Weights.Formats, f) }

// MaxExponent is the largest weight exponent for weights of a width: where they are stored
// by types of axons, a weight is stored shifted.
func (p *Profile) MaxExponent(bits int) int {
	if p.HasFormat(Typed) {
		return min(p.Weights.ExponentMax, p.Weights.MaxBits-bits)
	}
	return p.Weights.ExponentMax
}

// HasModel reports whether the cores run a neuron model.
func (p *Profile) HasModel(m core.Model) bool { return slices.Contains(p.Models, m) }

// HasReset reports whether the cores have a kind of reset.
func (p *Profile) HasReset(r Reset) bool { return slices.Contains(p.Resets, r) }

// HasSignMode reports whether weights can be stored in a sign mode.
func (p *Profile) HasSignMode(m SignMode) bool { return slices.Contains(p.Weights.SignModes, m) }

// Port returns the index of the port with the given name in Ports, or -1.
func (p *Profile) Port(name string) int {
	return slices.IndexFunc(p.Ports, func(port Port) bool { return port.Name == name })
}

// WeightLimit is the largest magnitude of a weight of the widest width whose
// sign takes one of its bits.
func (p *Profile) WeightLimit() int { return 1<<(p.Weights.MaxBits-1) - 1 }
