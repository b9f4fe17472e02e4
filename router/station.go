package router

import "math/bits"

// station is a tile's router with the way in from its core and its host port.
// What every step reads comes first and fills few cache lines: on a large mesh a
// step costs what it fetches.
type station struct {
	// wanted are the outputs by which the first packet of some input has to
	// leave, and hidden the inputs whose first packet is still on its wire.
	wanted, hidden uint8
	// waited tells that the core waits for room in its FIFO, touched that load
	// is not 0, and offers that the core or the host has a packet that is to
	// enter.
	waited, touched, offers bool
	// shift says how many slots and times there are, 1 << shift per port.
	shift uint8
	at    Coord
	// left[i] are the outputs by which the first packet of input i still has
	// to leave, and class[i] is its class; want[o] are the inputs whose
	// first packet still has to leave by output o.
	left  [room8]Ports
	class [room8]Class
	want  [room8]uint8
	arbiter
	// ends are the tiles that the ports lead to, local to its own, classes those
	// of the links there, and backs those of the links that lead back.
	ends           [room8]int32
	classes, backs [room8]LinkClass
	// in are the input buffers: by the direction of the neighbour that
	// fills them, and the core's.
	in [room8]inbox
	// out are the credits of the outputs and, at local, of the core's way in.
	out [room8]outbox
	// slots and times have room for 1 << shift packets of each input and for
	// as many credits of each output that are on their way back. They grow
	// to what is used.
	slots []waiting
	times []int64
	// load counts the packets over each link since the last Loads.
	load [local]int32
	// waits are the cycles that packets waited here, by the input buffer that
	// they lay in; what came from the host counts apart from the core's.
	waits     [ports]int64
	hostWaits int64
	// fifo holds packets that the core has formed, host those that the host
	// has at hand.
	fifo, host buffer
}

// room8 is the length of an array by port that is indexed without a check: port
// numbers are cut to portMask.
const (
	room8    = 8
	portMask = room8 - 1
)

// inbox is an input buffer: count packets from head on, of which seen are past
// the wire.
type inbox struct{ head, count, seen int32 }

// outbox counts the free places of the buffer at an output's end: credits, and
// from head on those that are on their way back.
type outbox struct{ credits, head, back int32 }

// packet is the i-th packet of an input.
func (s *station) packet(in uint8, i int32) *waiting {
	return &s.slots[int(in)<<(s.shift&31)|int(s.in[in&portMask].head+i)&(1<<(s.shift&31)-1)]
}

// push puts a packet on the wire into an input, and returns how many it holds.
func (s *station) push(in uint8, w waiting) int32 {
	b := &s.in[in&portMask]
	if b.count>>(s.shift&31) != 0 {
		s.grow()
	}
	*s.packet(in, b.count) = w
	b.count++
	return b.count
}

// time is the cycle from which the i-th credit counts that is on its way back to
// an output.
func (s *station) time(out uint8, i int32) *int64 {
	return &s.times[int(out)<<(s.shift&31)|int(s.out[out&portMask].head+i)&(1<<(s.shift&31)-1)]
}

// giveBack has a credit of an output count from a cycle on.
func (s *station) giveBack(out uint8, cycle int64) {
	o := &s.out[out&portMask]
	if o.back>>(s.shift&31) != 0 {
		s.grow()
	}
	*s.time(out, o.back) = cycle
	o.back++
}

// grow doubles the room for packets and credits.
func (s *station) grow() {
	slots, times := make([]waiting, len(s.slots)<<1), make([]int64, len(s.times)<<1)
	for p := range uint8(ports) {
		for i := range s.in[p].count {
			slots[int(p)<<(s.shift+1)|int(i)] = *s.packet(p, i)
		}
		for i := range s.out[p].back {
			times[int(p)<<(s.shift+1)|int(i)] = *s.time(p, i)
		}
		s.in[p].head, s.out[p].head = 0, 0
	}
	s.slots, s.times = slots, times
	s.shift++
}

// expose makes the first packet of an input ask for its outputs.
func (s *station) expose(in uint8, class Class, out Ports) {
	s.left[in&portMask], s.class[in&portMask] = out, class
	s.wanted |= uint8(out)
	for rest := uint8(out); rest != 0; rest &= rest - 1 {
		s.want[bits.TrailingZeros8(rest)&portMask] |= 1 << (in & portMask)
	}
}

// grant takes back what an input asks of an output, and reports whether its
// first packet has left by all of them.
func (s *station) grant(in, out uint8) (done bool) {
	want := s.want[out&portMask] &^ (1 << (in & portMask))
	if s.want[out&portMask] = want; want == 0 {
		s.wanted &^= 1 << (out & portMask)
	}
	left := s.left[in&portMask] &^ (1 << (out & portMask))
	s.left[in&portMask] = left
	return left == 0
}

// credit is the number of credits of an output, those back by now included.
func (s *station) credit(out uint8, now int64) int32 {
	o := &s.out[out&portMask]
	if o.back > 0 {
		s.collect(out, now)
	}
	return o.credits
}

// collect takes the credits of an output that are back by now.
func (s *station) collect(out uint8, now int64) {
	o := &s.out[out&portMask]
	for o.back > 0 && *s.time(out, 0) <= now {
		o.head++
		o.back--
		o.credits++
	}
}

// free reports whether a packet may leave by an output. The core always takes
// what comes: its ingress is double-buffered. A credit that is at hand is enough
// to know: those on their way are looked for when there is none.
func (s *station) free(out uint8, now int64, drop bool) bool {
	return out == local || drop || s.out[out&portMask].credits > 0 || s.credit(out, now) > 0
}

// starved reports whether a packet waits for a credit of an output, or of the
// way in from the core.
func (s *station) starved(out uint8) bool {
	return s.out[out&portMask].credits == 0 && (s.want[out&portMask] != 0 || out == local && s.offers)
}

// arrive counts the packets of an input that are past the wire by now, and
// returns their number.
func (s *station) arrive(in uint8, now int64) int32 {
	b := &s.in[in&portMask]
	for b.seen < b.count && s.packet(in, b.seen).since() <= now {
		b.seen++
	}
	return b.seen
}

// next is the next cycle in which some packet could move on: the coming one, or
// that in which a credit is back; never if none is on its way.
func (s *station) next(now int64, drop bool) int64 {
	next := int64(never)
	for rest := s.wanted; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if s.free(out, now, drop) {
			return now + 1
		}
		next = min(next, s.returns(out))
	}
	if s.offers {
		if drop || s.credit(local, now) > 0 {
			return now + 1
		}
		next = min(next, s.returns(local))
	}
	return next
}

// returns is the cycle in which the first credit of an output is back, never if
// none is on its way.
func (s *station) returns(out uint8) int64 {
	if s.out[out&portMask].back > 0 {
		return *s.time(out, 0)
	}
	return never
}
