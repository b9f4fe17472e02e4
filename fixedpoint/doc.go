// Package fixedpoint owns the integer datapath of a neurocore: what an adder, a
// comparator, a shifter and a small add-rotate-xor generator can do, and nothing
// else. It holds
//
//   - sums that saturate or wrap at a stated width (Saturate, Wrap),
//   - a shifter that rounds at random (ShiftStochastic),
//   - the decay by f/4096 formed from shifts and adds (Decay),
//   - keyed random draws that depend on what is drawn for, never on when or
//     where (Source, Stream, Purpose).
//
// The package contains no multiplication, division, modulo or floating point;
// the nomul analyzer refuses them here and in the packages built on it. It owns
// no state of a neuron and counts nothing: who calls an adder counts it.
//
// Values travel as int64, wider than any register modelled, so that a width is
// an argument and intermediate sums cannot overflow: with operands below 2^40 in
// magnitude, every function here is exact.
package fixedpoint
