package router

import (
	"iter"
	"slices"
)

// Branch is a router that a packet passes and the ports by which it leaves,
// one copy each.
type Branch struct {
	At  Coord
	Out Ports
}

// Tree is the way of a packet from a tile to a set of cores: the union of the
// XY routes, which go along the row of the source first and along the column of
// the destination then. XY routes from one tile share their beginnings, so the
// union is a tree and crosses each link at most once. Routing X before Y keeps
// the mesh free of cyclic waits (Dally and Seitz, "Deadlock-Free Message Routing
// in Multiprocessor Interconnection Networks", 1987).
//
// NewTree makes one. The zero Tree leads nowhere.
type Tree struct {
	// Source is where the packet enters the mesh.
	Source Coord
	// Branches are the routers passed, each after the one it is reached
	// from: the row of the source from it eastwards, then westwards, and
	// below each the column northwards, then southwards.
	Branches []Branch
}

// reach is how far a tree extends from its source along the row and, for each
// column, along the column.
type reach struct {
	east, west int16 // tiles beyond the source
	columns    []column
}

// column is the part of a tree in one column, in tiles beyond the row of the
// source.
type column struct {
	north, south int16
}

// newReach makes an empty reach for a mesh.
func newReach(m Mesh) *reach {
	return &reach{columns: make([]column, m.Width)}
}

// extend makes the reach cover a destination.
func (r *reach) extend(from, to Coord) {
	r.east = max(r.east, to.X-from.X)
	r.west = max(r.west, from.X-to.X)
	c := &r.columns[to.X]
	c.north = max(c.north, from.Y-to.Y)
	c.south = max(c.south, to.Y-from.Y)
}

// clear makes the reach empty again.
func (r *reach) clear(from Coord) {
	clear(r.columns[from.X-r.west : from.X+r.east+1])
	r.east, r.west = 0, 0
}

// hops counts the links of the tree.
func (r *reach) hops(from Coord) Hops {
	h := Hops{East: int64(r.east), West: int64(r.west)}
	for _, c := range r.columns[from.X-r.west : from.X+r.east+1] {
		h.North += int64(c.north)
		h.South += int64(c.south)
	}
	return h
}

// NewTree returns the route tree from a tile to cores, all of the mesh. The
// order of the cores and repetitions do not matter.
func NewTree(m Mesh, from Coord, to []Core) Tree {
	tree := Tree{Source: from}
	if len(to) == 0 {
		return tree
	}
	r := newReach(m)
	ends := make(map[Coord]bool, len(to))
	for _, core := range to {
		at := m.At(core)
		ends[at] = true
		r.extend(from, at)
	}
	tree.growRow(r, ends)
	return tree
}

// growRow adds the row of the source with the columns that hang from it.
func (t *Tree) growRow(r *reach, ends map[Coord]bool) {
	at := t.Source
	t.growColumn(r, at, r.rowPorts(t.Source.X, at.X), ends)
	for at.X = t.Source.X + 1; at.X <= t.Source.X+r.east; at.X++ {
		t.growColumn(r, at, r.rowPorts(t.Source.X, at.X), ends)
	}
	for at.X = t.Source.X - 1; at.X >= t.Source.X-r.west; at.X-- {
		t.growColumn(r, at, r.rowPorts(t.Source.X, at.X), ends)
	}
}

// rowPorts are the ports along the row at column x of a tree from column
// source.
func (r *reach) rowPorts(source, x int16) Ports {
	var out Ports
	if x >= source && x < source+r.east {
		out |= East.Port()
	}
	if x <= source && x > source-r.west {
		out |= West.Port()
	}
	return out
}

// growColumn adds the router at a tile of the source's row, which also has the
// ports out, and those of its column.
func (t *Tree) growColumn(r *reach, at Coord, out Ports, ends map[Coord]bool) {
	c := r.columns[at.X]
	if c.north > 0 {
		out |= North.Port()
	}
	if c.south > 0 {
		out |= South.Port()
	}
	t.add(at, out, ends)
	t.growArm(at, North, c.north, ends)
	t.growArm(at, South, c.south, ends)
}

// growArm adds the routers of a straight way of some links that leaves the row
// at a tile.
func (t *Tree) growArm(at Coord, dir Direction, links int16, ends map[Coord]bool) {
	for ; links > 0; links-- {
		at = Link{From: at, Dir: dir}.To()
		out := dir.Port()
		if links == 1 {
			out = 0
		}
		t.add(at, out, ends)
	}
}

func (t *Tree) add(at Coord, out Ports, ends map[Coord]bool) {
	if ends[at] {
		out |= Local
	}
	t.Branches = append(t.Branches, Branch{At: at, Out: out})
}

// Links yields the links of the tree, each after the one it is reached by.
func (t Tree) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for _, branch := range t.Branches {
			for dir := East; dir <= South; dir++ {
				if branch.Out.Has(dir.Port()) && !yield(Link{From: branch.At, Dir: dir}) {
					return
				}
			}
		}
	}
}

// Hops counts the links of the tree by direction.
func (t Tree) Hops() Hops {
	var h Hops
	for link := range t.Links() {
		h.count(link.Dir)
	}
	return h
}

// UnicastHops counts the links of one packet per core, from a tile to each of
// the cores.
func UnicastHops(m Mesh, from Coord, to []Core) Hops {
	var h Hops
	for _, core := range to {
		h.Add(routeHops(from, m.At(core)))
	}
	return h
}

// routeHops counts the links of one XY route.
func routeHops(from, to Coord) Hops {
	return Hops{
		East:  int64(max(to.X-from.X, 0)),
		West:  int64(max(from.X-to.X, 0)),
		North: int64(max(from.Y-to.Y, 0)),
		South: int64(max(to.Y-from.Y, 0)),
	}
}

// Cores lists the cores of sorted destinations, each once, appended to into.
func Cores(dests []Dest, into []Core) []Core {
	for _, d := range dests {
		into = append(into, d.Core)
	}
	return slices.Compact(into)
}
