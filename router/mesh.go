package router

import (
	"fmt"
	"math/bits"
)

// MaxSide is the largest side of a mesh. The hops of a spike to every core of
// such a mesh still fit a Cost.
const MaxSide = 1024

// Mesh is the topology of a two-dimensional mesh with one core per tile: tiles
// are linked to their neighbours, and nothing leads around the border. The
// classes of links are the directions.
//
// Routing X before Y keeps the mesh free of cyclic waits (Dally and Seitz,
// "Deadlock-Free Message Routing in Multiprocessor Interconnection Networks",
// 1987).
type Mesh struct{ Width, Height int16 }

// Validate checks the sides of the mesh.
func (m Mesh) Validate() error {
	if m.Width < 1 || m.Height < 1 || m.Width > MaxSide || m.Height > MaxSide {
		return fmt.Errorf("mesh of %d x %d tiles: each side has 1 to %d", m.Width, m.Height,
			MaxSide)
	}
	return nil
}

// Tiles is the number of tiles, and so of cores. A mesh that Validate refuses
// has none.
func (m Mesh) Tiles() int {
	if m.Validate() != nil {
		return 0
	}
	return rowBase(m, m.Height)
}

// Contains reports whether c is a tile of the mesh.
func (m Mesh) Contains(c Coord) bool {
	return c.X >= 0 && c.X < m.Width && c.Y >= 0 && c.Y < m.Height
}

// Holds reports whether the mesh has a core c.
func (m Mesh) Holds(c Core) bool { return c >= 0 && int(c) < m.Tiles() }

// CoreAt is the core at a tile: cores are numbered row by row, eastwards and
// then southwards from the north-west corner. The tile must be one of the
// mesh's.
func (m Mesh) CoreAt(c Coord) Core {
	return Core(rowBase(m, c.Y)) + Core(c.X)
}

// At is the tile of a core of the mesh, the inverse of CoreAt.
func (m Mesh) At(c Core) Coord {
	var y int16
	rest := int(c)
	for step := bits.Len16(uint16(m.Height)); step >= 0; step-- {
		if rows := int(m.Width) << step; rows <= rest {
			rest -= rows
			y += 1 << step
		}
	}
	return Coord{X: int16(rest), Y: y}
}

// rowBase is the number of the first core of row y: width added once per set
// bit of y.
func rowBase(m Mesh, y int16) int {
	base := 0
	for row := uint16(y); row != 0; row &= row - 1 {
		base += int(m.Width) << bits.TrailingZeros16(row)
	}
	return base
}

// Classes implements Topology.
func (m Mesh) Classes() []string { return []string{"east", "west", "north", "south"} }

// Class implements Topology.
func (m Mesh) Class(l Link) LinkClass { return LinkClass(l.Dir) }

// End implements Topology.
func (m Mesh) End(l Link) (to Coord, ok bool) {
	to = l.From
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
	return to, m.Contains(to)
}

// Next implements Topology.
func (m Mesh) Next(at, to Coord) Ports {
	switch {
	case to.X > at.X:
		return East.Port()
	case to.X < at.X:
		return West.Port()
	case to.Y < at.Y:
		return North.Port()
	case to.Y > at.Y:
		return South.Port()
	}
	return Local
}

// Distance implements Topology.
func (m Mesh) Distance(from, to Coord) int {
	return int(max(from.X-to.X, to.X-from.X)) + int(max(from.Y-to.Y, to.Y-from.Y))
}

// Counter implements Topology.
func (m Mesh) Counter() Counter { return &reach{columns: make([]column, m.Width)} }
