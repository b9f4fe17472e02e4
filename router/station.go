package router

import "math/bits"

// station is a tile's router: two cache lines without a pointer, since on a large mesh a
// step costs what it fetches. Its packets lie in Clocked.cells, and what is seldom asked
// for in Clocked.aside.
type station struct {
	// left has a lane of 8 bits per input: the outputs by which its first packet
	// still has to leave, 0 where none is past the wire.
	left uint64
	at   Coord
	state
	arbiter
	// inShift and outShift say how many cells the rings of the inputs have, and
	// those that the outputs fill: 1 << shift.
	inShift, outShift [ports]uint8
	// links are the classes of the links from here, and above linkBits those of the
	// links that lead back.
	links [local]uint8
	// head[i] is the cell of the first packet of input i, and next[o] that which
	// output o fills next, in a ring of the tile at its end; next[local] is of the
	// core's way in.
	head, next [ports]uint32
	// seen are the packets of the inputs that are past the wire.
	seen [ports]uint32
	// ends are the tiles that the links lead to, below 0 where there is none.
	ends [local]int32
	// load counts the packets over each link since the last Loads.
	load [local]int32
}

// state is a set of what holds for a station.
type state uint8

const (
	// wired: the station is made.
	wired state = 1 << iota
	// offers: the core or the host has a packet that is to enter.
	offers
	// waited: the core waits for room in its FIFO.
	waited
	// touched: load is not 0.
	touched
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
	// portMask cuts a port to an index of opposites.
	portMask = room8 - 1
	// room8 is the length of an array that is indexed without a check.
	room8 = 8
	// lane is the first bit of each lane of a station's left.
	lane = 0x0101010101
)

// wanted are the outputs by which the first packet of some input has to leave.
func (s *station) wanted() uint8 {
	all := s.left | s.left>>32
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
func (s *station) leads(out uint8) bool { return out == local || s.ends[out] >= 0 }

// linkClass is the class of the link that leaves by a port, backClass that of the link
// that leads back.
func (s *station) linkClass(dir uint8) uint8 { return s.links[dir] & classMask }

func (s *station) backClass(dir uint8) uint8 { return s.links[dir] >> linkBits & classMask }

// opposites are the ports at the other ends of the links of ports; the core's way in
// begins at the router's own station.
var opposites = [room8]uint8{East: uint8(West), West: uint8(East), North: uint8(South),
	South: uint8(North), local: local}

// arbiter decides which input of a router sends by an output next: the one
// whose packet has the lowest class, and among equals the first after the one
// that sent last, around the inputs.
type arbiter struct{ turn [ports]uint8 }

// pick chooses among inputs, a set that is not empty and whose packets are of one class,
// for an output.
func (a *arbiter) pick(output, inputs uint8) uint8 {
	behind := inputs &^ (1<<(a.turn[output]&7) - 1)
	if behind == 0 {
		behind = inputs
	}
	in := uint8(bits.TrailingZeros8(behind))
	a.turn[output] = in + 1
	return in
}
