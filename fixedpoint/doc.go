// Package fixedpoint owns the integer datapath of a neurocore: the operations of an adder, a
// comparator, a shifter and a small add-rotate-xor generator. It has
//
//   - sums that saturate or wrap at a stated width (Saturate, Wrap),
//   - a shifter that rounds at random (ShiftStochastic),
//   - the decay by f/4096 formed from shifts and adds (Decay),
//   - keyed random draws, which depend on their key and never on time or place
//     (Source, Stream, Purpose).
//
// The package contains no multiplication, division, modulo or floating point; the nomul analyzer
// refuses them here and in the packages built on it. It owns no state of a neuron and counts
// nothing: callers count additions.
//
// Values are int64, wider than any register modelled, and widths are arguments, so that
// intermediate sums cannot overflow: with operands below 2^40 in magnitude, every function here is
// exact.
//
//	adder.go  saturation and wrapping at a width
//	decay.go  the decay by f/4096 as shifts and additions
//	shift.go  the shift that rounds at random: dropped bits against drawn ones
//	draw.go   keyed random draws
package fixedpoint
