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
	s := c.stations[tile]
	drop := c.timing.DropWhenFull
	c.look(tile, s)
	var done uint8
	for rest := s.wanted; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if !s.free(out, c.now, drop) {
			continue
		}
		in := s.pick(out, s.want[out], &s.class)
		c.forward(tile, s, in, out)
		if s.grant(in, out) {
			done |= 1 << in
		}
	}
	for ; done != 0; done &= done - 1 {
		c.release(tile, s, uint8(bits.TrailingZeros8(done)))
	}
	if s.entering() && (drop || s.credit(local, c.now) > 0) {
		c.enter(tile, s)
	}
	if next := s.next(c.now, drop); next != never {
		c.plan(tile, next)
	}
}

// look has the packets ask for their outputs that have come to the front of an
// empty input.
func (c *Clocked) look(tile int32, s *station) {
	if c.watcher != nil {
		c.watch(tile, s)
	}
	for rest := s.hidden; rest != 0; rest &= rest - 1 {
		in := uint8(bits.TrailingZeros8(rest))
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

// forward sends a copy of the first packet of an input by an output.
func (c *Clocked) forward(tile int32, s *station, in, out uint8) {
	w := s.packet(in, 0)
	if out == local {
		c.load.Arrived++
		c.client.Arrive(c.now+s.wires[local], Core(tile), w.id)
		return
	}
	dir := Direction(out)
	c.copies++
	c.load.Hops++
	if s.load[out]++; !s.touched {
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
	to := s.near[out]
	if to == nil {
		to = c.station(s.ends[out])
		s.near[out] = to
	}
	c.send(s, out, to, s.ends[out], uint8(dir.opposite()), w, rest)
}

// send puts a packet on the wire of an output, or of the core's way in, to an
// input of a tile's router.
func (c *Clocked) send(s *station, out uint8, to *station, tile int32, in uint8, w *waiting, rest Route) {
	if s.credit(out, c.now) == 0 {
		c.load.Lost++
		c.copies--
		c.client.Lost(c.now, Core(tile), w.id, rest)
		return
	}
	s.out[out].credits--
	at := c.now + s.wires[out] + c.timing.Pipeline
	to.push(in, newWaiting(at, w.id, rest, w.class()))
	if to.in[in].count == 1 {
		to.hidden |= 1 << in
		c.plan(tile, at)
	} else if c.watcher != nil {
		c.plan(tile, at)
	}
}

// release frees the place of the first packet of an input, which has left, and
// sends the credit back over the wire.
func (c *Clocked) release(tile int32, s *station, in uint8) {
	b := &s.in[in]
	c.load.MaxQueue = max(c.load.MaxQueue, int(s.arrive(in, c.now)))
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
	if in == local {
		c.giveBack(s, tile, local, c.now+s.wires[local])
		return
	}
	if s.near[in] == nil {
		s.near[in] = c.station(s.ends[in])
	}
	c.giveBack(s.near[in], s.ends[in], uint8(Direction(in).opposite()), c.now+s.backs[in])
}

// wait counts how long a packet waited that leaves its place.
func (c *Clocked) wait(s *station, in uint8, w *waiting) {
	cycles := c.now - w.since()
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
	if s.in[in].seen > 0 {
		s.expose(in, w.class(), c.outputs(s, w.route))
		return
	}
	s.hidden |= 1 << in
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
	c.load.Entered++
	if from == &s.fifo {
		c.wait(s, local, &w)
		if s.waited {
			s.waited = false
			c.calls++
			c.push(c.now+1, event{what: room, actor: tile})
		}
	}
	c.send(s, local, s, tile, local, &w, w.route)
}
