package chip

import "adder/router"

// flight is a packet on its way, with where its spike counts and the cycle in
// which it was ready.
type flight struct {
	router.Packet
	counts *Counts
	route  router.Route
	sent   int64
}

// inject hands the mesh the host's spikes of tick t, which their packets reach
// cores for before it begins.
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
		e.flights = append(e.flights, flight{Packet: p, counts: counts, route: tree})
		return
	}
	for k, d := range dests {
		if k == 0 || d.Core != dests[k-1].Core {
			p.To = d
			e.flights = append(e.flights,
				flight{Packet: p, counts: counts, route: e.plan.routeOf(p.Source, d.Core)})
		}
	}
}

// Wake implements router.Client: a core has formed a packet.
func (e *Cycle) Wake(cycle int64, i int32) { e.emit(cycle, int(i)) }

// Room implements router.Client: a core that waited may go on.
func (e *Cycle) Room(cycle int64, at router.Core) {
	i := int(e.run.chip.coreAt[at])
	e.resume(cycle, i)
	e.emit(cycle, i)
}

// Arrive implements router.Client: the axon entries of a packet at a core take
// their spike, at once or into the delay ring.
func (e *Cycle) Arrive(cycle int64, at router.Core, id int32) {
	e.wake(int(e.run.chip.coreAt[at]))
	if e.faulty {
		e.arriveBroken(cycle, at, id)
		return
	}
	p := &e.flights[id]
	e.last = max(e.last, cycle)
	i := int(e.run.chip.coreAt[at])
	base := e.tick + 1
	for _, d := range destsAt(e.routesOf(p), at) {
		if delay := e.run.cores[i].AxonDelay(d.Axon); delay > 0 {
			e.run.schedule.Add(base+delay, router.Core(i), d.Axon)
			e.cores[i].delay(cycle, e.plan.delay)
			continue
		}
		e.cores[i].receive(d.Axon, cycle)
	}
	if e.tracer != nil {
		e.traceMessage(p, at, cycle)
	}
}

// routesOf lists the destinations of a packet's spike.
func (e *Cycle) routesOf(p *flight) []router.Dest {
	table := &e.run.chip.image.Routes
	if port, ok := p.FromHost(); ok {
		return table.Ports[port].Of(int(p.Neuron))
	}
	return table.Neurons[p.Source].Of(int(p.Neuron))
}

// destsAt is the part of sorted destinations at one core.
func destsAt(dests []router.Dest, at router.Core) []router.Dest {
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
