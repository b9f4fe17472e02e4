package core

// CodeKind is the code by which a group receives and sends activations exactly.
type CodeKind uint8

const (
	// CodeNone is a group without a code.
	CodeNone CodeKind = iota
	// CodeRadix sends the bits of an activation, the most significant first.
	CodeRadix
	// CodeLevel sends as many spikes as the activation's level.
	CodeLevel
)

// MaxCodeBits is the largest width of an activation or a partial sum that a group sends by
// CodeRadix with multiples of its threshold. For CodeLevel, and with a table, the limit is
// MaxLevelBits.
const (
	MaxCodeBits  = 31
	MaxLevelBits = 16
)

// Code makes a group compute the activation of a quantised network exactly
// (docs/neurocore.md, section 11). The zero Code has none.
type Code struct {
	Kind CodeKind
	// Window is the number of ticks, from Group.Depth on, in which the group
	// integrates; the last of them closes it.
	Window int32
	// Bits is the width of the activation, 0 for an integrator.
	Bits uint8
	// Table is 0 where the boundaries are multiples of the threshold; else they are
	// Config.Boundaries[Table-1], of 2^Bits - 1 words.
	Table int32
	// Run is the size of a max-pooling window: the last of Run consecutive neurons sends the
	// largest of their sums. It divides Group.Count. 0 means that each neuron sends its own.
	Run int32
}

// BoundaryTable holds the boundaries of an activation, T_1 first, in ascending order.
type BoundaryTable []int32

// MaxBits is the largest width that a group with the code may have.
func (c *Code) MaxBits() uint8 {
	if c.Kind == CodeRadix && c.Table == 0 {
		return MaxCodeBits
	}
	return MaxLevelBits
}

// Fires is the number of ticks in which a group with the code fires, the closing
// tick included; 0 for an integrator.
func (c *Code) Fires() int32 {
	switch {
	case c.Bits == 0:
		return 0
	case c.Kind == CodeRadix:
		return int32(c.Bits)
	}
	return int32(1)<<c.Bits - 1
}

// Span is the length of a group's window, in ticks, for a sample of inputTicks input ticks.
func (g *Group) Span(inputTicks int32) int32 {
	if g.Code.Kind == CodeNone {
		return inputTicks
	}
	return g.Code.Window + max(g.Code.Fires()-1, 0)
}

// Stride is a subset of a group's neurons, by index in the group: First, First+Step, First+2*Step
// and so on. It is empty if Step is 0.
type Stride struct{ First, Step int32 }

// Updated returns the neurons that are updated in tick t of a sample of inputTicks input ticks, and
// those of them that read a word of a table of boundaries.
func (g *Group) Updated(t, inputTicks int32) (slots, reads Stride) {
	since := int64(t) - int64(g.Depth)
	if since < 0 || since >= int64(g.Span(inputTicks)) {
		return Stride{}, Stride{}
	}
	c := &g.Code
	run := max(c.Run, 1)
	fire := Stride{First: run - 1, Step: run}
	slots = fire
	if c.Kind == CodeNone || since < int64(c.Window) {
		slots = Stride{Step: 1}
	}
	if c.Table > 0 && since >= int64(c.Window)-1 {
		reads = fire
	}
	return slots, reads
}
