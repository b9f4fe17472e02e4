package router

// moving is a packet on the wire into a router: what its arrival there needs, so that a
// router in which none waits has nothing else to fetch.
type moving struct {
	// tile is where it arrives.
	tile int32
	id   int32
	goal goal
	way  way
}

// way has the ports by which a packet leaves the router that it arrives at, above them the
// input by which it arrives, and then its class: in one word, which is written and read as a
// whole.
type way uint32

const (
	wayIn    = 8
	wayClass = 16
	// tree: the goal is a node of the forest.
	tree way = 1 << 24
	// kept is the part that does not change from router to router.
	kept = tree | 3<<wayClass
)

func (w way) outs() Ports { return Ports(w) & (1<<ports - 1) }

func (w way) in() uint8 { return uint8(w>>wayIn) & portMask }

func (w way) class() Class { return Class(w >> wayClass & 3) }

// goal is where a packet goes from the router it is in: a node of the forest or, for one core,
// its row above its column. On a grid these are rows and columns that are left to go, and
// level where there are none.
type goal int32

const (
	rowShift = 16
	level    = 1 << (rowShift - 1)
)

// strides are the decrements of the rest of a route per link.
var strides = [room8]goal{East: 1, West: -1, North: -1 << rowShift, South: 1 << rowShift}

// depart is a packet that is to enter at a tile.
func (c *Clocked) depart(at Core, id int32, r Route, class Class) moving {
	m := moving{tile: int32(at), id: id, way: local<<wayIn | way(class)<<wayClass}
	switch {
	case r >= 0:
		m.goal, m.way = goal(r), m.way|tree
	case c.grid:
		from, to := c.coords[at], c.coords[^r]
		m.goal = goal(to.Y-from.Y)<<rowShift | (goal(to.X-from.X) + level)
	default:
		to := c.coords[^r]
		m.goal = goal(to.Y)<<rowShift | goal(to.X)
	}
	m.way |= c.outputs(m)
	return m
}

// outputs are the ports by which a packet leaves the router that it arrives at.
func (c *Clocked) outputs(m moving) way {
	switch {
	case m.way&tree != 0:
		return way(c.forest.nodes[m.goal].out)
	case c.grid:
		return towards(m.goal)
	}
	c.station(m.tile)
	at, x, y := c.coords[m.tile], int(m.goal&(1<<rowShift-1)), int(m.goal>>rowShift)
	column := c.columns[int(at.X)<<(c.side&31)|x]
	if column == Local {
		return way(c.rows[int(at.Y)<<(c.side&31)|y])
	}
	return way(column)
}

// towards is the port by which a packet leaves a router of a grid for a tile: along the row
// first, then along the column.
func towards(g goal) way {
	x, y := int32(g&(1<<rowShift-1))-level, int32(g>>rowShift)
	ways := uint32(-x)>>31 | uint32(x)>>31<<1 | uint32(y)>>31<<2 | uint32(-y)>>31<<3 |
		uint32(Local)
	return way(ways & -ways) // the first of them, in the order of the ports
}

// behind is a packet, or the copy of it that leaves a router by an output, on its way to the
// next one.
func (c *Clocked) behind(m moving, out uint8) moving {
	n := moving{tile: c.end(m.tile, out), id: m.id, goal: m.goal,
		way: m.way&kept | way(out^1)<<wayIn}
	switch {
	case m.way&tree != 0:
		n.goal = goal(c.forest.below(Route(m.goal), Direction(out)))
	case c.grid:
		n.goal -= strides[out&portMask]
	}
	n.way |= c.outputs(n)
	return n
}

// route is where a packet goes from the router that it arrives at.
func (c *Clocked) route(m moving) Route {
	x, y := int16(m.goal&(1<<rowShift-1)), int16(m.goal>>rowShift)
	switch {
	case m.way&tree != 0:
		return Route(m.goal)
	case c.grid:
		at := c.coords[m.tile]
		x, y = at.X+int16(m.goal&(1<<rowShift-1)-level), at.Y+y
	}
	return To(c.topology.CoreAt(Coord{X: x, Y: y}))
}

// waiting is a packet that waits for its router, since a cycle.
type waiting struct {
	moving
	since int64
}
