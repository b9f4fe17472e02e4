package router

import "math/bits"

// goTo makes a cycle the present one.
func (c *Clocked) goTo(cycle int64) { c.now, c.due = cycle, (cycle+1)<<stampBits }

// Start moves the present of an empty mesh to a cycle, which is not past. The
// credits that are due until then return.
func (c *Clocked) Start(cycle int64) {
	for c.advance(cycle - 1) {
	}
	c.goTo(cycle)
}

// Run lets time pass until all packets have arrived and the client waits for no
// call, or until something has happened in so many cycles: it then reports that there
// is more. Credits may still be on their way.
func (c *Clocked) Run(cycles int) (more bool) {
	for c.copies > 0 || c.calls > 0 {
		if cycles--; cycles < 0 {
			return true
		}
		if !c.advance(never) {
			break
		}
	}
	if invariants {
		assert(c.copies == 0 && c.calls == 0, "packets stay in the mesh: deadlock, or some were "+
			"made or lost")
	}
	return false
}

// advance goes to the next cycle in which something happens, up to a last one,
// and reports whether there was one.
func (c *Clocked) advance(until int64) bool {
	stepping := false
	if ahead, ok := c.calendar.ahead(c.now); ok && c.now+ahead <= until {
		until, stepping = c.now+ahead, true
	}
	now, ok := c.agenda.next(until)
	if !ok && !stepping {
		return false
	}
	c.goTo(until)
	if ok {
		c.goTo(now)
		for e, some := c.agenda.pop(); some; e, some = c.agenda.pop() {
			c.handle(e)
		}
	}
	if p := c.calendar.take(c.now); p != nil {
		c.stepAll(p)
		c.calendar.giveBack(p)
	}
	return true
}

// stepAll has the routers of a page step and empties it.
func (c *Clocked) stepAll(p *page) {
	n := 0
	for i, words := range p.words {
		p.words[i] = 0
		for ; words != 0; words &= words - 1 {
			w := i<<6 + bits.TrailingZeros64(words)
			lanes := p.lanes[w]
			p.lanes[w] = 0
			for lanes != 0 {
				k := bits.TrailingZeros64(lanes) & 0x38
				c.steps[n&stepMask] = planned{int32(w<<3 + k>>3), marks(lanes >> k)}
				if n++; n == stepAhead {
					c.stepSome(n)
					n = 0
				}
				lanes &^= 0xff << k
			}
		}
	}
	c.stepSome(n)
}

// planned is a step of a router.
type planned struct {
	tile int32
	marks
}

const (
	// stepAhead is the number of steps that memory is asked for side by side.
	stepAhead = 64
	stepMask  = stepAhead - 1
)

// stepSome does the first n of c.steps. On a large mesh the routers of a cycle lie far
// apart, and a step waits for its own, for the packet there and for the place that this
// goes to. Steps read nothing of each other in a cycle, so all are fetched before.
func (c *Clocked) stepSome(n int) {
	steps := c.steps[:n]
	if c.large {
		c.fetch(steps)
	}
	for _, k := range steps {
		c.step(k.tile, k.marks)
	}
}

// fetch reads what steps need, level by level.
func (c *Clocked) fetch(steps []planned) {
	var read uint32
	for _, k := range steps {
		s := &c.stations[k.tile]
		read += uint32(s.left) + uint32(s.out[South].load)
	}
	var ahead [stepAhead]uint32
	for i, k := range steps {
		s := &c.stations[k.tile]
		ins := uint8(k.marks&arrivals | 1<<local)
		ahead[i] = s.in[bits.TrailingZeros8(ins)].head
		read += uint32(c.cells[ahead[i]].stamp)
		if ins &= ins - 1; ins != 0 {
			read += uint32(c.cells[s.in[bits.TrailingZeros8(ins)].head].stamp)
		}
	}
	for i, k := range steps {
		p, s := &c.cells[ahead[i]], &c.stations[k.tile]
		if p.stamp < taken || s.left&wired == 0 {
			continue
		}
		out := bits.TrailingZeros8(uint8(c.outputs(s, p.goal) | Local))
		read += uint32(c.cells[s.out[out].next].stamp)
	}
	c.read = read
}

// handle does what an event says.
func (c *Clocked) handle(e event) {
	switch e.what {
	case step:
		c.calendar.mark(c.now, e.actor, e.marks)
	case room:
		c.calls--
		c.client.Room(c.now, Core(e.actor))
	case wake:
		c.calls--
		c.client.Wake(c.now, e.actor)
	}
}

// plan has a router step in a coming cycle.
func (c *Clocked) plan(cycle int64, tile int32, m marks) {
	if cycle-c.now < c.near {
		c.calendar.mark(cycle, tile, m)
		return
	}
	c.push(cycle, event{what: step, marks: m, actor: tile})
}

// push puts an event in the agenda.
func (c *Clocked) push(cycle int64, e event) {
	if invariants {
		assert(cycle >= c.now, "an event lies in the past")
	}
	c.agenda.push(cycle, e)
}
