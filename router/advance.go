package router

import (
	"cmp"
	"slices"
)

// goTo makes a cycle the present one, and returns the credits that are due until then.
func (c *Clocked) goTo(cycle int64) {
	c.now = cycle
	c.pages, c.back = [room8]*page{}, [room8]*dueCredits{}
	c.settle()
}

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
	if c.returning.awaited > 0 {
		if cycle, ok := c.returning.next(); ok && cycle <= until {
			until, stepping = cycle, true
		}
	}
	now, ok := c.agenda.next(until)
	if !ok && !stepping {
		return false
	}
	if !ok {
		now = until
	}
	c.goTo(now)
	if ok {
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

// stepAll has the packets of a page arrive and routers step, and empties it.
func (c *Clocked) stepAll(p *page) {
	if !c.quick {
		c.stepInOrder(p)
		return
	}
	c.passAll(p)
	p.steps.takeAll(func(tile int32) {
		p.claims[tile] = 0
		c.step(tile)
	})
	c.tell(int32(len(c.stations)))
}

// stepInOrder does it router by router, for somebody who watches.
func (c *Clocked) stepInOrder(p *page) {
	slices.SortFunc(p.moving, func(a, b moving) int {
		if k := cmp.Compare(a.tile, b.tile); k != 0 {
			return k
		}
		return cmp.Compare(a.way.in(), b.way.in())
	})
	for i := range p.moving {
		p.claims[p.moving[i].tile] = 0
		p.steps.add(p.moving[i].tile)
	}
	rest := p.moving
	p.steps.takeAll(func(tile int32) {
		for ; len(rest) > 0 && rest[0].tile == tile; rest = rest[1:] {
			c.hold(rest[0])
		}
		c.step(tile)
	})
	p.moving = p.moving[:0]
}

// tell reports to the client the packets that reach cores in the present cycle, of tiles before
// one.
func (c *Clocked) tell(before int32) {
	c.arrivals.takeBefore(before, func(tile int32) {
		c.client.Arrive(c.now+c.local, Core(tile), c.arrived[tile])
	})
}

// handle does what an event says.
func (c *Clocked) handle(e event) {
	switch e.what {
	case step:
		c.calendar.mark(c.now, e.actor)
	case arrive:
		c.calendar.on(c.now).add(c.far[e.actor])
		c.spare = append(c.spare, e.actor)
	case back:
		c.comeFar(credit(e.actor))
	case room:
		c.calls--
		c.client.Room(c.now, Core(e.actor))
	case wake:
		c.calls--
		c.client.Wake(c.now, e.actor)
	}
}

// plan has a router step in a coming cycle.
func (c *Clocked) plan(cycle int64, tile int32) {
	if cycle-c.now < c.near {
		c.calendar.mark(cycle, tile)
		return
	}
	c.push(cycle, event{what: step, actor: tile})
}

// send has a packet arrive at its next router in a coming cycle.
func (c *Clocked) send(cycle int64, m moving) {
	if cycle-c.now < c.near {
		c.calendar.on(cycle).add(m)
		return
	}
	slot := int32(len(c.far))
	if last := len(c.spare) - 1; last >= 0 {
		slot, c.spare = c.spare[last], c.spare[:last]
		c.far[slot] = m
	} else {
		c.far = append(c.far, m)
	}
	c.push(cycle, event{what: arrive, actor: slot})
}

// push puts an event in the agenda.
func (c *Clocked) push(cycle int64, e event) {
	if invariants {
		assert(cycle >= c.now, "an event lies in the past")
	}
	c.agenda.push(cycle, e)
}
