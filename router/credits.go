package router

import "slices"

// An input buffer of InputBuffer places gives its sender as many credits. One is spent when a
// packet is sent, and comes back over the wire when that leaves its place. Those on their way
// lie by the cycle in which they are back, and are brought back when time has got there. Time
// stops only for those that a router waits for.

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

// apply brings back a credit in the present cycle, in which a router steps that waits for it.
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

// comeFar brings back a credit that the agenda had.
func (c *Clocked) comeFar(k credit) {
	if k&opens == 0 {
		cycles := c.returning.far[k]
		at := slices.Index(cycles, c.now)
		c.returning.far[k] = slices.Delete(cycles, at, at+1)
	}
	c.apply(k)
}

// free reports whether an output, or the core's way in, may send in this cycle. If not,
// the router steps again when it may.
func (c *Clocked) free(s *station, out uint8) bool {
	if s.credits[out] > 0 {
		return true
	}
	if s.left>>(awaits+out)&1 == 0 {
		s.left |= 1 << (awaits + out)
		c.returning.awaited++
	}
	return false
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
