package router

import "math/bits"

// arbiter decides which input of a router sends by an output next: the one
// whose packet has the lowest class, and among equals the first after the one
// that sent last, around the inputs.
type arbiter struct{ turn [room8]uint8 }

// pick chooses among inputs, a set that is not empty, for an output. class
// gives the class of each input's packet.
func (a *arbiter) pick(output uint8, inputs uint8, class *[room8]Class) uint8 {
	if inputs&(inputs-1) != 0 {
		inputs = lowestClass(inputs, class)
	}
	behind := inputs &^ (1<<a.turn[output&portMask] - 1)
	if behind == 0 {
		behind = inputs
	}
	in := uint8(bits.TrailingZeros8(behind))
	a.turn[output&portMask] = in + 1
	return in
}

// lowestClass keeps the inputs whose packets are of the lowest class.
func lowestClass(inputs uint8, class *[room8]Class) uint8 {
	best, kept := ClassHost, uint8(0)
	for rest := inputs; rest != 0; rest &= rest - 1 {
		in := bits.TrailingZeros8(rest)
		switch c := class[in&portMask]; {
		case c < best || kept == 0:
			best, kept = c, 1<<in
		case c == best:
			kept |= 1 << in
		}
	}
	return kept
}
