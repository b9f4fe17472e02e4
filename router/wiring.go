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

// wire makes a station.
func (c *Clocked) wire(tile int32) {
	s, at := &c.stations[tile], c.coords[tile]
	s.left |= wired
	s.classes[local] = classLocal << linkBits
	s.credits[local] = c.credits
	if !c.grid {
		c.tabulate(at)
	}
	for dir := East; dir <= South; dir++ {
		l := Link{From: at, Dir: dir}
		end, ok := c.topology.End(l)
		if !ok {
			continue
		}
		s.links |= dir.Port()
		s.credits[dir] = c.credits
		back := c.topology.Class(Link{From: end, Dir: dir.opposite()})
		s.classes[dir] = uint8(c.topology.Class(l)) | uint8(back)<<linkBits
		if !c.grid {
			c.ends[tile<<linkShift|int32(dir)] = int32(c.topology.CoreAt(end))
		}
	}
}

// end is the tile that a link leads to, or the tile itself for the core's port. Its router is
// made.
func (c *Clocked) end(tile int32, port uint8) int32 {
	if c.grid || port == local {
		return tile + c.offsets[port&portMask]
	}
	return c.ends[tile<<linkShift|int32(port)]
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
