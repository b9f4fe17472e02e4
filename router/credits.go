package router

import "slices"

// An input buffer of InputBuffer places gives its sender as many credits. One is spent when a
// packet is sent, and comes back over the wire when that leaves its place. Those on their way
// lie by the cycle in which they are back, and are brought back when time has got there. Time
// stops only for those that a router waits for. One that is back in the next cycle is brought
// back at once: its station notes that it is not to be spent in this one.

// credit is one of an output: its tile, above creditShift bits of the output and opens.
type credit uint32

const (
	creditShift = 4
	// opens: no credit, but a link that was closed takes the next packet.
	opens credit = 1 << 3
	// closed is how many credits less an output has while its link is closed.
	closed = 1 << 30
)

func creditOf(tile int32, out uint8) credit { return credit(tile)<<creditShift | credit(out) }

// dueCredits are the credits of a cycle.
type dueCredits struct{ credits []credit }

// returning are the credits that are on their way, by cycle.
type returning struct {
	batches [days]*dueCredits // nil where none is back
	spare   []*dueCredits
	used    dayset
	// settled is the last cycle whose credits are back.
	settled int64
	// awaited are the outputs that wait for one.
	awaited int
	// far are the cycles of credits that the agenda has, by output, where wires are long.
	far map[credit][]int64
}

// on are those of a cycle that is fewer than days ahead.
func (r *returning) on(cycle int64) *dueCredits {
	day := cycle & dayMask
	if r.batches[day] == nil {
		r.used.add(day)
		if last := len(r.spare) - 1; last >= 0 {
			r.batches[day], r.spare = r.spare[last], r.spare[:last]
		} else {
			r.batches[day] = &dueCredits{}
		}
	}
	return r.batches[day]
}

// next is the first cycle that is not settled in which a credit is back.
func (r *returning) next() (cycle int64, ok bool) {
	ahead, ok := r.used.ahead((r.settled + 1) & dayMask)
	return r.settled + 1 + ahead, ok
}

// giveBack sends a credit back to an output, there in a coming cycle.
func (c *Clocked) giveBack(cycle int64, k credit) {
	if cycle-c.now < c.near {
		b := c.returning.on(cycle)
		b.credits = append(b.credits, k)
		return
	}
	if k&opens == 0 {
		if c.returning.far == nil {
			c.returning.far = map[credit][]int64{}
		}
		c.returning.far[k] = append(c.returning.far[k], cycle)
	}
	c.push(cycle, event{what: back, actor: int32(k)})
}

// refund sends back the credit for a place of an input, over the wire that leads there.
func (c *Clocked) refund(tile int32, s *station, in uint8) {
	sender, out, class := c.end(tile, in), opposites[in&portMask], s.backClass(in)
	if c.returns[class] == 1 {
		c.refresh(sender, out)
		return
	}
	k := creditOf(sender, out)
	if !c.soon {
		c.giveBack(c.now+c.returns[class], k)
		return
	}
	b := c.back[class]
	if b == nil {
		b = c.returning.on(c.now + c.returns[class])
		c.back[class] = b
	}
	b.credits = append(b.credits, k)
}

// refresh brings a credit of an output back in the next cycle, which no list is needed for.
func (c *Clocked) refresh(tile int32, out uint8) {
	s := &c.stations[tile]
	same := Ports(((s.freshAt ^ c.now) - 1) >> 63) // all ones, or none: nothing predicts which
	s.freshAt, s.fresh = c.now, s.fresh&same|1<<(out&portMask)
	s.credits[out]++
	if s.left>>(awaits+out)&1 != 0 {
		s.left &^= 1 << (awaits + out)
		c.returning.awaited--
		c.plan(c.now+1, tile)
	}
}

// settle brings back the credits that are due up to the present cycle.
func (c *Clocked) settle() {
	r := &c.returning
	for {
		cycle, ok := r.next()
		if !ok || cycle > c.now {
			break
		}
		r.settled = cycle
		day := cycle & dayMask
		b := r.batches[day]
		r.batches[day] = nil
		r.used.remove(day)
		for _, k := range b.credits {
			c.apply(k)
		}
		b.credits = b.credits[:0]
		r.spare = append(r.spare, b)
	}
	r.settled = c.now
}

// apply returns a credit in the present cycle; a router that waits for it steps.
func (c *Clocked) apply(k credit) {
	s, out := &c.stations[k>>creditShift], uint8(k&7)
	if k&opens == 0 {
		s.credits[out]++
	} else {
		s.credits[out] += closed
	}
	if s.left>>(awaits+out)&1 != 0 {
		s.left &^= 1 << (awaits + out)
		c.returning.awaited--
		c.calendar.mark(c.now, int32(k>>creditShift))
	}
}

// comeFar returns a credit of the agenda.
func (c *Clocked) comeFar(k credit) {
	if k&opens == 0 {
		cycles := c.returning.far[k]
		at := slices.Index(cycles, c.now)
		c.returning.far[k] = slices.Delete(cycles, at, at+1)
	}
	c.apply(k)
}

// may reports whether an output, or the core's way in, may send in this cycle.
func (c *Clocked) may(s *station, out uint8) bool {
	fresh := s.fresh >> (out & portMask) & 1 & Ports(((s.freshAt^c.now)-1)>>63)
	return s.credits[out] > int32(fresh) // with one branch
}

// free is may where packets wait for the output. If it may not, the router steps again when it
// may.
func (c *Clocked) free(tile int32, s *station, out uint8) bool {
	if c.may(s, out) {
		return true
	}
	c.await(tile, s, out)
	return false
}

// await has a router step again when an output may send.
func (c *Clocked) await(tile int32, s *station, out uint8) {
	if s.credits[out] == 1 {
		c.plan(c.now+1, tile)
	} else if s.left>>(awaits+out)&1 == 0 {
		s.left |= 1 << (awaits + out)
		c.returning.awaited++
	}
}

// spend takes a credit of an output for a packet, and closes its link until that takes the
// next one.
func (c *Clocked) spend(tile int32, s *station, out uint8) {
	s.credits[out]--
	if out == local || !c.gapped {
		return
	}
	if gap := c.timing.Gaps[s.class(out)]; gap > 1 {
		s.credits[out] -= closed
		c.giveBack(c.now+gap, creditOf(tile, out)|opens)
	}
}
