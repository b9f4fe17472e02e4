package fixedpoint

import "math/bits"

// Purpose is the decision that a random draw is for, so that two decisions about the same neuron in
// the same tick are independent. The numbers are part of every draw's key: new ones may be added,
// and none changed.
type Purpose uint8

// The purposes of a draw.
const (
	PurposeEncoder   Purpose = 1  // a spike of an input pixel
	PurposeEscape    Purpose = 2  // the escape noise of a stochastic neuron
	PurposeArbiter   Purpose = 3  // a tie in a winner-take-all group
	PurposeRoundLTP  Purpose = 4  // rounding of a potentiation
	PurposeRoundLTD  Purpose = 5  // rounding of a depression
	PurposeRoundNorm Purpose = 6  // rounding of a weight normalisation
	PurposeInit      Purpose = 7  // an initial weight
	PurposeShuffle   Purpose = 8  // the order of samples
	PurposeTheta     Purpose = 9  // rounding of an adaptive threshold
	PurposeFault     Purpose = 10 // a cell of synapse memory that fails
	PurposeVary      Purpose = 11 // a weight or threshold that varies
	PurposeNeuron    Purpose = 12 // a neuron that is broken
	PurposeMesh      Purpose = 13 // a core or link that is dead
	PurposePacket    Purpose = 14 // what becomes of a neuron's packet
	PurposeHost      Purpose = 15 // what becomes of a packet from the host
)

// keyBits is the width of a tick and of an id in a draw's key.
const keyBits = 56

// keyMask keeps what a draw uses of a tick or an id.
const keyMask = 1<<keyBits - 1

// lastBlock is the message length, 23 bytes, where SipHash puts it.
const lastBlock = uint64(23) << keyBits

// Source returns random draws that are a function of a seed and a key: sample, tick, purpose and
// the id of a neuron or synapse in the network. It has no state, so placement, order, workers,
// engine and checkpoints cannot change a draw.
//
// A draw is SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input
// PRF", INDOCRYPT 2012) with the 128-bit key (seed, 0), of 23 bytes in
// little-endian order: the sample (8), the low 56 bits of the tick (7), the
// purpose (1) and the low 56 bits of the id (7). It consists of 64-bit additions,
// rotations by constants and exclusive ors.
//
// The zero Source is unusable; NewSource makes one.
type Source struct {
	state sipState
}

// NewSource returns the source of a seed.
func NewSource(seed uint64) Source {
	return Source{sipState{
		v0: seed ^ 0x736f6d6570736575,
		v1: 0x646f72616e646f6d,
		v2: seed ^ 0x6c7967656e657261,
		v3: 0x7465646279746573,
	}}
}

// Draw returns 64 random bits for an id, in a tick of a sample, for a purpose. It
// equals s.Stream(sample, tick, purpose).Draw(id).
func (s Source) Draw(sample, id, tick uint64, purpose Purpose) uint64 {
	return s.Stream(sample, tick, purpose).Draw(id)
}

// Stream returns the draws of all ids in a tick of a sample for a purpose: the
// part of Draw that those ids share, done once.
func (s Source) Stream(sample, tick uint64, purpose Purpose) Stream {
	state := s.state.absorb(sample)
	return Stream{state.absorb(tick&keyMask | uint64(purpose)<<keyBits)}
}

// Stream returns the draws of one sample, tick and purpose by id. Source.Stream makes it; the zero
// Stream is unusable.
type Stream struct {
	state sipState
}

// State returns the state that the draws of all ids start from, v0 to v3 of SipHash, for loops that
// draw for many ids at once.
func (s Stream) State() [4]uint64 {
	return [4]uint64{s.state.v0, s.state.v1, s.state.v2, s.state.v3}
}

// Draw returns 64 random bits for an id, of which the low 56 bits count.
func (s Stream) Draw(id uint64) uint64 {
	h := s.state.absorb(id&keyMask | lastBlock)
	h.v2 ^= 0xff
	h = h.round()
	h = h.round()
	h = h.round()
	return h.v0 ^ h.v1 ^ h.v2 ^ h.v3
}

// sipState is the four words SipHash works on.
type sipState struct {
	v0, v1, v2, v3 uint64
}

// absorb mixes one message word in.
func (h sipState) absorb(word uint64) sipState {
	h.v3 ^= word
	h = h.round()
	h.v0 ^= word
	return h
}

// round is the SipRound.
func (h sipState) round() sipState {
	h.v0 += h.v1
	h.v2 += h.v3
	h.v1 = bits.RotateLeft64(h.v1, 13) ^ h.v0
	h.v3 = bits.RotateLeft64(h.v3, 16) ^ h.v2
	h.v0 = bits.RotateLeft64(h.v0, 32) + h.v3
	h.v2 += h.v1
	h.v3 = bits.RotateLeft64(h.v3, 21) ^ h.v0
	h.v1 = bits.RotateLeft64(h.v1, 17) ^ h.v2
	h.v2 = bits.RotateLeft64(h.v2, 32)
	return h
}
