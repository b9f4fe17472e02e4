package router

import "iter"

// station is the router of a tile, made when first used.
func (c *Clocked) station(tile int32) *station {
	s := &c.stations[tile]
	if s.left&wired == 0 {
		c.wire(tile)
	}
	return s
}

// wired yields the stations that are made, by tile.
func (c *Clocked) wired() iter.Seq2[int, *station] {
	return func(yield func(int, *station) bool) {
		for tile := range c.stations {
			if s := &c.stations[tile]; s.left&wired != 0 && !yield(tile, s) {
				return
			}
		}
	}
}

// wire makes a station, empty, and joins it to its neighbours.
func (c *Clocked) wire(tile int32) {
	s, at := &c.stations[tile], c.coords[tile]
	s.left |= wired
	s.out[local].end, s.out[local].class = int32(^goalAt(at)), classLocal<<linkBits
	c.tabulate(at)
	for port := range uint8(ports) {
		s.in[port].head = c.firstCell(tile, port)
		s.out[port].shift, s.out[port].inShift = c.shift, c.shift
	}
	s.out[local].next = s.in[local].head
	for dir := East; dir <= South; dir++ {
		l, o := Link{From: at, Dir: dir}, &s.out[dir]
		end, ok := c.topology.End(l)
		if !ok {
			o.end = -1
			continue
		}
		o.end = int32(c.topology.CoreAt(end))
		o.next = c.firstCell(o.end, uint8(dir.opposite()))
		back := c.topology.Class(Link{From: end, Dir: dir.opposite()})
		o.class = uint8(c.topology.Class(l)) | uint8(back)<<linkBits
	}
}

// tabulate makes the routing tables of a tile: the port for each column, Local
// for its own, which tiles of a column share, and that for each row of its
// column, which those of a row share.
func (c *Clocked) tabulate(at Coord) {
	if table := c.columns[int(at.X)<<c.side:]; table[at.X] == 0 {
		for x := range c.corner.X + 1 {
			table[x] = c.topology.Next(at, Coord{X: x, Y: at.Y})
		}
	}
	if table := c.rows[int(at.Y)<<c.side:]; table[at.Y] == 0 {
		for y := range c.corner.Y + 1 {
			table[y] = c.topology.Next(at, Coord{X: at.X, Y: y})
		}
	}
}
