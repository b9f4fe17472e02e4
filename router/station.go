package router

import "math/bits"

// station is a tile's router: one line of the cache, since on a large mesh a step costs what it
// fetches. Packets that wait are in Clocked.inputs, and state that is seldom needed in
// Clocked.aside.
type station struct {
	// left has a lane of 8 bits per input: the outputs by which its first packet
	// still has to leave, 0 where none is past the wire. Above the lanes is the state.
	left uint64
	// fresh are the outputs with a credit that is back a cycle behind freshAt, and counts as
	// if it were.
	freshAt int64
	// credits are the free places behind each output, and behind the core's way in.
	credits [ports]int32
	// load counts the packets over each link since the last Loads.
	load [local]int32
	// turn is the input that each output turns to next.
	turn [ports]uint8
	// classes are those of the links, and above linkBits those of the links that lead back:
	// classLocal for the core's port.
	classes [ports]uint8
	// links are the outputs that lead to other tiles.
	links, fresh Ports
}

// What holds for a station, above the lanes of left.
const (
	// wired: the station is made.
	wired = 1 << (8*ports + iota)
	// offers: the core or the host has a packet that is to enter.
	offers
	// waited: the core waits for a free place in its FIFO.
	waited
	// lanes are the inputs' part.
	lanes = 1<<(8*ports) - 1
	// awaits is the first bit of the outputs that wait for a credit.
	awaits = 8*ports + 8
)

// aside is the part of a station that few steps need.
type aside struct {
	// fifo holds packets that the core has formed, host those of the host.
	fifo, host buffer
	// waits are the cycles that packets waited here, by the input buffer that they were in; the
	// host's are counted separately from the core's.
	waits     [ports]int64
	hostWaits int64
	// entered is behind the cycle in which a packet last entered as it was offered: before
	// steps, but in its place in the FIFO until then.
	entered int64
}

const (
	// linkBits are those of a class in station.classes.
	linkBits  = 4
	classMask = room8 - 1
	// classLocal is not a class of links: it is the wires of a core.
	classLocal = MaxLinkClasses
	// room8 is the length of an array that is indexed without a check, and portMask cuts a
	// port to an index of it.
	room8    = 8
	portMask = room8 - 1
	// lane is the first bit of each lane of a station's left.
	lane = 0x0101010101
)

// wanted are the outputs by which the first packet of some input has to leave.
func (s *station) wanted() uint8 {
	all := s.left & lanes
	all |= all >> 32
	all |= all >> 16
	return uint8(all | all>>8)
}

// want are the inputs whose first packet still has to leave by an output: a bit of each
// lane, put side by side.
func (s *station) want(out uint8) uint8 {
	in := s.left >> (out & 7) & lane
	in |= in >> 7
	in |= in >> 14
	return uint8(in|in>>28) & (1<<ports - 1)
}

// expose makes the first packet of an input request its outputs.
func (s *station) expose(in uint8, out Ports) { s.left |= uint64(out) << (in << 3 & 63) }

// grant takes back what an input asks of an output, and reports whether its first
// packet has left by all of them.
func (s *station) grant(in, out uint8) (done bool) {
	s.left &^= 1 << ((in<<3 | out) & 63)
	return uint8(s.left>>(in<<3&63)) == 0
}

// lets reports whether nothing waits in the way of a packet that arrives.
func (s *station) lets(w way) bool {
	return uint8(s.left>>(w.in()<<3&63)) == 0 && s.wanted()&uint8(w.outs()) == 0
}

// leads reports whether an output leads somewhere.
func (s *station) leads(out uint8) bool { return (s.links | Local).Has(1 << out) }

// class is that of the link of an output.
func (s *station) class(out uint8) uint8 { return s.classes[out] & classMask }

// backClass is that of the link that leads back.
func (s *station) backClass(in uint8) uint8 {
	return s.classes[in] >> linkBits & classMask
}

// opposites are the ports at the other ends of the links of ports; the core's way in
// begins at the router's own station.
var opposites = [room8]uint8{East: uint8(West), West: uint8(East), North: uint8(South),
	South: uint8(North), local: local}

// pick decides which of some inputs sends by an output next: a set that is not empty
// and whose packets are of one class. It is the first after the one that sent last, around
// the inputs.
func (s *station) pick(out, inputs uint8) uint8 {
	behind := inputs &^ (1<<(s.turn[out]&7) - 1)
	if behind == 0 {
		behind = inputs
	}
	in := uint8(bits.TrailingZeros8(behind))
	s.turn[out] = in + 1
	return in
}
