package router

import (
	"cmp"
	"fmt"
	"slices"
)

// Due are spikes on axon entries of a core that are due in a tick.
type Due struct {
	Tick  int32
	Core  Core
	Axons []int32
}

// Pending returns a copy of all that is scheduled, by tick and then by core, the
// spikes of a batch in the order they were added in. Added in this order to an empty
// schedule, it comes out the same.
func (s *Schedule) Pending() []Due {
	var out []Due
	for c := range s.heads {
		for _, at := range s.heads[c] {
			for ; at != none; at = s.batches[at].next {
				b := &s.batches[at]
				out = append(out,
					Due{Tick: b.due, Core: Core(c), Axons: append([]int32(nil), b.axons...)})
			}
		}
	}
	slices.SortFunc(out, func(a, b Due) int {
		if c := cmp.Compare(a.Tick, b.Tick); c != 0 {
			return c
		}
		return cmp.Compare(a.Core, b.Core)
	})
	return out
}

// ClockedState is the state of an empty mesh between two ticks: its cycle and counts, and of each
// router that is not in its initial state the order of its arbiters, where packets waited and the
// credits on the wire. A mesh that is set to it continues with the same cycles.
type ClockedState struct {
	Now  int64
	Load Load
	// Routers come by rising tile.
	Routers []RouterState
}

// RouterState is the part of a ClockedState of one router.
type RouterState struct {
	Tile Core
	// Turn has the input that each output turns to next.
	Turn [ports]uint8
	// Waits are the cycles that packets waited in each input, HostWaits those of
	// the host's.
	Waits     [ports]int64
	HostWaits int64
	// Back are the cycles in which credits of each output are back, rising.
	Back [ports][]int64
}

// Entry is how many cycles packets waited on the way into the mesh from the tile's core.
func (r *RouterState) Entry() int64 { return r.Waits[local] }

// State returns a copy of the state of an empty mesh, as Run and Start leave it,
// before anything is offered to it again.
func (c *Clocked) State() ClockedState {
	out := ClockedState{Now: c.now, Load: c.load}
	back := c.cyclesBack()
	for tile, s := range c.wired() {
		r := RouterState{Tile: Core(tile), Turn: [ports]uint8(s.turn[:ports]),
			Waits: c.aside[tile].waits, HostWaits: c.aside[tile].hostWaits}
		asNew := r.Turn == [ports]uint8{} && r.Waits == [ports]int64{} && r.HostWaits == 0
		for port := range uint8(ports) {
			r.Back[port] = back[creditOf(int32(tile), port)]
			if s.freshAt == c.now && s.fresh.Has(1<<port) {
				r.Back[port] = slices.Insert(r.Back[port], 0, c.now+1)
			}
			asNew = asNew && r.Back[port] == nil
		}
		if !asNew {
			out.Routers = append(out.Routers, r)
		}
	}
	return out
}

// cyclesBack are the cycles in which the credits of each output are back that are on their
// way, rising.
func (c *Clocked) cyclesBack() map[credit][]int64 {
	back := map[credit][]int64{}
	for k, cycles := range c.returning.far {
		for _, cycle := range cycles {
			if cycle > c.now {
				back[k] = append(back[k], cycle)
			}
		}
	}
	for cycle := c.now + 1; cycle < c.now+days; cycle++ {
		b := c.returning.batches[cycle&dayMask]
		if b == nil {
			continue
		}
		for _, k := range b.credits {
			back[k] = append(back[k], cycle)
		}
	}
	for _, cycles := range back {
		slices.Sort(cycles)
	}
	return back
}

// SetState sets a new mesh to a state that one of the same topology and timing had. A state that
// none has is an error, and the mesh is then not to be used.
func (c *Clocked) SetState(s *ClockedState) error {
	if s.Now < 0 || s.Now >= never {
		return fmt.Errorf("mesh at cycle %d", s.Now)
	}
	c.goTo(s.Now)
	c.load, c.used = s.Load, true
	last := Core(-1)
	for i := range s.Routers {
		r := &s.Routers[i]
		if r.Tile <= last || int(r.Tile) >= len(c.coords) {
			return fmt.Errorf(
				"router at tile %d behind that at %d: the mesh has %d tiles, which rise", r.Tile,
				last, len(c.coords))
		}
		last = r.Tile
		if err := c.setRouter(r); err != nil {
			return fmt.Errorf("router at tile %d: %w", r.Tile, err)
		}
	}
	return nil
}

// setRouter sets a router to its part of a state.
func (c *Clocked) setRouter(r *RouterState) error {
	s := c.station(int32(r.Tile))
	copy(s.turn[:], r.Turn[:])
	c.aside[r.Tile].waits, c.aside[r.Tile].hostWaits = r.Waits, r.HostWaits
	for port := range uint8(ports) {
		if r.Turn[port] > ports {
			return fmt.Errorf("output %d turns to input %d of %d", port, r.Turn[port], ports)
		}
		if len(r.Back[port]) > c.timing.InputBuffer {
			return fmt.Errorf("%d credits of output %d on their way: it has %d", len(r.Back[port]),
				port, c.timing.InputBuffer)
		}
		if (len(r.Back[port]) > 0 || r.Waits[port] != 0) && !s.leads(port) {
			return fmt.Errorf("port %d leads nowhere, and has credits on their way or packets "+
				"that waited", port)
		}
		before := c.now
		for _, cycle := range r.Back[port] {
			if cycle < before || cycle >= never {
				return fmt.Errorf("a credit of output %d is back in cycle %d, which is not "+
					"behind %d", port, cycle, before)
			}
			before = cycle
			if cycle > c.now {
				s.credits[port]--
				c.giveBack(cycle, creditOf(int32(r.Tile), port))
			}
		}
	}
	return nil
}
