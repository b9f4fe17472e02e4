package router

// reach is how far a tree in a mesh extends from its source along the row and,
// for each column, along the column. It is the counter of a mesh: the links of a
// tree are those extents. It is empty between uses.
type reach struct {
	east, west int16 // tiles beyond the source
	columns    []column
}

// column is the part of a tree in one column, in tiles beyond the row of the
// source.
type column struct {
	north, south int16
}

// Tree implements Counter.
func (r *reach) Tree(from Coord, to []Coord) Hops {
	for _, at := range to {
		r.extend(from, at)
	}
	h := Hops{East: int64(r.east), West: int64(r.west)}
	columns := r.columns[from.X-r.west : from.X+r.east+1]
	for _, c := range columns {
		h[North] += int64(c.north)
		h[South] += int64(c.south)
	}
	clear(columns)
	r.east, r.west = 0, 0
	return h
}

// extend makes the reach cover a destination.
func (r *reach) extend(from, to Coord) {
	r.east = max(r.east, to.X-from.X)
	r.west = max(r.west, from.X-to.X)
	c := &r.columns[to.X]
	c.north = max(c.north, from.Y-to.Y)
	c.south = max(c.south, to.Y-from.Y)
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
