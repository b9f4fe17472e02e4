package router

import (
	"iter"
	"slices"
)

// LinkClass numbers the classes of a topology's links. Links of one class take
// the same time and energy and are counted together.
type LinkClass uint8

// MaxLinkClasses is the largest number of classes that a topology has.
const MaxLinkClasses = 6

// Topology says how the tiles of a chip, or of several, are linked, and by which
// links a packet goes from one to another. All that is known of the shape of a
// network is asked here: routes, counts, times and prices follow from it.
//
// Tiles are on a grid, each with one core and at most one link in each direction. A link has one
// that leads back: what leaves a tile eastwards comes to the next from the west, and what it sends
// back westwards comes from the east.
//
// Routes are dimension-ordered, except those of a Detour: along the row of the source to the column
// of the destination, then along that. Until a packet is in its destination's column, its port at a
// tile depends on that column alone, and after that on the row alone: a router needs a table of
// columns and one of rows. Routes from one tile share their beginnings and do not meet again, so
// that together they are a tree.
//
// A topology never changes and is safe for concurrent use.
type Topology interface {
	// Tiles is the number of tiles, and so of cores, At the tile of a core
	// and CoreAt the core of a tile, both of the topology's.
	Tiles() int
	At(c Core) Coord
	CoreAt(at Coord) Core
	// Classes names the classes of links in reports, files and prices, by
	// LinkClass: at most MaxLinkClasses. The caller does not change it.
	Classes() []string
	// Class is the class of a link that is there.
	Class(l Link) LinkClass
	// End is the tile that a link leads to; ok is false if there is no such
	// link.
	End(l Link) (to Coord, ok bool)
	// Next is the port by which a packet at a tile leaves for another, Local
	// at its end.
	Next(at, to Coord) Ports
	// Distance is the number of links of the route between two tiles.
	Distance(from, to Coord) int
	// Counter makes a counter of the links that packets cross.
	Counter() Counter
}

// Counter counts the links that a packet from a tile crosses on its way to
// others, of which some may be equal. It is for loops that count much: it may
// keep memory from one call to the next and is not safe for concurrent use.
type Counter interface {
	// Tree counts those of one packet that branches, each link once, and
	// Paths those of one packet for each tile.
	Tree(from Coord, to []Coord) Hops
	Paths(from Coord, to []Coord) Hops
}

// Links yields the links of the route from one tile to another, in order.
func Links(t Topology, from, to Coord) iter.Seq[Link] {
	if d, ok := t.(*Detour); ok {
		return slices.Values(d.route(from, to))
	}
	return func(yield func(Link) bool) {
		for at := from; ; {
			out := t.Next(at, to)
			if out == Local {
				return
			}
			l := Link{From: at, Dir: out.first()}
			if !yield(l) {
				return
			}
			at, _ = t.End(l)
		}
	}
}

// Span is the distance between opposite corners of the box around some cores, 0
// for none.
func Span(t Topology, cores []Core) int {
	if len(cores) == 0 {
		return 0
	}
	return t.Distance(corners(t, cores))
}

// Borders is the number of links of Span that lead from chip to chip.
func (b *Board) Borders(cores []Core) int {
	if len(cores) == 0 {
		return 0
	}
	low, high := corners(b, cores)
	low, high = b.Chip(low), b.Chip(high)
	return int(high.X-low.X) + int(high.Y-low.Y)
}

// corners are those of the box around some cores, of which there is one at least.
func corners(t Topology, cores []Core) (low, high Coord) {
	low = t.At(cores[0])
	high = low
	for _, c := range cores {
		at := t.At(c)
		low.X, low.Y = min(low.X, at.X), min(low.Y, at.Y)
		high.X, high.Y = max(high.X, at.X), max(high.Y, at.Y)
	}
	return low, high
}
