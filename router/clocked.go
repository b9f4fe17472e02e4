package router

import "math/bits"

// Client is told what a Clocked does. Calls come in the order of cycles, and
// within a cycle in an order that is the same in every run.
type Client interface {
	// Wake is the call that Clocked.Wake asked for.
	Wake(cycle int64, actor int32)
	// Arrive reports that a packet, or one copy of it, reaches the ingress
	// of a core at a cycle, which may be ahead of the present one. The core
	// takes it in any case.
	Arrive(cycle int64, at Core, id int32)
	// Room reports that the output FIFO of a core, which refused a packet,
	// has room in this cycle.
	Room(cycle int64, at Core)
	// Lost reports that a packet or a copy of it met a full input buffer at
	// a tile, from where it should have gone on along a route.
	Lost(cycle int64, at Core, id int32, rest Route)
}

// Watcher sees packets move, for traces.
type Watcher interface {
	// Hop reports that a packet crosses the link that leaves a tile.
	Hop(cycle int64, at Core, dir Direction, id int32)
	// Depth reports how many packets an input of a router holds, by the
	// direction they come from, or 4 for the core's.
	Depth(cycle int64, at Core, input int, packets int)
}

// Load sums up what a clocked mesh did.
type Load struct {
	// Entered are the packets that entered the mesh, Arrived the copies that
	// reached a core, Lost the copies that met a full buffer.
	Entered, Arrived, Lost int64
	// Hops are the links crossed.
	Hops int64
	// Stalls are the cycles that packets waited in input buffers and output
	// FIFOs for a link, a buffer or a credit. The host's own queue does not
	// count.
	Stalls int64
	// MaxQueue is the largest number of packets in one input buffer.
	MaxQueue int
}

// Clocked is a mesh under a clock. Each tile has a router with five ports; an
// input has a buffer, an output sends one packet per cycle to a neighbour that
// has credit for it. A packet that branches leaves by each of its outputs when
// that is free and frees its place when it has left by all of them.
//
// Nothing deadlocks where the links of routes form no cycle, as those of a Mesh
// do not: a packet holds one place and waits for places along its route alone,
// and cores take whatever arrives.
//
// Events lie in an agenda by cycle; cycles without any are skipped. NewClocked
// makes one. It is not safe for concurrent use.
type Clocked struct {
	topology Topology
	timing   Timing
	forest   *Forest
	client   Client
	watcher  Watcher
	agenda   agenda
	coords   []Coord
	stations []*station // nil until used
	// columns[x] is the first half of the routing tables of the tiles of a
	// column, rows[y] the second half of those of a row; nil until used.
	columns, rows [][]Ports
	// active are the routers that have something to do in this cycle, loaded
	// those that sent over a link since the last Loads.
	active, loaded []int32
	now            int64
	load           Load
	// copies counts packets and copies of them in queues and in the mesh,
	// calls the calls that the client waits for.
	copies, calls int64
}

// never is a cycle that is not reached.
const never = 1<<62 - 1

// NewClocked returns an empty mesh at cycle 0, with valid timing. Packets may
// follow trees of the forest, which may be nil if none does.
func NewClocked(t Topology, timing Timing, forest *Forest, client Client) *Clocked {
	return newClocked(t, timing, forest, client, newRing())
}

func newClocked(t Topology, timing Timing, forest *Forest, client Client, a agenda) *Clocked {
	c := &Clocked{
		topology: t, timing: timing, forest: forest, client: client, agenda: a,
		stations: make([]*station, t.Tiles()), coords: make([]Coord, t.Tiles()),
	}
	var corner Coord
	for core := range c.coords {
		at := t.At(Core(core))
		c.coords[core] = at
		corner.X, corner.Y = max(corner.X, at.X), max(corner.Y, at.Y)
	}
	c.columns, c.rows = make([][]Ports, corner.X+1), make([][]Ports, corner.Y+1)
	return c
}

// Watch makes w see packets move; nil for nobody.
func (c *Clocked) Watch(w Watcher) { c.watcher = w }

// Rewind goes back to cycle 0 and forgets the load. The mesh must be empty, as
// Run leaves it.
func (c *Clocked) Rewind() {
	c.Start(never)
	if invariants {
		c.checkEmpty()
	}
	c.agenda.rewind()
	c.now, c.load = 0, Load{}
	for _, s := range c.stations {
		if s != nil {
			s.due, s.turn = 0, [ports]uint8{}
		}
	}
}

// Load is what happened since NewClocked or Rewind.
func (c *Clocked) Load() Load { return c.load }

// Loads calls each for every link crossed since the last call, with the number
// of packets over it.
func (c *Clocked) Loads(each func(at Core, dir Direction, packets int32)) {
	for _, tile := range c.loaded {
		s := c.stations[tile]
		s.touched = false
		for d, n := range s.load {
			if n > 0 {
				each(Core(tile), Direction(d), n)
			}
		}
		s.load = [4]int32{}
	}
	c.loaded = c.loaded[:0]
}

// Wake asks for a call of Client.Wake in a cycle, which is not past.
func (c *Clocked) Wake(cycle int64, actor int32) {
	c.calls++
	c.push(cycle, event{what: wake, actor: actor})
}

// Offer puts a packet that a core has formed in its output FIFO, in the present
// cycle; it is for Client.Wake and Client.Room to call. It reports false if the
// FIFO is full; Client.Room follows when it no longer is.
func (c *Clocked) Offer(at Core, id int32, route Route, class Class) bool {
	s := c.station(int32(at))
	if s.fifo.count >= c.timing.OutputFIFO {
		s.waited = true
		return false
	}
	c.copies++
	s.fifo.push(waiting{since: c.now, id: id, route: route, class: class})
	c.activate(s, int32(at))
	return true
}

// OfferHost puts a packet in the host's queue at a tile, which has no end. It
// enters the mesh when the core there has none of a lower class.
func (c *Clocked) OfferHost(at Core, id int32, route Route) {
	s := c.station(int32(at))
	c.copies++
	s.host.push(waiting{since: c.now, id: id, route: route, class: ClassHost})
	if s.host.count == 1 { // else an attempt or a credit is on its way
		c.push(c.now, event{what: attempt, actor: int32(at)})
	}
}

// Start moves the present of an empty mesh to a cycle, which is not past. The
// credits that are due until then return.
func (c *Clocked) Start(cycle int64) {
	for c.advance(cycle - 1) {
	}
	c.now = cycle
}

// Run lets time pass until all packets have arrived and the client waits for no
// call. Credits may still be on their way.
func (c *Clocked) Run() {
	for c.copies > 0 || c.calls > 0 {
		if !c.advance(never) {
			break
		}
	}
	if invariants {
		assert(c.copies == 0 && c.calls == 0, "packets stay in the mesh: deadlock, or some were made or lost")
	}
}

// advance goes to the next cycle in which something happens, up to a last one,
// and reports whether there was one.
func (c *Clocked) advance(until int64) bool {
	now, ok := c.agenda.next(until)
	if !ok {
		return false
	}
	c.now = now
	for e, ok := c.agenda.pop(); ok; e, ok = c.agenda.pop() {
		c.handle(&e)
	}
	for _, tile := range c.active {
		c.step(tile)
	}
	c.active = c.active[:0]
	return true
}

// handle does what an event says. The events of a cycle commute: no two are of
// one port of one router, and packets move when all have been handled.
func (c *Clocked) handle(e *event) {
	switch e.what {
	case arrival:
		c.receive(e)
	case credit:
		s := c.stations[e.actor]
		s.credits[e.port]++
		if s.want[e.port] != 0 || e.port == local {
			c.activate(s, e.actor)
		}
	case attempt:
		c.activate(c.stations[e.actor], e.actor)
	case room:
		c.calls--
		c.client.Room(c.now, Core(e.actor))
	case wake:
		c.calls--
		c.client.Wake(c.now, e.actor)
	}
}

// receive takes a packet into an input buffer.
func (c *Clocked) receive(e *event) {
	s := c.station(e.actor)
	b := &s.in[e.port]
	b.push(waiting{since: c.now, id: e.id, route: e.route, class: e.class})
	c.load.MaxQueue = max(c.load.MaxQueue, b.count)
	if invariants {
		assert(b.count <= c.timing.InputBuffer, "an input buffer overflows")
	}
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(e.actor), int(e.port), b.count)
	}
	if b.count == 1 {
		s.expose(e.port, c.outputs(s, e.route))
		c.activate(s, e.actor)
	}
}

// outputs are the ports by which a packet leaves a router.
func (c *Clocked) outputs(s *station, r Route) Ports {
	if r >= 0 {
		return c.forest.nodes[r].out
	}
	to := c.coords[^r]
	if out := s.column[to.X]; out != Local {
		return out
	}
	return s.row[to.Y]
}

// activate has a router step once the events of the cycle are handled.
func (c *Clocked) activate(s *station, tile int32) {
	if s.due != c.now+1 {
		s.due = c.now + 1
		c.active = append(c.active, tile)
	}
}

// step moves at most one packet by each output of a router, and one into it.
func (c *Clocked) step(tile int32) {
	s := c.stations[tile]
	var done uint8
	for out := range uint8(ports) {
		if s.want[out] == 0 || !s.free(out, c.timing.DropWhenFull) {
			continue
		}
		in := s.pick(out, s.want[out], &s.class)
		c.forward(tile, s, in, out)
		if s.grant(in, out) {
			done |= 1 << in
		}
	}
	for ; done != 0; done &= done - 1 {
		c.release(tile, s, uint8(bits.TrailingZeros8(done)))
	}
	if s.canEnter(c.timing.DropWhenFull) {
		c.enter(tile, s)
	}
	if s.canMove(c.timing.DropWhenFull) {
		c.push(c.now+1, event{what: attempt, actor: tile})
	}
}

// forward sends a copy of the first packet of an input by an output.
func (c *Clocked) forward(tile int32, s *station, in, out uint8) {
	w := s.in[in].first()
	if out == local {
		c.load.Arrived++
		c.client.Arrive(c.now+s.wires[local], Core(tile), w.id)
		return
	}
	dir := Direction(out)
	c.copies++
	c.load.Hops++
	if s.load[out]++; !s.touched {
		s.touched = true
		c.loaded = append(c.loaded, tile)
	}
	if c.watcher != nil {
		c.watcher.Hop(c.now, Core(tile), dir, w.id)
	}
	rest := w.route
	if rest >= 0 {
		rest = c.forest.below(rest, dir)
	}
	c.send(s, out, event{
		what: arrival, port: uint8(dir.opposite()), class: w.class,
		actor: s.ends[out], id: w.id, route: rest,
	})
}

// send puts a packet on the wire of an output, or of the core's way in, to an
// input buffer of which s counts the places as credits[out].
func (c *Clocked) send(s *station, out uint8, e event) {
	if s.credits[out] == 0 {
		c.load.Lost++
		c.copies--
		c.client.Lost(c.now, Core(e.actor), e.id, e.route)
		return
	}
	s.credits[out]--
	c.push(c.now+s.wires[out]+c.timing.Pipeline, e)
}

// release frees the place of the first packet of an input, which has left, and
// sends the credit back over the wire.
func (c *Clocked) release(tile int32, s *station, in uint8) {
	b := &s.in[in]
	w := b.pop()
	c.load.Stalls += c.now - w.since
	if c.watcher != nil {
		c.watcher.Depth(c.now, Core(tile), int(in), b.count)
	}
	if b.count > 0 {
		s.expose(in, c.outputs(s, b.first().route))
	}
	c.copies-- // each output took one of its own
	from, port := tile, uint8(local)
	if in != local {
		from, port = s.ends[in], uint8(Direction(in).opposite())
	}
	c.push(c.now+s.backs[in], event{what: credit, port: port, actor: from})
}

// enter moves a packet from the core, or from the host if it is of a lower
// class than the core's, towards the router.
func (c *Clocked) enter(tile int32, s *station) {
	from := &s.fifo
	if from.count == 0 || s.host.count > 0 && s.host.first().class < from.first().class {
		from = &s.host
	}
	w := from.pop()
	c.load.Entered++
	if from == &s.fifo {
		c.load.Stalls += c.now - w.since
		if s.waited {
			s.waited = false
			c.calls++
			c.push(c.now+1, event{what: room, actor: tile})
		}
	}
	c.send(s, local, event{
		what: arrival, port: local, class: w.class, actor: tile, id: w.id, route: w.route,
	})
}

// push puts an event in the agenda.
func (c *Clocked) push(cycle int64, e event) {
	if invariants {
		assert(cycle >= c.now, "an event lies in the past")
	}
	c.agenda.push(cycle, e)
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
