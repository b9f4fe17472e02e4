package core

// Rule is a learning rule (docs/neurocore.md, section 5).
type Rule uint8

const (
	// RulePostPre strengthens a synapse by the presynaptic trace when its
	// neuron wins, and weakens it by the postsynaptic trace when a spike
	// arrives.
	RulePostPre Rule = iota
	// RuleHebbian strengthens on both occasions.
	RuleHebbian
	// RuleWeightDependent is RulePostPre with changes in proportion to the distance of the weight
	// from its bound.
	RuleWeightDependent
)

// RateOff as a rate disables an event.
const RateOff = 255

// TraceKind is the shape of a trace after a spike.
type TraceKind uint8

const (
	// TraceExponential decays by its 2^Length-th part, at least 1, in every tick.
	TraceExponential TraceKind = iota
	// TraceBox is full for Length ticks, that of the spike included.
	TraceBox
)

// Trace is an 8-bit spike trace, which is set to full when its row or neuron spikes.
type Trace struct {
	Kind   TraceKind
	Length uint16
}

// NormKind is the quantity that a normalisation keeps at its target.
type NormKind uint8

const (
	// NormNone does not normalise.
	NormNone NormKind = iota
	// NormL1 keeps the sum of a neuron's stored weights.
	NormL1
	// NormL2 keeps the sum of the squares of a neuron's weights, as far as
	// they reach the adder.
	NormL2
)

// Norm is the normalisation of the weights into a neuron after a sample, with
// its target in Config.Target.
type Norm struct {
	Kind NormKind
	// Shift is the change of a weight in one pass: its 2^-Shift-th part.
	Shift uint8
	// Step is subtracted from a neuron's target when it wins a sample; after each Every samples all
	// targets rise by the average subtracted, and all neurons are normalised. With Every 0 there is
	// neither.
	Step  int32
	Every uint16
}

// Plasticity is the learning rule of a run of plastic rows, which reach all neurons of one group
// and no others.
type Plasticity struct {
	// Group is the index of the group that learns.
	Group int32
	// FirstRow and Rows name the rows: row FirstRow + i is that of
	// presynaptic source i.
	FirstRow, Rows int32
	Rule           Rule
	// LTP and LTD are the rates of post and pre events: shifts of 1 to 16,
	// or RateOff.
	LTP, LTD uint8
	// Pre and Post are the traces of rows and neurons.
	Pre, Post Trace
	// Offset is subtracted from the presynaptic trace in a post event, so that silent inputs lose
	// weight.
	Offset uint8
	// Min and Max bound the weights.
	Min, Max uint16
	Norm     Norm
}
