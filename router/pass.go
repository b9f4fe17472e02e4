package router

import "math/bits"

// The short way through a router in which no packet waits: most steps of a mesh that is not
// full. It does what arrive, sendAll and leave do, in one go.

// towards is the port by which a packet leaves a router of a grid for a tile: along the row
// first, then along the column.
func (s *station) towards(g goal) Ports {
	to, at := int32(^g), s.out[local].end
	x := to&(1<<rowShift-1) - at&(1<<rowShift-1)
	y := to>>rowShift - at>>rowShift
	ways := uint32(-x)>>31 | uint32(x)>>31<<1 | uint32(y)>>31<<2 | uint32(-y)>>31<<3 |
		uint32(Local)
	return Ports(ways & -ways) // the first of them, in the order of the ports
}

// pass moves on the packets that arrive at a router in which none waits, if no two of them
// want the same output. It returns the inputs whose packets stay, as those do that leave by an
// output without credit.
func (c *Clocked) pass(tile int32, s *station, ins uint8) (stay uint8) {
	if ins&(ins-1) != 0 && c.clash(s, ins) {
		return ins
	}
	for ; ins != 0; ins &= ins - 1 {
		in := uint8(bits.TrailingZeros8(ins))
		i := &s.in[in]
		p := &c.cells[i.head]
		to, outs := p.goal, Ports(0)
		if to < 0 && c.grid {
			outs = s.towards(to)
		} else if outs = c.outputs(s, to); outs&(outs-1) != 0 {
			if !c.branch(tile, s, in, outs) {
				stay |= 1 << in
			}
			continue
		} else if to >= 0 {
			to = goal(c.forest.nodes[to].first) // behind the only link
		}
		out := uint8(bits.TrailingZeros8(uint8(outs)))
		o := &s.out[out]
		if out == local {
			c.load.Arrived++
			c.copies--
			c.client.Arrive(c.now+c.local, Core(tile), p.id)
		} else {
			k := &c.cells[o.next]
			if c.slacked {
				k = c.credit(s, out)
			}
			if k.stamp >= c.due {
				stay |= 1 << in
				continue
			}
			c.load.Hops++
			if o.load == 0 {
				c.loaded = append(c.loaded, uint32(tile)<<linkShift|uint32(out))
			}
			o.load++
			class := o.class & classMask
			cycle := c.now + c.wires[class]
			k = &c.cells[o.next]
			k.stamp, k.id, k.goal = cycle<<stampBits|p.stamp&stampClass|taken, p.id, to
			o.next = after(o.next, o.shift)
			if c.gapped && c.timing.Gaps[class] > 1 {
				c.hold(s, out, c.now+c.timing.Gaps[class])
			}
			c.calendar.mark(cycle, o.end, 1<<(out^1))
		}
		o.turn = in + 1
		from := &s.out[in]
		back := c.now + c.returns[from.backClass()]
		if p.stamp&awaited != 0 {
			c.giveBack(tile, from, in, back)
		}
		p.stamp = back << stampBits
		i.head = after(i.head, from.inShift)
	}
	return stay
}

// giveBack has the sender of an input step that waits for its place.
func (c *Clocked) giveBack(tile int32, from *outlet, in uint8, cycle int64) {
	if in != local {
		tile = from.end
	}
	c.plan(cycle, tile, again)
}

// clash reports whether two of the first packets of inputs want the same output.
func (c *Clocked) clash(s *station, ins uint8) bool {
	used := Ports(0)
	for ; ins != 0; ins &= ins - 1 {
		outs := c.outputs(s, c.cells[s.in[bits.TrailingZeros8(ins)].head].goal)
		if outs&used != 0 {
			return true
		}
		used |= outs
	}
	return false
}

// branch moves on the first packet of an input by several outputs, which nothing else wants.
// It reports false, and has done nothing, if one of them has no credit.
func (c *Clocked) branch(tile int32, s *station, in uint8, outs Ports) bool {
	for rest := outs &^ Local; rest != 0; rest &= rest - 1 {
		if c.credit(s, uint8(rest.first())).stamp >= c.due {
			return false
		}
	}
	p := &c.cells[s.in[in].head]
	for rest := outs &^ Local; rest != 0; rest &= rest - 1 {
		out := uint8(rest.first())
		c.copies++
		c.cross(tile, s, p, out)
		s.out[out].turn = in + 1
	}
	if outs.Has(Local) {
		c.load.Arrived++
		s.out[local].turn = in + 1
		c.client.Arrive(c.now+c.local, Core(tile), p.id)
	}
	c.copies--
	c.release(tile, s, p, in)
	return true
}
