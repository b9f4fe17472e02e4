package chip

import (
	"context"

	"adder/fault"
	"adder/router"
)

// A broken chip differs from a whole one in its neurons, which cores emulate, and in its packets,
// as follows. What becomes of a packet at a core is drawn when it arrives there, as if the core's
// ingress were at fault: the links that it crossed are counted, the same in both engines. Packets
// of such a chip have to be looked at one by one, tick by tick.

// dead reports whether core i is dead: it has no updates, and no packet reaches it.
func (r *run) dead(i int) bool { return r.chip.broken.IsDead(i) }

// fate is the number of deliveries of a packet to the core of the tile that it has reached, and
// their delay in ticks. It counts what befalls it.
func (r *run) fate(p *router.Packet, at router.Core, counts *Counts) (copies, late int32) {
	b := r.chip.broken
	if r.dead(int(r.chip.coreAt[at])) {
		counts.DroppedByFault++
		return 0, 0
	}
	if !b.Packets.Any() {
		return 1, 0
	}
	switch b.Packets.Of(r.out.Number, p, at) {
	case fault.Drops:
		counts.DroppedByFault++
		return 0, 0
	case fault.Delays:
		counts.DelayedByFault++
		return 1, b.Packets.LateBy()
	case fault.Duplicates:
		counts.DuplicatedByFault++
		return 2, 0
	}
	return 1, 0
}

// sendPackets is send for a chip whose packets have fates: those of a spike, of which one
// goes to each core.
func (f *Fast) sendPackets(p router.Packet, from int32, dests []router.Dest, counts *Counts) {
	for len(dests) > 0 {
		n, to := 1, dests[0].Core
		for n < len(dests) && dests[n].Core == to {
			n++
		}
		copies, late := f.fate(&p, to, counts)
		for range copies {
			f.send(from+late, dests[:n])
		}
		dests = dests[n:]
	}
}

// runPackets runs a sample tick by tick.
func (f *Fast) runPackets(ctx context.Context, s *Sample) (*Outcome, error) {
	f.beginLinks()
	for t := range f.end() {
		if err := ctx.Err(); err != nil {
			return nil, f.interrupt(s, err)
		}
		f.advance(t, s)
	}
	f.endSample()
	return f.finish(), nil
}

// arriveBroken is Arrive for a chip whose packets have fates. What comes late is held like
// what an axon entry delays.
func (e *Cycle) arriveBroken(cycle int64, at router.Core, id int32) {
	p := &e.flights[id]
	e.last = max(e.last, cycle)
	i, base := e.run.chip.coreAt[at], e.tick+1
	copies, late := e.run.fate(&p.Packet, at, p.counts)
	for range copies {
		for _, d := range destsAt(p.dests, at) {
			if delay := e.run.cores[i].AxonDelay(d.Axon) + late; delay > 0 {
				e.run.schedule.Add(base+delay, router.Core(i), d.Axon)
				e.cores[i].delay(cycle, e.plan.delay)
				continue
			}
			e.cores[i].receive(d.Axon, cycle)
		}
	}
	if e.tracer != nil {
		e.traceMessage(p, at, cycle)
	}
}
