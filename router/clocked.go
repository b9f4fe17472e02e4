package router

import (
	"math/bits"
	"slices"
)

// Clocked is a mesh under a clock. Each tile has a router with five ports; an
// input has a buffer, an output sends one packet per cycle to a neighbour that
// has credit for it. A packet that branches leaves by each of its outputs when
// that is free and frees its place when it has left by all of them.
//
// Nothing deadlocks where the links of routes form no cycle, as those of a Mesh do not: a packet
// holds one place and waits for places along its route alone, and cores accept all packets.
//
// A packet that arrives at a router where none is in its way moves on at once; others
// wait there. A router steps in the cycles in which one that waits may move: where it
// comes to the front of an input, a credit that is waited for is back, or it could have
// moved in the cycle before. A calendar holds what is near, an agenda by cycle what is
// later; cycles without anything are skipped. NewClocked makes one. It is not safe for
// concurrent use.
type Clocked struct {
	topology Topology
	timing   Timing
	forest   *Forest
	client   Client
	watcher  Watcher
	agenda   agenda
	coords   []Coord
	corner   Coord // the largest of each
	// stations are the routers by tile, wired when first used, and aside the state that they seldom
	// need. inputs has the packets that wait in them, which are in pool.
	stations []station
	aside    []aside
	inputs   []inputs
	pool     pool
	// used says that something was offered since the last Rewind.
	used bool
	// grid says that tiles are linked, and packets for one core go, as on a Mesh: offsets
	// are the ways to the tiles around, which ends has by tile<<linkShift | dir otherwise.
	grid    bool
	offsets [room8]int32
	ends    []int32
	// gapped says that some link holds its next packet back, soon that all wires are shorter than
	// near, quick that soon holds and there is no watcher.
	gapped, soon, quick bool
	// credits are those of an output at first.
	credits int32
	// wires are the times from a router to the next over a link of a class,
	// the pipeline there included, returns those of a credit over one, and
	// local that between router and core, which is returns of classLocal, too.
	wires, returns [room8]int64
	local          int64
	// columns[x<<side|to] is the first half of the routing tables of the tiles of
	// column x: the port towards column to, Local for x itself; 0 until used. rows
	// is the second half, of those of a row. A grid needs neither.
	columns, rows []Ports
	side          uint8
	// calendar says what happens in cycles fewer than near ahead; the agenda has all that
	// is later, with the packets in far, and what the client waits for.
	calendar calendar
	near     int64
	far      []moving
	spare    []int32 // of far
	// returning are the credits on their way, pages and back the days at which packets
	// and credits are that cross a link of a class in the present cycle, nil until asked
	// for.
	returning returning
	pages     [room8]*page
	back      [room8]*dueCredits
	// arrivals are the tiles of the cores that a packet reaches from its router in the
	// present cycle, arrived which.
	arrivals tileset
	arrived  []int32
	// loaded are the links that were crossed since the last Loads: tile<<linkShift | dir.
	loaded []uint32
	now    int64
	load   Load
	// copies counts packets and copies of them in queues and in the mesh,
	// calls the calls that the client waits for.
	copies, calls int64
}

// NewClocked returns an empty mesh at cycle 0, with valid timing. Packets may
// follow trees of the forest, which may be nil if none does.
func NewClocked(t Topology, timing Timing, forest *Forest, client Client) *Clocked {
	return newClocked(t, timing, forest, client, newRing(), days)
}

// newClocked puts what is near cycles ahead or more in the agenda, of at most days.
func newClocked(t Topology, timing Timing, forest *Forest, client Client, a agenda,
	near int64) *Clocked {
	tiles := t.Tiles()
	c := &Clocked{
		topology: t, timing: timing, forest: forest, client: client, agenda: a,
		calendar: newCalendar(tiles), near: near,
		stations: make([]station, tiles), aside: make([]aside, tiles),
		inputs: make([]inputs, tiles), coords: make([]Coord, tiles),
		arrivals: newTileset(tiles), arrived: make([]int32, tiles),
		local: wire(timing.Local), credits: int32(min(timing.InputBuffer, closed-1)),
	}
	c.returning.settled = -1
	for class, cycles := range timing.Links {
		c.wires[class], c.returns[class] = wire(cycles)+timing.Pipeline, wire(cycles)
		c.gapped = c.gapped || timing.Gaps[class] > 1
	}
	c.returns[classLocal] = c.local
	c.soon = max(slices.Max(c.wires[:]), c.local) < near
	c.quick = c.soon
	for core := range c.coords {
		at := t.At(Core(core))
		c.coords[core] = at
		c.corner.X, c.corner.Y = max(c.corner.X, at.X), max(c.corner.Y, at.Y)
	}
	switch t.(type) {
	case Mesh, *Board:
		c.grid = true
		width := int32(c.corner.X + 1)
		c.offsets = [room8]int32{East: 1, West: -1, North: -width, South: width}
	default:
		c.ends = make([]int32, tiles<<linkShift)
		c.side = uint8(bits.Len16(uint16(max(c.corner.X, c.corner.Y))))
		c.columns = make([]Ports, 1<<(c.side+c.side))
		c.rows = make([]Ports, 1<<(c.side+c.side))
	}
	return c
}

// Watch sets the watcher of packets, nil for none.
func (c *Clocked) Watch(w Watcher) { c.watcher, c.quick = w, w == nil && c.soon }

// Rewind returns to cycle 0 and clears the load. The mesh must be empty, as Run leaves it.
func (c *Clocked) Rewind() {
	c.Start(never)
	if invariants {
		c.checkEmpty()
	}
	c.agenda.rewind()
	c.goTo(0)
	c.returning.settled = -1
	c.load = Load{}
	if !c.used {
		return
	}
	c.used = false
	for tile, s := range c.wired() {
		a := &c.aside[tile]
		a.waits, a.hostWaits, a.entered = [ports]int64{}, 0, 0
		s.turn, s.fresh = [ports]uint8{}, 0
	}
}

// Load returns the counts since NewClocked or Rewind.
func (c *Clocked) Load() Load { return c.load }

// Loads calls each for every link crossed since the last call, with the number
// of packets over it.
func (c *Clocked) Loads(each func(at Core, dir Direction, packets int32)) {
	for _, link := range c.loaded {
		tile, dir := link>>linkShift, link&(1<<linkShift-1)
		load := &c.stations[tile].load[dir]
		each(Core(tile), Direction(dir), *load)
		*load = 0
	}
	c.loaded = c.loaded[:0]
}

// Waits reports the cycles that packets waited since NewClocked or Rewind, which add up to Load's
// stalls: for each link, and on the way into the mesh from the core at a tile or from its host
// port.
func (c *Clocked) Waits(behind func(from Core, dir Direction, cycles int64),
	entering func(at Core, host bool, cycles int64)) {
	for tile := range c.wired() {
		a := &c.aside[tile]
		for in := East; in <= South; in++ {
			if a.waits[in] > 0 {
				behind(Core(c.end(int32(tile), uint8(in))), in.opposite(), a.waits[in])
			}
		}
		for k, cycles := range [2]int64{a.waits[local], a.hostWaits} {
			if cycles > 0 {
				entering(Core(tile), k == 1, cycles)
			}
		}
	}
}

const (
	// linkShift is the number of bits of a direction in the number of a link.
	linkShift = 2
	// never is a cycle that is not reached.
	never = 1<<58 - 1
)

// Wake schedules a call of Client.Wake in a cycle, which must not be past.
func (c *Clocked) Wake(cycle int64, actor int32) {
	c.calls++
	c.push(cycle, event{what: wake, actor: actor})
}

// Offer puts a packet that a core has formed in its output FIFO, in the present
// cycle; it is for Client.Wake and Client.Room to call. It reports false if the
// FIFO is full; Client.Room follows when it no longer is.
func (c *Clocked) Offer(at Core, id int32, route Route, class Class) bool {
	s, a := c.station(int32(at)), &c.aside[at]
	entered := a.entered == c.now+1
	held := a.fifo.count
	if entered {
		held++
	}
	if held >= c.timing.OutputFIFO {
		s.left |= waited
		c.calendar.mark(c.now, int32(at))
		return false
	}
	c.copies++
	c.used = true
	m := c.depart(at, id, route, class)
	if s.left&offers == 0 && !entered && c.may(s, local) && !c.timing.DropWhenFull {
		a.entered = c.now + 1
		c.begin(s, m)
		return true
	}
	a.fifo.push(m, c.now)
	s.left |= offers
	c.calendar.mark(c.now, int32(at))
	return true
}

// OfferHost puts a packet in the host's queue at a tile, which has no end. It
// enters the mesh when the core there has none of a lower class.
func (c *Clocked) OfferHost(at Core, id int32, route Route) {
	s, a := c.station(int32(at)), &c.aside[at]
	c.copies++
	c.used = true
	a.host.push(c.depart(at, id, route, ClassHost), c.now)
	s.left |= offers
	if a.host.count == 1 { // else a step is planned, or a credit is on its way
		c.calendar.mark(c.now, int32(at))
	}
}

// HopsBelow counts the links of a route from a tile on.
func (c *Clocked) HopsBelow(at Core, rest Route) Hops {
	if rest >= 0 {
		return c.forest.hops(rest, c.coords[at])
	}
	var h Hops
	for link := range Links(c.topology, c.coords[at], c.coords[^rest]) {
		h[c.topology.Class(link)]++
	}
	return h
}
