package router

// reach is how far a tree in a mesh extends from its source along each column.
// It is the counter of a mesh: the links of a tree are its extents. It is empty
// between uses.
type reach struct {
	columns []column
	// east and west are the tiles beyond the source along its row.
	east, west int16
}

// column is the part of a tree in one column, in tiles beyond the row of the
// source.
type column struct{ north, south int16 }

// Tree implements Counter.
func (r *reach) Tree(from Coord, to []Coord) Hops {
	h := r.extend(from, to)
	r.clear(from)
	return h
}

// clear empties what extend filled.
func (r *reach) clear(from Coord) { clear(r.columns[from.X-r.west : from.X+r.east+1]) }

// extend finds how far a tree reaches, and its links.
func (r *reach) extend(from Coord, to []Coord) Hops {
	var east, west int16
	var north, south int64
	for _, at := range to {
		east, west = max(east, at.X-from.X), max(west, from.X-at.X)
		c := &r.columns[at.X]
		if links := from.Y - at.Y; links > c.north {
			north += int64(links - c.north)
			c.north = links
		}
		if links := at.Y - from.Y; links > c.south {
			south += int64(links - c.south)
			c.south = links
		}
	}
	r.east, r.west = east, west
	return Hops{East: int64(east), West: int64(west), North: north, South: south}
}

// Paths implements Counter.
func (r *reach) Paths(from Coord, to []Coord) Hops {
	var h Hops
	for _, at := range to {
		h[East] += int64(max(at.X-from.X, 0))
		h[West] += int64(max(from.X-at.X, 0))
		h[North] += int64(max(from.Y-at.Y, 0))
		h[South] += int64(max(at.Y-from.Y, 0))
	}
	return h
}
