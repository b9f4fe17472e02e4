package router

// station is the router of a tile, made when first used.
func (c *Clocked) station(tile int32) *station {
	if s := c.stations[tile]; s != nil {
		return s
	}
	at := c.coords[tile]
	s := &station{at: at, shift: 2, slots: make([]waiting, ports<<2), times: make([]int64, ports<<2)}
	c.tabulate(at)
	s.wires[local], s.backs[local] = wire(c.timing.Local), wire(c.timing.Local)
	for dir := East; dir <= South; dir++ {
		c.wire(s, Link{From: at, Dir: dir})
	}
	for out := range s.out {
		s.out[out].credits = int32(c.timing.InputBuffer)
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

// tabulate makes the routing tables of a tile: the port for each column, Local
// for its own, which tiles of a column share, and that for each row of its
// column, which those of a row share.
func (c *Clocked) tabulate(at Coord) {
	if c.columns[at.X] == nil {
		table := make([]Ports, len(c.columns))
		for x := range table {
			table[x] = c.topology.Next(at, Coord{X: int16(x), Y: at.Y})
		}
		c.columns[at.X] = table
	}
	if c.rows[at.Y] == nil {
		table := make([]Ports, len(c.rows))
		for y := range table {
			table[y] = c.topology.Next(at, Coord{X: at.X, Y: int16(y)})
		}
		c.rows[at.Y] = table
	}
}
