package router

// station is the router of a tile, made when first used.
func (c *Clocked) station(tile int32) *station {
	if s := c.stations[tile]; s != nil {
		return s
	}
	at := c.coords[tile]
	s := &station{column: c.columnTable(at), row: c.rowTable(at)}
	s.wires[local], s.backs[local] = wire(c.timing.Local), wire(c.timing.Local)
	for dir := East; dir <= South; dir++ {
		c.wire(s, Link{From: at, Dir: dir})
	}
	for out := range s.credits {
		s.credits[out] = c.timing.InputBuffer
	}
	c.stations[tile] = s
	return s
}

// wire joins a station to the neighbour that a link leads to, if there is one.
func (c *Clocked) wire(s *station, l Link) {
	end, ok := c.topology.End(l)
	if !ok {
		return
	}
	back := Link{From: end, Dir: l.Dir.opposite()}
	s.ends[l.Dir] = int32(c.topology.CoreAt(end))
	s.wires[l.Dir] = wire(c.timing.Links[c.topology.Class(l)])
	s.backs[l.Dir] = wire(c.timing.Links[c.topology.Class(back)])
}

// columnTable has the port of a tile's router for each column, Local for its
// own. Tiles of a column share it.
func (c *Clocked) columnTable(at Coord) []Ports {
	table := &c.columns[at.X]
	if *table == nil {
		*table = make([]Ports, len(c.columns))
		for x := range *table {
			(*table)[x] = c.topology.Next(at, Coord{X: int16(x), Y: at.Y})
		}
	}
	return *table
}

// rowTable has the port of a tile's router for each row of its column. Tiles of
// a row share it.
func (c *Clocked) rowTable(at Coord) []Ports {
	table := &c.rows[at.Y]
	if *table == nil {
		*table = make([]Ports, len(c.rows))
		for y := range *table {
			(*table)[y] = c.topology.Next(at, Coord{X: at.X, Y: int16(y)})
		}
	}
	return *table
}
