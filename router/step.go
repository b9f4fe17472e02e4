package router

import "math/bits"

// outputs are the ports by which a packet leaves a router.
func (c *Clocked) outputs(s *station, r Route) Ports {
	if r >= 0 {
		return c.forest.nodes[r].out
	}
	to := c.coords[^r]
	if out := c.columns[s.at.X][to.X]; out != Local {
		return out
	}
	return c.rows[s.at.Y][to.Y]
}

// step moves at most one packet by each output of a router, and one into it. It
// does nothing where no packet can move, so that it may be planned too often.
func (c *Clocked) step(tile int32) {
	s := c.station(tile)
	drop := c.timing.DropWhenFull
	if c.watcher != nil {
		c.watch(tile, s)
	}
	if s.hidden != 0 {
		if s.wanted == 0 && !s.offers && c.pass(tile, s) {
			return
		}
		c.look(s)
	}
	var done uint8
	for rest := s.wanted; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest)) & portMask
		if !s.free(out, c.now, drop) {
			continue
		}
		in := s.pick(out, s.want[out], &s.class)
		c.forward(tile, s, s.packet(in, 0), out)
		if s.grant(in, out) {
			done |= 1 << in
		}
	}
	for ; done != 0; done &= done - 1 {
		c.release(tile, s, uint8(bits.TrailingZeros8(done)))
	}
	if s.offers && (drop || s.credit(local, c.now) > 0) {
		c.enter(tile, s)
	}
	if s.wanted == 0 && !s.offers {
		return
	}
	if next := s.next(c.now, drop); next != never {
		c.plan(tile, next)
	}
}

// pass moves on the packets that arrive at a router in which none waits, where each
// finds an output of its own free: most steps of a mesh that is not full. It reports
// false, and has done nothing, where that is not so.
func (c *Clocked) pass(tile int32, s *station) bool {
	var ins, outs, met uint8
	var by [room8]uint8
	for rest := s.hidden; rest != 0; rest &= rest - 1 {
		in := uint8(bits.TrailingZeros8(rest)) & portMask
		w := s.packet(in, 0)
		if w.since() > c.now {
			continue
		}
		out := uint8(c.outputs(s, w.route))
		met |= outs&out | out&(out-1)
		outs |= out
		ins |= 1 << in
		by[in] = uint8(bits.TrailingZeros8(out)) & portMask
		if out == 0 || !s.free(by[in], c.now, c.timing.DropWhenFull) {
			return false
		}
	}
	if met != 0 {
		return false
	}
	s.hidden &^= ins
	for ; ins != 0; ins &= ins - 1 {
		in := uint8(bits.TrailingZeros8(ins)) & portMask
		out := by[in]
		s.turn[out] = in + 1
		c.forward(tile, s, s.packet(in, 0), out)
		c.release(tile, s, in)
	}
	if s.wanted != 0 {
		c.plan(tile, s.next(c.now, c.timing.DropWhenFull))
	}
	return true
}

// look has the packets ask for their outputs that have come to the front of an
// empty input.
func (c *Clocked) look(s *station) {
	for rest := s.hidden; rest != 0; rest &= rest - 1 {
		in := uint8(bits.TrailingZeros8(rest)) & portMask
		if w := s.packet(in, 0); w.since() <= c.now {
			s.hidden &^= 1 << in
			s.expose(in, w.class(), c.outputs(s, w.route))
		}
	}
}

// watch tells of the packets that arrive in this cycle. With a watcher a router
// steps in every cycle in which one does.
func (c *Clocked) watch(tile int32, s *station) {
	for in := range uint8(ports) {
		if before := s.in[in].seen; s.arrive(in, c.now) > before {
			c.watcher.Depth(c.now, Core(tile), int(in), int(s.in[in].seen))
		}
	}
}

// forward sends a copy of w, the first packet of an input, by an output.
func (c *Clocked) forward(tile int32, s *station, w *waiting, out uint8) {
	if out == local {
		c.load.Arrived++
		c.client.Arrive(c.now+c.local, Core(tile), w.id)
		return
	}
	dir := Direction(out & portMask)
	c.copies++
	c.load.Hops++
	if s.load[dir&(local-1)]++; !s.touched {
		s.touched = true
		c.loaded = append(c.loaded, tile)
	}
	if c.watcher != nil {
		c.watcher.Hop(c.now, Core(tile), dir, w.id)
	}
	rest := w.route
	if rest >= 0 {
		rest = c.forest.below(rest, dir)
	}
	end := s.ends[dir]
	at := c.now + c.wires[s.classes[dir]&classMask]
	c.send(s, out, c.station(end), end, uint8(dir.opposite()), newWaiting(at, w.id, rest, w.class()))
}

// send puts a packet on the wire of an output, or of the core's way in, to an
// input of a tile's router, past which it is from the cycle that it bears.
func (c *Clocked) send(s *station, out uint8, to *station, tile int32, in uint8, w waiting) {
	o := &s.out[out&portMask]
	if o.credits == 0 && s.credit(out, c.now) == 0 {
		c.load.Lost++
		c.copies--
		c.client.Lost(c.now, Core(tile), w.id, w.route)
		return
	}
	o.credits--
	if to.push(in, w) == 1 {
		to.hidden |= 1 << (in & portMask)
		c.plan(tile, w.since())
	} else if c.watcher != nil {
		c.plan(tile, w.since())
	}
}

// release frees the place of the first packet of an input, which has left, and
// sends the credit back over the wire.
func (c *Clocked) release(tile int32, s *station, in uint8) {
	b := &s.in[in&portMask]
	if b.count == 1 { // it has arrived, since it leaves
		b.seen = 1
	} else {
		s.arrive(in, c.now)
	}
	c.load.MaxQueue = max(c.load.MaxQueue, int(b.seen))
	if invariants {
		assert(int(b.count) <= c.timing.InputBuffer, "an input buffer overflows")
	}
	c.wait(s, in, s.packet(in, 0))
	b.head++
	b.count--
	b.seen--
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(tile), int(in), int(b.seen))
	}
	if b.count > 0 {
		c.follow(tile, s, in)
	}
	c.copies-- // each output took one of its own
	end := s.ends[in&portMask]
	c.giveBack(c.station(end), end, opposites[in&portMask], c.now+c.returns[s.backs[in&portMask]&classMask])
}

// opposites are the ports at the other ends of the links of ports; the core's way in
// begins at the router's own station.
var opposites = [room8]uint8{East: uint8(West), West: uint8(East), North: uint8(South), South: uint8(North), local: local}

// wait counts how long a packet waited that leaves its place.
func (c *Clocked) wait(s *station, in uint8, w *waiting) {
	cycles := c.now - w.since()
	if cycles == 0 {
		return
	}
	c.load.Stalls += cycles
	if in == local && w.class() == ClassHost {
		s.hostWaits += cycles
		return
	}
	s.waits[in] += cycles
}

// follow has the packet behind the first one, which has left, take its place.
func (c *Clocked) follow(tile int32, s *station, in uint8) {
	w := s.packet(in, 0)
	if s.in[in&portMask].seen > 0 {
		s.expose(in, w.class(), c.outputs(s, w.route))
		return
	}
	s.hidden |= 1 << (in & portMask)
	c.plan(tile, w.since())
}

// giveBack has a credit of an output come back in a cycle.
func (c *Clocked) giveBack(s *station, tile int32, out uint8, cycle int64) {
	s.giveBack(out, cycle)
	if s.starved(out) {
		c.plan(tile, cycle)
	}
}

// enter moves a packet from the core, or from the host if it is of a lower
// class than the core's, towards the router.
func (c *Clocked) enter(tile int32, s *station) {
	from := &s.fifo
	if from.count == 0 || s.host.count > 0 && s.host.first().class() < from.first().class() {
		from = &s.host
	}
	w := from.pop()
	s.offers = s.fifo.count+s.host.count > 0
	c.load.Entered++
	if from == &s.fifo {
		c.wait(s, local, &w)
		if s.waited {
			s.waited = false
			c.calls++
			c.push(c.now+1, event{what: room, actor: tile})
		}
	}
	at := c.now + c.local + c.timing.Pipeline
	c.send(s, local, s, tile, local, newWaiting(at, w.id, w.route, w.class()))
}
