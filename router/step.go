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
	to := g.tile()
	column := c.columns[int(s.at.X)<<(c.side&31)|int(to.X)]
	row := c.rows[int(s.at.Y)<<(c.side&31)|int(to.Y)]
	if column == Local {
		column = row
	}
	return column
}

// step moves at most one packet by each output of a router, and one into it. It does
// nothing where no packet can move, so that it may be planned too often.
func (c *Clocked) step(tile int32, m marks) {
	s := &c.stations[tile]
	if s.state&wired == 0 {
		c.wire(tile)
	}
	in := m & arrivals
	if s.left == 0 && in&(in-1) == 0 && c.quick && s.state&offers == 0 {
		if in == 0 || c.pass(tile, s, uint8(bits.TrailingZeros8(uint8(in)))) {
			return
		}
	}
	c.arrive(tile, s, uint8(in))
	blocked := c.sendAll(tile, s)
	if s.state&offers != 0 && (c.timing.DropWhenFull || c.free(tile, s, local)) {
		c.enter(tile, s)
		if s.state&offers != 0 && (c.timing.DropWhenFull || c.free(tile, s, local)) {
			c.plan(c.now+1, tile, again)
			return
		}
	}
	for rest := s.wanted() &^ blocked; rest != 0; rest &= rest - 1 {
		out := uint8(bits.TrailingZeros8(rest))
		if out == local || c.timing.DropWhenFull || c.free(tile, s, out) {
			c.plan(c.now+1, tile, again)
			return
		}
	}
}

// pass moves on a packet that arrives at a router in which none waits and that leaves by
// one output, which is free: most steps of a mesh that is not full. It reports false, and
// has done nothing, where that is not so.
func (c *Clocked) pass(tile int32, s *station, in uint8) bool {
	at := s.head[in]
	p := &c.cells[at]
	outs := c.outputs(s, p.goal)
	if outs&(outs-1) != 0 {
		return false
	}
	out := uint8(bits.TrailingZeros8(uint8(outs)))
	if out == local {
		c.load.Arrived++
		c.client.Arrive(c.now+c.local, Core(tile), p.id)
		c.copies--
		p = &c.cells[at]
	} else {
		if c.credit(s, out).stamp >= c.due {
			return false
		}
		c.cross(tile, s, p, out)
	}
	if c.load.MaxQueue == 0 {
		c.load.MaxQueue = 1
	}
	s.turn[out] = in + 1
	c.release(tile, s, p, in)
	return true
}

// arrive takes the packets that are past the wires of inputs.
func (c *Clocked) arrive(tile int32, s *station, ins uint8) {
	for ; ins != 0; ins &= ins - 1 {
		in := uint8(bits.TrailingZeros8(ins))
		s.seen[in]++
		c.load.MaxQueue = max(c.load.MaxQueue, int(s.seen[in]))
		if s.seen[in] == 1 {
			s.expose(in, c.outputs(s, c.cells[s.head[in]].goal))
		}
		if c.watcher != nil {
			c.watcher.Depth(c.now, Core(tile), int(in), int(s.seen[in]))
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
		in := s.pick(out, ins)
		c.forward(tile, s, s.head[in], out)
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
		switch class := c.cells[s.head[in]].class(); {
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
		c.lose(s.ends[out&3], &p)
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
	cycle := c.now + c.wires[s.linkClass(out)]
	at := s.next[out]
	c.cells[at] = cell{stamp: cycle<<stampBits | p.stamp&stampClass | taken, id: p.id, goal: to}
	s.next[out] = after(at, s.outShift[out])
	if gap := c.timing.Gaps[s.linkClass(out)]; gap > 1 {
		c.hold(s, out, c.now+gap)
	}
	c.plan(cycle, s.ends[out&3], 1<<(out^1))
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
	s.load[out&3]++
	if s.state&touched == 0 {
		s.state |= touched
		c.loaded = append(c.loaded, tile)
	}
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
	cycle, sender := c.now+c.local, tile
	if in != local {
		cycle, sender = c.now+c.returns[s.backClass(in)], s.ends[in]
	}
	if p.stamp&awaited != 0 {
		c.plan(cycle, sender, again)
	}
	p.stamp = cycle << stampBits
	s.head[in] = after(s.head[in], s.inShift[in])
}

// leave has the first packet of an input, which has left by all its outputs, give back
// its place to the next one.
func (c *Clocked) leave(tile int32, s *station, in uint8) {
	p := &c.cells[s.head[in]]
	c.wait(tile, in, p)
	c.release(tile, s, p, in)
	c.copies-- // each output took one of its own
	s.seen[in]--
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(tile), int(in), int(s.seen[in]))
	}
	if s.seen[in] > 0 {
		s.expose(in, c.outputs(s, c.cells[s.head[in]].goal))
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
		s.state &^= offers
	}
	c.load.Entered++
	if from == &a.fifo {
		c.wait(tile, local, &w)
		if s.state&waited != 0 {
			s.state &^= waited
			c.calls++
			c.push(c.now+1, event{what: room, actor: tile})
		}
	}
	if c.timing.DropWhenFull && !c.has(tile, s, local) {
		c.lose(tile, &w)
		return
	}
	cycle := c.now + c.local + c.timing.Pipeline
	at := s.next[local]
	c.cells[at] = packetAt(cycle, w.id, w.goal, w.class())
	s.next[local] = after(at, s.outShift[local])
	c.plan(cycle, tile, 1<<local)
}
