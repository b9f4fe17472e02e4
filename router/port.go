package router

// Direction is the way a link leads from a router.
type Direction uint8

// The directions of the mesh. Y grows southwards.
const (
	East Direction = iota
	West
	North
	South
)

// String is the direction's name in reports: east, west, north, south.
func (d Direction) String() string {
	return [...]string{"east", "west", "north", "south"}[d&3]
}

// Ports is a set of a router's output ports.
type Ports uint8

// Local is the port to the tile's own core.
const Local Ports = 1 << 4

// Port is the port of the link in a direction.
func (d Direction) Port() Ports { return 1 << d }

// Has reports whether all of the ports p are in the set.
func (s Ports) Has(p Ports) bool { return s&p == p }

// Link leads from a tile to its neighbour in a direction.
type Link struct {
	From Coord
	Dir  Direction
}

// To is the tile at the link's end.
func (l Link) To() Coord {
	to := l.From
	switch l.Dir {
	case East:
		to.X++
	case West:
		to.X--
	case North:
		to.Y--
	case South:
		to.Y++
	}
	return to
}

// opposite is the direction that leads back.
func (d Direction) opposite() Direction { return d ^ 1 }
