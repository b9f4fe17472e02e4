package router

import "math/bits"

// The short way through a router in which no packet waits for the same output: most steps
// of a mesh that is not full.

// passAll moves on the packets that arrive in the present cycle, where nothing is in their way.
// Routers in which packets remain are to step.
func (c *Clocked) passAll(p *page) {
	stations, claims := c.stations, p.claims
	plain := c.grid && !c.gapped
	for _, m := range p.moving {
		if claims[m.tile]&clash == 0 {
			claims[m.tile] = 0
			s := &stations[m.tile]
			out := uint8(bits.TrailingZeros32(uint32(m.way)))
			passes := s.left&(lanes|wired) == wired || s.left&wired != 0 && s.lets(m.way)
			switch {
			case !passes:
			case out == local:
				c.deliver(m)
				c.copies--
				c.passed(s, m, local)
				continue
			case !plain || m.way&tree != 0:
				if c.pass(s, m, out) {
					continue
				}
			case s.credits[out] > 1 || c.may(s, out):
				s.credits[out]--
				c.count(m.tile, s, out)
				goal := m.goal - strides[out&portMask]
				way := m.way&kept | way(out^1)<<wayIn | towards(goal)
				c.page(s.class(out)).add(moving{m.tile + c.offsets[out&portMask], m.id, goal, way})
				c.passed(s, m, out)
				continue
			}
		}
		c.hold(m)
		p.steps.add(m.tile)
	}
	p.moving = p.moving[:0]
}

// passed gives back the place of a packet that left by an output.
func (c *Clocked) passed(s *station, m moving, out uint8) {
	in := m.way.in()
	s.turn[out] = in + 1
	c.refund(m.tile, s, in)
}

// page is where packets arrive that cross a link of a class in the present cycle.
func (c *Clocked) page(class uint8) *page {
	p := c.pages[class]
	if p == nil {
		p = c.calendar.on(c.now + c.wires[class])
		c.pages[class] = p
	}
	return p
}

// pass moves on a packet whose first output is given, or reports that one has no credit.
func (c *Clocked) pass(s *station, m moving, first uint8) bool {
	outs := m.way.outs()
	if outs&(outs-1) == 0 { // a link
		if !c.may(s, first) {
			return false
		}
		c.cross(s, m, first)
		c.passed(s, m, first)
		return true
	}
	for rest := outs &^ Local; rest != 0; rest &= rest - 1 {
		if !c.may(s, uint8(rest.first())) {
			return false
		}
	}
	for rest := outs &^ Local; rest != 0; rest &= rest - 1 {
		out := uint8(rest.first())
		c.copies++
		c.cross(s, m, out)
		s.turn[out] = m.way.in() + 1
	}
	if outs.Has(Local) {
		c.deliver(m)
		s.turn[local] = m.way.in() + 1
	}
	c.copies--
	c.passed(s, m, first)
	return true
}

// cross puts a packet on the link of an output that has a credit. When it arrives it is past the
// wire and the next router's pipeline.
func (c *Clocked) cross(s *station, m moving, out uint8) {
	c.count(m.tile, s, out)
	c.spend(m.tile, s, out)
	if class := s.class(out); c.soon {
		c.page(class).add(c.behind(m, out))
	} else {
		c.send(c.now+c.wires[class], c.behind(m, out))
	}
}

// deliver has a packet reach the core of the router it is in.
func (c *Clocked) deliver(m moving) {
	c.load.Arrived++
	if !c.quick {
		c.client.Arrive(c.now+c.local, Core(m.tile), m.id)
		return
	}
	c.arrivals.add(m.tile)
	c.arrived[m.tile] = m.id
}
