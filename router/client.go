package router

// Client receives the events of a Clocked. Calls come in the order of cycles. Within a cycle those
// of Wake and Room come first, as they were asked for, and then the others by tile.
type Client interface {
	// Wake is the call that Clocked.Wake asked for.
	Wake(cycle int64, actor int32)
	// Arrive reports that a packet, or one copy of it, reaches the ingress
	// of a core at a cycle, which may be ahead of the present one. The core
	// takes it in any case.
	Arrive(cycle int64, at Core, id int32)
	// Room reports that the output FIFO of a core, which refused a packet, has a free place in this
	// cycle.
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
