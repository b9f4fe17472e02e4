package chip

import (
	"errors"
	"fmt"

	"adder/router"
)

// Between two steps of the cycle engine the neurons of a tick have been updated and no
// time has passed since: the mesh is empty, and the packets of the tick wait in their
// cores. Which they are follows from the neurons that fired.

// errTraced refuses states of traced runs: a trace cannot be resumed.
var errTraced = errors.New("a run with a tracer has no saved state: step without one")

// Save implements Stepper.
func (e *Cycle) Save() ([]byte, error) {
	if e.tracer != nil {
		return nil, errTraced
	}
	s, err := e.run.save(true)
	if err != nil {
		return nil, err
	}
	s.Clock = clockState{Release: e.release, Mesh: e.mesh.State(), Cycles: *e.cycles}
	for i := range e.cores {
		c := &e.cores[i]
		k := coreClock{Start: c.start, End: c.end, Length: c.length, Stalls: c.stalls}
		if len(c.packets) > 0 {
			k.Fired = c.fired
		}
		for _, p := range c.packets {
			k.After = append(k.After, p.after)
		}
		s.Clock.Cores = append(s.Clock.Cores, k)
	}
	return s.pack()
}

// Restore implements Stepper.
func (e *Cycle) Restore(data []byte) error {
	if e.tracer != nil {
		return errTraced
	}
	s, err := e.run.admit(data, true)
	if err != nil {
		return err
	}
	err = e.checkClock(s)
	if err == nil {
		err = e.run.restore(s)
	}
	if err == nil {
		err = e.restoreClock(s)
	}
	if err != nil {
		e.run.spent = fmt.Errorf("the saved state is not of %s: %w", e.run.chip.image.Model, err)
	}
	return err
}

// checkClock refuses times that no engine of this chip has.
func (e *Cycle) checkClock(s *state) error {
	k := &s.Clock
	n, byTick := len(e.cores), 0
	if s.Run.ByTick {
		byTick = int(s.Run.Tick) * n
	}
	if len(k.Cores) != n || len(k.Cycles.Busy) != n || len(k.Cycles.Last) != n ||
		len(k.Cycles.BusyByTick) != byTick || len(k.Cycles.ByTick) != max(int(s.Run.Tick)-1, 0) {
		return fmt.Errorf("it has times of %d cores and %d ticks", len(k.Cores),
			len(k.Cycles.ByTick))
	}
	if k.Release != k.Mesh.Now {
		return fmt.Errorf("its tick began in cycle %d, and its mesh is at %d", k.Release,
			k.Mesh.Now)
	}
	for i := range k.Mesh.Routers {
		r := &k.Mesh.Routers[i]
		coreless := uint(r.Tile) >= uint(len(e.run.chip.coreAt)) || e.run.chip.coreAt[r.Tile] < 0
		if coreless && r.Entry() != 0 {
			return fmt.Errorf("packets waited to leave the core at tile %d, which has none", r.Tile)
		}
	}
	for i := range k.Cores {
		c := &k.Cores[i]
		last := int32(-1)
		for _, n := range c.Fired {
			if n <= last || int(n) >= e.run.cores[i].Neurons() {
				return fmt.Errorf("neuron %d fired behind %d", n, last)
			}
			last = n
		}
		before := int64(0)
		for _, after := range c.After {
			if after < before || after > c.Length {
				return fmt.Errorf("a packet is ready %d cycles after the update of a core began",
					after)
			}
			before = after
		}
		if s.Run.Tick > 0 && c.Start < k.Release || c.Start > c.Start+c.Length {
			return fmt.Errorf("the update of a core begins in cycle %d and takes %d", c.Start,
				c.Length)
		}
	}
	return nil
}

// restoreClock sets the clock to a state that was checked.
func (e *Cycle) restoreClock(s *state) error {
	k := &s.Clock
	e.makeMesh()
	e.flights = e.flights[:0]
	e.resetClock()
	if s.Run.Links {
		copy(e.run.out.Links.Packets, s.Packets)
	}
	if err := e.mesh.SetState(&k.Mesh); err != nil {
		return err
	}
	e.tick, e.release = s.Run.Tick-1, k.Release
	cycles := k.Cycles
	e.cycles = &cycles
	for i := range e.cores {
		if err := e.restoreCore(i, &k.Cores[i]); err != nil {
			return err
		}
	}
	return nil
}

// restoreCore sets the time of core i to a state, and schedules its waiting packets.
func (e *Cycle) restoreCore(i int, k *coreClock) error {
	c, img := &e.cores[i], e.run.chip.image
	c.start, c.end, c.length, c.stalls, c.since = k.Start, k.End, k.Length, k.Stalls, k.Start
	c.next, c.shift, c.told = 0, 0, 0
	c.packets = c.packets[:0]
	if c.watch != nil {
		c.watch.Look()
	}
	tile := img.Cores[i].Tile
	first := len(e.flights)
	for _, n := range k.Fired {
		p := router.Packet{Source: tile, Neuron: n, Tick: e.tick}
		e.launch(p, e.run.cell(i, e.tick, n), e.plan.treeOf(i, n),
			img.Routes.Neurons[tile].Of(int(n)))
	}
	if made := len(e.flights) - first; made != len(k.After) {
		return fmt.Errorf("core at tile %d: %d packets wait, and its neurons that fired send %d",
			tile, len(k.After), made)
	}
	for j, after := range k.After {
		c.packets = append(c.packets, packetOut{after: after, id: int32(first + j)})
	}
	c.fired = append(c.fired[:0], k.Fired...)
	if len(c.packets) > 0 {
		e.mesh.Wake(c.start+c.packets[0].after, int32(i))
	}
	return nil
}
