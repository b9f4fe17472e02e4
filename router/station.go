package router

import "math/bits"

// station is a tile's router with the way in from its core and its host port.
// What a step reads lies together.
type station struct {
	// wanted are the outputs by which the first packet of some input has to
	// leave, and hidden the inputs whose first packet is still on its wire.
	wanted, hidden uint8
	// waited tells that the core waits for room in its FIFO, and touched
	// that load is not 0.
	waited, touched bool
	// left[i] are the outputs by which the first packet of input i still has
	// to leave, and class[i] is its class; want[o] are the inputs whose
	// first packet still has to leave by output o.
	left  [ports]Ports
	class [ports]Class
	want  [ports]uint8
	arbiter
	at Coord
	// slots and times have room for 1 << shift packets of each input and for
	// as many credits of each output that are on their way back. They grow
	// to what is used.
	shift uint8
	slots []waiting
	times []int64
	// in are the input buffers: by the direction of the neighbour that
	// fills them, and the core's.
	in [ports]inbox
	// out are the credits of the outputs and, at local, of the core's way in.
	out [ports]outbox
	// near are the routers that the outputs lead to, nil until used, and
	// ends their tiles; wires are the times there, and backs the times of the
	// links that lead back.
	near  [local]*station
	ends  [local]int32
	wires [ports]int64
	backs [ports]int64
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

// inbox is an input buffer: count packets from head on, of which seen are past
// the wire.
type inbox struct{ head, count, seen int32 }

// outbox counts the free places of the buffer at an output's end: credits, and
// from head on those that are on their way back.
type outbox struct{ credits, head, back int32 }

// packet is the i-th packet of an input.
func (s *station) packet(in uint8, i int32) *waiting {
	return &s.slots[int(in)<<s.shift|int(s.in[in].head+i)&(1<<s.shift-1)]
}

// push puts a packet on the wire into an input.
func (s *station) push(in uint8, w waiting) {
	if s.in[in].count>>s.shift != 0 {
		s.grow()
	}
	*s.packet(in, s.in[in].count) = w
	s.in[in].count++
}

// time is the cycle from which the i-th credit counts that is on its way back to
// an output.
func (s *station) time(out uint8, i int32) *int64 {
	return &s.times[int(out)<<s.shift|int(s.out[out].head+i)&(1<<s.shift-1)]
}

// giveBack has a credit of an output count from a cycle on.
func (s *station) giveBack(out uint8, cycle int64) {
	if s.out[out].back>>s.shift != 0 {
		s.grow()
	}
	*s.time(out, s.out[out].back) = cycle
	s.out[out].back++
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
	s.left[in], s.class[in] = out, class
	s.wanted |= uint8(out)
	for rest := uint8(out); rest != 0; rest &= rest - 1 {
		s.want[bits.TrailingZeros8(rest)] |= 1 << in
	}
}

// grant takes back what an input asks of an output, and reports whether its
// first packet has left by all of them.
func (s *station) grant(in, out uint8) (done bool) {
	if s.want[out] &^= 1 << in; s.want[out] == 0 {
		s.wanted &^= 1 << out
	}
	s.left[in] &^= 1 << out
	return s.left[in] == 0
}

// credit is the number of credits of an output, those back by now included.
func (s *station) credit(out uint8, now int64) int32 {
	o := &s.out[out]
	for o.back > 0 && *s.time(out, 0) <= now {
		o.head++
		o.back--
		o.credits++
	}
	return o.credits
}

// free reports whether a packet may leave by an output. The core always takes
// what comes: its ingress is double-buffered.
func (s *station) free(out uint8, now int64, drop bool) bool {
	return out == local || drop || s.credit(out, now) > 0
}

// entering reports whether the core or the host has a packet that is to enter.
func (s *station) entering() bool { return s.fifo.count+s.host.count > 0 }

// starved reports whether a packet waits for a credit of an output, or of the
// way in from the core.
func (s *station) starved(out uint8) bool {
	return s.out[out].credits == 0 && (s.want[out] != 0 || out == local && s.entering())
}

// arrive counts the packets of an input that are past the wire by now, and
// returns their number.
func (s *station) arrive(in uint8, now int64) int32 {
	b := &s.in[in]
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
	if s.entering() {
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
	if s.out[out].back > 0 {
		return *s.time(out, 0)
	}
	return never
}
