package router

import "math/bits"

// station is a tile's router with the way in from its core and its host port.
type station struct {
	// column and row are the routing table: the output by the column of a
	// packet's end, and where that is this one, by its row.
	column, row []Ports
	// ends are the tiles that the outputs lead to, wires the times there,
	// and backs the times of the links that lead back.
	ends  [local]int32
	wires [ports]int64
	backs [ports]int64
	// in are the input buffers: by the direction of the neighbour that
	// fills them, and the core's.
	in [ports]buffer
	// left[i] are the outputs by which the first packet of input i still has
	// to leave, and class[i] is its class; want[o] are the inputs whose
	// first packet still has to leave by output o.
	left  [ports]Ports
	class [ports]Class
	want  [ports]uint8
	arbiter
	// credits are the free places of the input buffers that the outputs and,
	// at local, the core's packets go to.
	credits [ports]int
	// fifo holds packets that the core has formed, host those that the host
	// has at hand.
	fifo, host buffer
	// waited tells that the core waits for room in its FIFO.
	waited bool
	// load counts the packets over each link since the last Loads.
	load    [4]int32
	touched bool
	// due is one more than the cycle in which the router last was active.
	due int64
}

// expose makes the first packet of an input ask for its outputs.
func (s *station) expose(in uint8, out Ports) {
	s.left[in], s.class[in] = out, s.in[in].first().class
	for rest := uint8(out); rest != 0; rest &= rest - 1 {
		s.want[bits.TrailingZeros8(rest)] |= 1 << in
	}
}

// grant takes back what an input asks of an output, and reports whether its
// first packet has left by all of them.
func (s *station) grant(in, out uint8) (done bool) {
	s.want[out] &^= 1 << in
	s.left[in] &^= 1 << out
	return s.left[in] == 0
}

// canMove reports whether some packet could move on in the next cycle. Others
// wait for a credit, which wakes the router.
func (s *station) canMove(drop bool) bool {
	for out := range uint8(ports) {
		if s.want[out] != 0 && s.free(out, drop) {
			return true
		}
	}
	return s.canEnter(drop)
}

// free reports whether a packet may leave by an output. The core always takes
// what comes: its ingress is double-buffered.
func (s *station) free(out uint8, drop bool) bool {
	return out == local || drop || s.credits[out] > 0
}

// canEnter reports whether a packet of the core or the host may enter.
func (s *station) canEnter(drop bool) bool {
	return s.fifo.count+s.host.count > 0 && (drop || s.credits[local] > 0)
}
