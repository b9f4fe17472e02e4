package router

import "math/bits"

// station is a tile's router: two cache lines without a pointer, since on a large mesh a
// step costs what it fetches. Its packets lie in Clocked.cells, and what is seldom asked
// for in Clocked.aside.
type station struct {
	// left has a lane of 8 bits per input: the outputs by which its first packet
	// still has to leave, 0 where none is past the wire. Above the lanes is the state.
	left uint64
	in   [ports]inlet
	out  [ports]outlet
}

// inlet is an input of a router.
type inlet struct {
	// head is the cell of its first packet, seen are those that are past the wire.
	head, seen uint32
}

// outlet is an output of a router, which fills a ring of cells at the end of its link. That
// of the core's port fills the ring of the core's way in.
type outlet struct {
	// next is the cell that it fills next.
	next uint32
	// end is the tile that its link leads to, below 0 where there is none. That of the
	// core's port is where the router itself is, as a goal has it.
	end int32
	// load counts the packets over the link since the last Loads.
	load int32
	// turn is the input that it turns to next.
	turn uint8
	// shift and inShift say how many cells its ring has, and that of the input with its
	// number: 1 << shift.
	shift, inShift uint8
	// class is that of the link, and above linkBits that of the link that leads back:
	// classLocal for the core's port.
	class uint8
}

// What holds for a station, above the lanes of left.
const (
	// wired: the station is made.
	wired = 1 << (8*ports + iota)
	// offers: the core or the host has a packet that is to enter.
	offers
	// waited: the core waits for room in its FIFO.
	waited
	// lanes are the inputs' part.
	lanes = 1<<(8*ports) - 1
)

// aside is the part of a station that few steps need.
type aside struct {
	// fifo holds packets that the core has formed, host those that the host
	// has at hand.
	fifo, host buffer
	// waits are the cycles that packets waited here, by the input buffer that
	// they lay in; what came from the host counts apart from the core's.
	waits     [ports]int64
	hostWaits int64
}

const (
	// linkBits are those of a class in station.links.
	linkBits  = 4
	classMask = room8 - 1
	// classLocal is no class of links: it stands for the wires of a core.
	classLocal = MaxLinkClasses
	// portMask cuts a port to an index of opposites.
	portMask = room8 - 1
	// room8 is the length of an array that is indexed without a check.
	room8 = 8
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

// expose makes the first packet of an input ask for its outputs.
func (s *station) expose(in uint8, out Ports) { s.left |= uint64(out) << (in << 3 & 63) }

// grant takes back what an input asks of an output, and reports whether its first
// packet has left by all of them.
func (s *station) grant(in, out uint8) (done bool) {
	s.left &^= 1 << ((in<<3 | out) & 63)
	return uint8(s.left>>(in<<3&63)) == 0
}

// leads reports whether an output leads somewhere.
func (s *station) leads(out uint8) bool { return out == local || s.out[out].end >= 0 }

// at is where the station is.
func (s *station) at() Coord { return (^goal(s.out[local].end)).tile() }

// backClass is the class of the link that leads back.
func (o *outlet) backClass() uint8 { return o.class >> linkBits & classMask }

// opposites are the ports at the other ends of the links of ports; the core's way in
// begins at the router's own station.
var opposites = [room8]uint8{East: uint8(West), West: uint8(East), North: uint8(South),
	South: uint8(North), local: local}

// pick decides which of some inputs sends by an output next: a set that is not empty
// and whose packets are of one class. It is the first after the one that sent last, around
// the inputs.
func (o *outlet) pick(inputs uint8) uint8 {
	behind := inputs &^ (1<<(o.turn&7) - 1)
	if behind == 0 {
		behind = inputs
	}
	in := uint8(bits.TrailingZeros8(behind))
	o.turn = in + 1
	return in
}
