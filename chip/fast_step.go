package chip

import "adder/router"

// A sample that is stepped uses the schedule, tick by tick and core by core: the host may read the
// chip and save it after every tick.

// beginLinks makes the outcome's record of links, where it is asked for.
func (f *Fast) beginLinks() {
	if f.trails != nil {
		f.out.Links = f.chip.newLinks(false)
	}
}

// advance runs tick t.
func (f *Fast) advance(t int32, s *Sample) {
	f.deliver(t, s)
	for i := range f.cores {
		f.tick(i, t)
	}
	f.record(t)
}

// deliver delivers what is due in tick t, the host's spikes of the tick included.
func (f *Fast) deliver(t int32, s *Sample) {
	if f.sends(t) {
		routes, _ := f.chip.port()
		for _, i := range f.take(t, s.Spikes) {
			f.leaveFor(router.Packet{Source: router.HostPort(int(f.chip.image.Input.Port)),
				Neuron: i, Tick: t}, t, routes.Of(int(i)), f.tally.at(accountHost, t))
			if f.trails != nil {
				f.out.Links.cross(&f.trails.port, i, 1)
			}
		}
	}
	for {
		at, axons, ok := f.schedule.Pop(t)
		if !ok {
			return
		}
		f.receive(t, int(at), axons)
	}
}

// send schedules a spike at every destination; from is the tick in which it is due
// without axonal delay.
func (f *Fast) send(from int32, dests []router.Dest) {
	for _, d := range dests {
		at := f.chip.coreAt[d.Core]
		f.schedule.Add(from+f.cores[at].AxonDelay(d.Axon), router.Core(at), d.Axon)
	}
}

// leaveFor sends a spike to its destinations, where it is due from tick from on.
func (f *Fast) leaveFor(p router.Packet, from int32, dests []router.Dest, counts *Counts) {
	if f.chip.broken.ByPacket() {
		f.sendPackets(p, from, dests, counts)
		return
	}
	f.send(from, dests)
}

// tick advances core i and sends the spikes that leave it.
func (f *Fast) tick(i int, t int32) {
	if f.dead(i) {
		return
	}
	tile := f.chip.image.Cores[i].Tile
	routes := &f.chip.image.Routes.Neurons[tile]
	f.tally.update(i, f.cores[i], t)
	f.fired = f.cores[i].Tick(t, f.ticks, f.fired[:0])
	f.leaveAll(i, t, f.fired)
	for _, n := range f.fired {
		if f.trails != nil {
			f.out.Links.cross(&f.trails.cores[i], n, 1)
		}
		f.leaveFor(router.Packet{Source: tile, Neuron: n, Tick: t}, t+1, routes.Of(int(n)),
			f.cell(i, t, n))
	}
}
