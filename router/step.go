package router

import "math/bits"

// hold has a packet that arrives at a router wait in its input buffer.
func (c *Clocked) hold(m moving) {
	in := m.way.in()
	s, l := c.station(m.tile), &c.inputs[m.tile][in]
	c.pool.put(l, m, c.now)
	c.load.MaxQueue = max(c.load.MaxQueue, int(l.count))
	if l.count == 1 {
		s.expose(in, m.way.outs())
	}
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(m.tile), int(in), int(l.count))
	}
}

// step moves at most one waiting packet by each output of a router, and one into it. It does
// nothing where no packet can move, so that it may be planned too often.
func (c *Clocked) step(tile int32) {
	s := c.station(tile)
	blocked := uint8(0)
	if s.left&lanes != 0 {
		blocked = c.sendAll(tile, s)
	}
	if s.left&(offers|waited) != 0 && c.enterAll(tile, s) {
		return
	}
	for rest := s.wanted() &^ blocked; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if out == local || c.timing.DropWhenFull || c.free(tile, s, out) {
			c.plan(c.now+1, tile)
			return
		}
	}
}

// enterAll moves what a core or the host offers towards the router, one packet in this
// cycle, and reports whether the router steps again for more in the next one.
func (c *Clocked) enterAll(tile int32, s *station) bool {
	if c.aside[tile].entered == c.now+1 {
		c.callForRoom(tile, s)
		if s.left&offers != 0 {
			c.plan(c.now+1, tile)
		}
		return s.left&offers != 0
	}
	if !c.timing.DropWhenFull && !c.free(tile, s, local) {
		return false
	}
	c.enter(tile, s)
	if s.left&offers != 0 && (c.timing.DropWhenFull || c.free(tile, s, local)) {
		c.plan(c.now+1, tile)
		return true
	}
	return false
}

// sendAll sends a packet by each output that is free, and returns those that packets wait
// for and that are not.
func (c *Clocked) sendAll(tile int32, s *station) (blocked uint8) {
	if all := s.left & lanes; all&(all-1) == 0 {
		return c.sendOne(tile, s, uint8(bits.TrailingZeros64(all)))
	}
	var done uint8
	for rest := s.wanted(); rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if out != local && !c.may(s, out) && !c.timing.DropWhenFull {
			c.await(tile, s, out)
			blocked |= 1 << out
			continue
		}
		ins := s.want(out)
		if ins&(ins-1) != 0 {
			ins = c.lowestClass(tile, ins)
		}
		in := s.pick(out, ins)
		c.forward(s, c.first(tile, in), out)
		if s.grant(in, out) {
			done |= 1 << in
		}
	}
	for ; done != 0; done &= done - 1 {
		c.leave(tile, s, uint8(bits.TrailingZeros8(done)))
	}
	return blocked
}

// sendOne is sendAll where one packet waits for one output: that of a bit of left.
func (c *Clocked) sendOne(tile int32, s *station, bit uint8) (blocked uint8) {
	in, out := bit>>3, bit&7
	if out != local && !c.may(s, out) && !c.timing.DropWhenFull {
		c.await(tile, s, out)
		return 1 << out
	}
	s.turn[out] = in + 1
	c.forward(s, c.first(tile, in), out)
	s.left &^= 1 << (bit & 63)
	c.leave(tile, s, in)
	return 0
}

// lowestClass keeps the inputs whose first packets are of the lowest class.
func (c *Clocked) lowestClass(tile int32, inputs uint8) uint8 {
	best, kept := ClassHost, uint8(0)
	for rest := inputs; rest != 0; rest &= rest - 1 {
		in := uint8(bits.TrailingZeros8(rest))
		switch class := c.first(tile, in).way.class(); {
		case class < best || kept == 0:
			best, kept = class, 1<<in
		case class == best:
			kept |= 1 << in
		}
	}
	return kept
}

// first is the first packet of an input in which one waits.
func (c *Clocked) first(tile int32, in uint8) *waiting {
	return c.pool.first(&c.inputs[tile][in])
}

// forward sends a copy of a packet by an output.
func (c *Clocked) forward(s *station, w *waiting, out uint8) {
	if out == local {
		c.deliver(w.moving)
		return
	}
	c.copies++
	if c.watcher != nil {
		c.watcher.Hop(c.now, Core(w.tile), Direction(out), w.id)
	}
	if c.timing.DropWhenFull && !c.may(s, out) {
		c.count(w.tile, s, out)
		c.lose(w.tile, c.behind(w.moving, out))
		return
	}
	c.cross(s, w.moving, out)
}

// count counts a packet over a link.
func (c *Clocked) count(tile int32, s *station, out uint8) {
	c.load.Hops++
	if s.load[out] == 0 {
		c.loaded = append(c.loaded, uint32(tile)<<linkShift|uint32(out))
	}
	s.load[out]++
}

// lose loses a packet that leaves a router, on its way to the next one.
func (c *Clocked) lose(from int32, m moving) {
	c.load.Lost++
	c.copies--
	c.tell(from)
	c.client.Lost(c.now, Core(m.tile), m.id, c.route(m))
}

// leave has the first packet of an input, which has left by all its outputs, give back
// its place to the next one, and sends the credit back over the wire.
func (c *Clocked) leave(tile int32, s *station, in uint8) {
	l := &c.inputs[tile][in]
	c.wait(tile, in, c.pool.first(l))
	c.pool.drop(l)
	c.refund(tile, s, in)
	c.copies-- // each output took one of its own
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(tile), int(in), int(l.count))
	}
	if l.count > 0 {
		s.expose(in, c.pool.first(l).way.outs())
	}
}

// wait counts how long a packet waited that leaves its place.
func (c *Clocked) wait(tile int32, in uint8, w *waiting) {
	cycles := c.now - w.since
	if cycles == 0 {
		return
	}
	c.load.Stalls += cycles
	if in == local && w.way.class() == ClassHost {
		c.aside[tile].hostWaits += cycles
		return
	}
	c.aside[tile].waits[in] += cycles
}

// enter moves a packet from the core, or from the host if it is of a lower class than the
// core's, towards the router.
func (c *Clocked) enter(tile int32, s *station) {
	a := &c.aside[tile]
	from := &a.fifo
	if from.count == 0 || a.host.count > 0 && a.host.first().way.class() < from.first().way.class() {
		from = &a.host
	}
	w := from.pop()
	if a.fifo.count+a.host.count == 0 {
		s.left &^= offers
	}
	if from == &a.fifo {
		c.wait(tile, local, &w)
		c.callForRoom(tile, s)
	}
	if c.timing.DropWhenFull && !c.may(s, local) {
		c.load.Entered++
		c.lose(tile, w.moving)
		return
	}
	c.begin(s, w.moving)
}

// begin puts a packet on the wire into its first router, which has a place for it.
func (c *Clocked) begin(s *station, m moving) {
	c.load.Entered++
	c.load.MaxQueue = max(c.load.MaxQueue, 1) // at its arrival, which pass does not count
	s.credits[local]--
	c.send(c.now+c.local+c.timing.Pipeline, m)
}

// callForRoom has a core that waits for room called in the next cycle.
func (c *Clocked) callForRoom(tile int32, s *station) {
	if s.left&waited != 0 {
		s.left &^= waited
		c.calls++
		c.push(c.now+1, event{what: room, actor: tile})
	}
}
