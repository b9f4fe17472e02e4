package router

import "math/bits"

// marks say why a router steps: a bit for each input that a packet arrives at, and again
// where something that waits there may move.
type marks uint8

const (
	arrivals marks = 1<<ports - 1
	again    marks = 1 << ports
)

// outputs are the ports by which a packet leaves a router.
func (c *Clocked) outputs(s *station, g goal) Ports {
	if g >= 0 {
		return c.forest.nodes[g].out
	}
	if c.grid {
		return s.towards(g)
	}
	at, to := s.at(), g.tile()
	column := c.columns[int(at.X)<<(c.side&31)|int(to.X)]
	row := c.rows[int(at.Y)<<(c.side&31)|int(to.Y)]
	if column == Local {
		column = row
	}
	return column
}

// step moves at most one packet by each output of a router, and one into it. It does
// nothing where no packet can move, so that it may be planned too often.
func (c *Clocked) step(tile int32, m marks) {
	s, in := &c.stations[tile], uint8(m&arrivals)
	if s.left == wired && c.quick {
		if in != 0 {
			in = c.pass(tile, s, in)
		}
		if in == 0 {
			return
		}
	}
	c.stepWhole(tile, s, in)
}

// stepWhole is step where packets may wait, or are offered.
func (c *Clocked) stepWhole(tile int32, s *station, in uint8) {
	if s.left&wired == 0 {
		c.wire(tile)
	}
	if in != 0 && s.left&lanes == 0 && c.quick && s.left&offers != 0 {
		in = c.pass(tile, s, in)
	}
	c.arrive(tile, s, in)
	blocked := c.sendAll(tile, s)
	if s.left&offers != 0 && c.enterAll(tile, s) {
		return
	}
	for rest := s.wanted() &^ blocked; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if out == local || c.timing.DropWhenFull || c.free(tile, s, out) {
			c.plan(c.now+1, tile, again)
			return
		}
	}
}

// enterAll moves what a core or the host offers towards the router, one packet in this
// cycle, and reports whether the router steps again for more in the next one.
func (c *Clocked) enterAll(tile int32, s *station) bool {
	if !c.timing.DropWhenFull && !c.free(tile, s, local) {
		return false
	}
	c.enter(tile, s)
	if s.left&offers != 0 && (c.timing.DropWhenFull || c.free(tile, s, local)) {
		c.plan(c.now+1, tile, again)
		return true
	}
	return false
}

// arrive takes the packets that are past the wires of inputs.
func (c *Clocked) arrive(tile int32, s *station, ins uint8) {
	for ; ins != 0; ins &= ins - 1 {
		in := uint8(bits.TrailingZeros8(ins))
		i := &s.in[in]
		i.seen++
		c.load.MaxQueue = max(c.load.MaxQueue, int(i.seen))
		if i.seen == 1 {
			s.expose(in, c.outputs(s, c.cells[i.head].goal))
		}
		if c.watcher != nil {
			c.watcher.Depth(c.now, Core(tile), int(in), int(i.seen))
		}
	}
}

// sendAll sends a packet by each output that is free, and returns those that packets wait
// for and that are not.
func (c *Clocked) sendAll(tile int32, s *station) (blocked uint8) {
	var done uint8
	for rest := s.wanted(); rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if out != local && !c.timing.DropWhenFull && !c.free(tile, s, out) {
			blocked |= 1 << out
			continue
		}
		ins := s.want(out)
		if ins&(ins-1) != 0 {
			ins = c.lowestClass(s, ins)
		}
		in := s.out[out].pick(ins)
		c.forward(tile, s, s.in[in].head, out)
		if s.grant(in, out) {
			done |= 1 << in
		}
	}
	for ; done != 0; done &= done - 1 {
		c.leave(tile, s, uint8(bits.TrailingZeros8(done)))
	}
	return blocked
}

// lowestClass keeps the inputs whose first packets are of the lowest class.
func (c *Clocked) lowestClass(s *station, inputs uint8) uint8 {
	best, kept := ClassHost, uint8(0)
	for rest := inputs; rest != 0; rest &= rest - 1 {
		in := uint8(bits.TrailingZeros8(rest))
		switch class := c.cells[s.in[in].head].class(); {
		case class < best || kept == 0:
			best, kept = class, 1<<in
		case class == best:
			kept |= 1 << in
		}
	}
	return kept
}

// forward sends a copy of the packet in a cell by an output.
func (c *Clocked) forward(tile int32, s *station, at uint32, out uint8) {
	p := c.cells[at]
	if out == local {
		c.load.Arrived++
		c.client.Arrive(c.now+c.local, Core(tile), p.id)
		return
	}
	c.copies++
	if c.watcher != nil {
		c.watcher.Hop(c.now, Core(tile), Direction(out), p.id)
	}
	if c.timing.DropWhenFull && !c.has(tile, s, out) {
		c.count(tile, s, out)
		if p.goal >= 0 {
			p.goal = goal(c.forest.below(Route(p.goal), Direction(out)))
		}
		c.lose(s.out[out].end, &p)
		return
	}
	c.cross(tile, s, &p, out)
}

// cross puts a packet on the link of an output, which is free. It is past the wire and
// the pipeline behind it in the cycle of its stamp.
func (c *Clocked) cross(tile int32, s *station, p *cell, out uint8) {
	c.count(tile, s, out)
	to := p.goal
	if to >= 0 {
		to = goal(c.forest.below(Route(to), Direction(out)))
	}
	o := &s.out[out]
	class := o.class & classMask
	cycle := c.now + c.wires[class]
	c.cells[o.next] = cell{stamp: cycle<<stampBits | p.stamp&stampClass | taken, id: p.id, goal: to}
	o.next = after(o.next, o.shift)
	if gap := c.timing.Gaps[class]; gap > 1 {
		c.hold(s, out, c.now+gap)
	}
	c.plan(cycle, o.end, 1<<(out^1))
}

// hold has an output send its next packet no sooner than in a cycle. A place that is taken
// comes back later than that in any case.
func (c *Clocked) hold(s *station, out uint8, cycle int64) {
	if k := c.credit(s, out); k.stamp < taken {
		k.stamp = max(k.stamp, cycle<<stampBits)
	}
}

// count counts a packet over a link.
func (c *Clocked) count(tile int32, s *station, out uint8) {
	c.load.Hops++
	if s.out[out].load == 0 {
		c.loaded = append(c.loaded, uint32(tile)<<linkShift|uint32(out))
	}
	s.out[out].load++
}

// lose loses a packet on its way to a tile.
func (c *Clocked) lose(tile int32, p *cell) {
	c.load.Lost++
	c.copies--
	c.client.Lost(c.now, Core(tile), p.id, c.route(p.goal))
}

// release frees the place of the first packet of an input and sends the credit back over
// the wire.
func (c *Clocked) release(tile int32, s *station, p *cell, in uint8) {
	cycle, sender, o := c.now+c.local, tile, &s.out[in]
	if in != local {
		cycle, sender = c.now+c.returns[o.backClass()], o.end
	}
	if p.stamp&awaited != 0 {
		c.plan(cycle, sender, again)
	}
	p.stamp = cycle << stampBits
	s.in[in].head = after(s.in[in].head, o.inShift)
}

// leave has the first packet of an input, which has left by all its outputs, give back
// its place to the next one.
func (c *Clocked) leave(tile int32, s *station, in uint8) {
	i := &s.in[in]
	p := &c.cells[i.head]
	c.wait(tile, in, p)
	c.release(tile, s, p, in)
	c.copies-- // each output took one of its own
	i.seen--
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(tile), int(in), int(i.seen))
	}
	if i.seen > 0 {
		s.expose(in, c.outputs(s, c.cells[i.head].goal))
	}
}

// wait counts how long a packet waited that leaves its place.
func (c *Clocked) wait(tile int32, in uint8, w *cell) {
	cycles := c.now - w.cycle()
	if cycles == 0 {
		return
	}
	c.load.Stalls += cycles
	if in == local && w.class() == ClassHost {
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
	if from.count == 0 || a.host.count > 0 && a.host.first().class() < from.first().class() {
		from = &a.host
	}
	w := from.pop()
	if a.fifo.count+a.host.count == 0 {
		s.left &^= offers
	}
	c.load.Entered++
	if from == &a.fifo {
		c.wait(tile, local, &w)
		if s.left&waited != 0 {
			s.left &^= waited
			c.calls++
			c.push(c.now+1, event{what: room, actor: tile})
		}
	}
	if c.timing.DropWhenFull && !c.has(tile, s, local) {
		c.lose(tile, &w)
		return
	}
	c.load.MaxQueue = max(c.load.MaxQueue, 1) // at its arrival, which pass does not count
	cycle := c.now + c.local + c.timing.Pipeline
	o := &s.out[local]
	c.cells[o.next] = packetAt(cycle, w.id, w.goal, w.class())
	o.next = after(o.next, o.shift)
	c.plan(cycle, tile, 1<<local)
}
