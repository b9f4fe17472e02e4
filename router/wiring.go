package router

import "iter"

const (
	// pageShift is such that a page has 64 tiles.
	pageShift = 6
	pageTiles = 1 << pageShift
	pageMask  = pageTiles - 1
	// firstShift is such that an input has room for four packets at first.
	firstShift = 2
	// classMask cuts a class of links to an index of Clocked.wires.
	classMask = room8 - 1
	// localClass is that of the wire between a router and its core, in
	// Clocked.returns alone.
	localClass = MaxLinkClasses
)

// stationPage holds the stations of tiles that follow each other, so that a mesh that
// is swept tile by tile is read as it lies in memory.
type stationPage [pageTiles]station

// station is the router of a tile, made when first used, with those of its page.
func (c *Clocked) station(tile int32) *station {
	if p := c.pages[tile>>pageShift]; p != nil {
		return &p[tile&pageMask]
	}
	return c.open(tile)
}

// open makes the page of a tile.
func (c *Clocked) open(tile int32) *station {
	p := new(stationPage)
	first := tile &^ pageMask
	slots := make([]waiting, pageTiles*ports<<firstShift)
	times := make([]int64, pageTiles*ports<<firstShift)
	const each = ports << firstShift
	for i := range p {
		if int(first)+i >= len(c.coords) {
			break
		}
		p[i].slots, slots = slots[:each:each], slots[each:]
		p[i].times, times = times[:each:each], times[each:]
		c.wire(&p[i], c.coords[int(first)+i])
	}
	c.pages[tile>>pageShift] = p
	return &p[tile&pageMask]
}

// used yields the stations that are made, by tile.
func (c *Clocked) used() iter.Seq2[int, *station] {
	return func(yield func(int, *station) bool) {
		for tile := range c.coords {
			if p := c.pages[tile>>pageShift]; p != nil && !yield(tile, &p[tile&pageMask]) {
				return
			}
		}
	}
}

// wire makes a station, empty and with all its credits, and joins it to its
// neighbours.
func (c *Clocked) wire(s *station, at Coord) {
	s.at, s.shift = at, firstShift
	c.tabulate(at)
	for out := range ports {
		s.out[out].credits = int32(c.timing.InputBuffer)
	}
	s.ends[local], s.backs[local] = int32(c.topology.CoreAt(at)), localClass
	for dir := East; dir <= South; dir++ {
		l := Link{From: at, Dir: dir}
		end, ok := c.topology.End(l)
		if !ok {
			continue
		}
		s.ends[dir] = int32(c.topology.CoreAt(end))
		s.classes[dir] = c.topology.Class(l)
		s.backs[dir] = c.topology.Class(Link{From: end, Dir: dir.opposite()})
	}
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
