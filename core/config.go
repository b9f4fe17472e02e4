package core

// Config is what one neurocore is loaded with: its neurons, axon table and
// synapse memory, integers only. It is plain data: layout serialises it,
// New checks it and copies nothing that it can share.
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
}

// Widths are register widths in bits, sign included, and what happens to a
// value that does not fit.
type Widths struct {
	Potential, Current uint8 // at most 32
	// WrapPotential and WrapCurrent wrap around instead of saturating.
	WrapPotential, WrapCurrent bool
	// Align shifts a summed input left before it enters u or v (Loihi: 6).
	Align uint8
	// DecayDigits limits the signed digits of a decay factor; 0 is no
	// limit.
	DecayDigits uint8
	// IndexBits is the stored width of a neuron index, in sparse rows and
	// for the neuron that an Others row excludes; 0 stands for 16.
	IndexBits uint8
	// MergeDuplicates delivers an axon at most once per tick.
	MergeDuplicates bool
}

// ResetMode says what a spike does to the potential.
type ResetMode uint8

const (
	// ResetToValue sets v to Config.Reset.
	ResetToValue ResetMode = iota
	// ResetSubtract takes Config.Reset from v.
	ResetSubtract
)

// Group is a run of neurons with one model and one set of constants
// (docs/neurocore.md, sections 2 and 3).
type Group struct {
	First, Count int32
	// Population is the index of the population in the network before
	// placement, for probes and reports.
	Population int32
	// Depth is the tick in which the group starts to take part.
	Depth int32
	// HasCurrent gives the group a synaptic current u with factor DecayU.
	HasCurrent bool
	// DecayU and DecayV are the kept fractions in 4096ths, 0..4096.
	DecayU, DecayV uint16
	// BiasToCurrent adds the bias to u instead of v; needs HasCurrent.
	BiasToCurrent bool
	// WeightExp scales the summed input by 2^WeightExp, -8..15.
	WeightExp int8
	// Integrator marks a group that never fires.
	Integrator bool
	ResetMode  ResetMode
	// Refractory is the number of ticks after a spike in which input is
	// discarded.
	Refractory uint16
}

// Axon is an entry of the axon table: a spike emitted in tick t reaches
// Row in tick t + 1 + Delay, a host spike stamped t in tick t + Delay.
type Axon struct {
	Row   int32
	Delay uint8
}

// RowFormat is how a synapse row is stored.
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
)

// Row is one synapse row.
type Row struct {
	Format RowFormat
	// WeightBits is the stored width of a weight, 1 to 16, sign included.
	WeightBits uint8
	// Weight and Exclude are used by Others only. Exclude is a neuron of
	// this core, or -1.
	Weight  int16
	Exclude int32
	// First and Count name the run of neurons of Dense8, Dense16 and
	// Others; for Sparse, Count is the number of entries.
	First, Count int32
	// Offset is where the row starts in its store.
	Offset int64
}

// Synapse is an entry of a sparse row.
type Synapse struct {
	Neuron uint16
	Weight int16
}

// MaxNeurons is the largest core that a sparse entry can address.
const MaxNeurons = 1 << 16

// Neurons is the number of neurons.
func (c *Config) Neurons() int { return len(c.Threshold) }
