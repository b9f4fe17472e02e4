package chip

import (
	"math/bits"

	"adder/router"
	"adder/spike"
)

// straight is a port that wires a row of inputs to a row of axon entries: input
// i to entry first + i of one core, without delay and each at the same cost.
// What the host sends then needs no schedule.
type straight struct {
	core        int // -1 for a port that is not straight
	first, size int32
	cost        router.Cost
}

// port returns the routes of the host's spikes and what they cost.
func (c *Chip) port() (*router.Routes, []router.Cost) {
	port := c.image.Input.Port
	return &c.image.Routes.Ports[port].Routes, c.costs.Ports[port]
}

// straighten reports how the port is wired that the host's spikes take.
func (f *Fast) straighten() straight {
	not := straight{core: -1}
	if f.chip.image.Host != nil {
		return not
	}
	routes, costs := f.chip.port()
	if routes.Sources() == 0 || len(routes.Dests) != routes.Sources() {
		return not
	}
	first := routes.Dests[0]
	at := int(f.chip.slot[first.Core])
	for i, d := range routes.Dests {
		wired := routes.Start[i] == int32(i) && d.Core == first.Core && d.Axon == first.Axon+int32(i) && costs[i] == costs[0]
		if !wired || f.cores[at].AxonDelay(d.Axon) != 0 || f.tally.leads != nil && f.tally.leads[at][d.Axon] != 0 {
			return not
		}
	}
	return straight{core: at, first: first.Axon, size: int32(len(routes.Dests)), cost: costs[0]}
}

// inject sends the host's spikes of tick t down their routes.
func (f *Fast) inject(t int32, train *spike.Train) {
	routes, _ := f.chip.port()
	for _, i := range f.take(t, train) {
		f.send(t, routes.Of(int(i)))
		if f.trails != nil {
			f.out.Links.cross(&f.trails.port, i, 1)
		}
	}
}

// injectStraight delivers the host's spikes of tick t by a port that is
// straight, and counts them.
func (f *Fast) injectStraight(t int32, train *spike.Train) {
	words := train.Row(f.row(t))
	if f.opts.ByTick {
		f.tally.hear(f.straight.core, f.cores[f.straight.core], t)
	}
	f.cores[f.straight.core].DeliverSet(f.straight.first, f.straight.size, words)
	spikes := int64(0)
	for _, word := range words {
		spikes += int64(bits.OnesCount64(word))
	}
	counts, cost := f.tally.at(accountHost, t), &f.straight.cost
	counts.InputSpikes += spikes
	if f.trails != nil {
		f.out.Links.cross(&f.trails.port, 0, spikes) // the way of all of them
	}
	counts.Traffic.Packets += spikes * int64(cost.Packets)
	for c, links := range cost.Hops {
		counts.Traffic.Hops[c] += spikes * int64(links)
	}
}
