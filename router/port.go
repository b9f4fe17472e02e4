package router

import "math/bits"

// Direction is the way a link leads from a router.
type Direction uint8

// The directions of the grid. Y grows southwards.
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

// opposite is the direction that leads back.
func (d Direction) opposite() Direction { return d ^ 1 }

// Ports is a set of a router's output ports.
type Ports uint8

// Local is the port to the tile's own core.
const Local Ports = 1 << 4

// Port is the port of the link in a direction.
func (d Direction) Port() Ports { return 1 << d }

// Has reports whether all of the ports p are in the set.
func (s Ports) Has(p Ports) bool { return s&p == p }

// first is the direction of the first port of a set that has one of a link.
func (s Ports) first() Direction { return Direction(bits.TrailingZeros8(uint8(s))) }

// Link leads from a tile to its neighbour in a direction (Topology.End).
type Link struct {
	From Coord
	Dir  Direction
}
