package chip

import "adder/router"

// flight is a packet on its way, with the destinations of its spike that it goes to, where
// that counts and the cycle in which it was ready.
type flight struct {
	router.Packet
	route  router.Route
	dests  []router.Dest
	counts *Counts
	sent   int64
}

// inject sends the host's spikes of tick t into the mesh; their packets reach cores before it
// begins.
func (e *Cycle) inject(s *Sample, t int32) {
	img := e.run.chip.image
	port := &img.Routes.Ports[img.Input.Port]
	at := e.run.chip.topology.CoreAt(port.At)
	counts := e.run.tally.at(accountHost, t)
	for _, i := range e.run.take(t, s.Spikes) {
		var tree router.Route
		if !img.Routes.Unicast {
			tree = e.plan.inputs[i]
		}
		first := len(e.flights)
		e.launch(router.Packet{Source: router.HostPort(int(img.Input.Port)), Neuron: i, Tick: t},
			counts, tree, port.Of(int(i)))
		for id := first; id < len(e.flights); id++ {
			e.flights[id].sent = e.release
			e.mesh.OfferHost(at, int32(id), e.flights[id].route)
		}
	}
}

// launch makes the packets of a spike: one that follows a tree, or one per
// destination core.
func (e *Cycle) launch(p router.Packet, counts *Counts, tree router.Route, dests []router.Dest) {
	if len(dests) == 0 {
		return
	}
	if !e.run.chip.image.Routes.Unicast {
		e.fly(p, tree, dests, counts)
		return
	}
	for len(dests) > 0 {
		p.To = dests[0]
		at := destsAt(dests, p.To.Core)
		e.fly(p, e.plan.routeOf(p.Source, p.To.Core), at, counts)
		dests = dests[len(at):]
	}
}

// fly makes a packet, field by field: one that is built and copied takes three times as long.
func (e *Cycle) fly(p router.Packet, route router.Route, dests []router.Dest, counts *Counts) {
	n := len(e.flights)
	if n < cap(e.flights) {
		e.flights = e.flights[:n+1]
	} else {
		e.flights = append(e.flights, flight{})
	}
	f := &e.flights[n]
	f.Source, f.Neuron, f.To, f.Tick = p.Source, p.Neuron, p.To, p.Tick
	f.route, f.dests, f.counts, f.sent = route, dests, counts, 0
}

// Wake implements router.Client: a core has formed a packet.
func (e *Cycle) Wake(cycle int64, i int32) { e.emit(cycle, int(i)) }

// Room implements router.Client: a core that waited may continue.
func (e *Cycle) Room(cycle int64, at router.Core) {
	i := int(e.run.chip.coreAt[at])
	e.resume(cycle, i)
	e.emit(cycle, i)
}

// Arrive implements router.Client: the axon entries of a packet at a core take
// their spike, at once or into the delay ring.
func (e *Cycle) Arrive(cycle int64, at router.Core, id int32) {
	i := int(e.run.chip.coreAt[at])
	e.wake(i)
	if e.faulty {
		e.arriveBroken(cycle, at, id)
		return
	}
	p, c, delays := &e.flights[id], &e.cores[i], e.plan.delays[i]
	e.last = max(e.last, cycle)
	for _, d := range destsAt(p.dests, at) {
		if delays {
			e.receive(i, d.Axon, cycle)
			continue
		}
		c.receive(d.Axon, cycle)
	}
	if e.tracer != nil {
		e.traceMessage(p, at, cycle)
	}
}

// receive has core i take a packet at an axon entry, which may hold it.
func (e *Cycle) receive(i int, axon int32, cycle int64) {
	delay := e.run.cores[i].AxonDelay(axon)
	if delay == 0 {
		e.cores[i].receive(axon, cycle)
		return
	}
	e.run.schedule.Add(e.tick+1+delay, router.Core(i), axon)
	e.cores[i].delay(cycle, e.plan.delay)
}

// destsAt is the part of sorted destinations at one core, where some are.
func destsAt(dests []router.Dest, at router.Core) []router.Dest {
	if len(dests) == 1 {
		return dests
	}
	low, high := 0, len(dests)
	for low < high {
		if mid := int(uint(low+high) >> 1); dests[mid].Core < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for high = low; high < len(dests) && dests[high].Core == at; {
		high++
	}
	return dests[low:high]
}

// Lost implements router.Client: the chip drops a packet, which was on its way
// until then. The links that it no longer crosses do not count.
func (e *Cycle) Lost(cycle int64, at router.Core, id int32, rest router.Route) {
	e.last = max(e.last, cycle)
	counts := e.flights[id].counts
	counts.Dropped++
	counts.Traffic.Hops.Sub(e.mesh.HopsBelow(at, rest))
}
