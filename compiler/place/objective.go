package place

import (
	"adder/chip/profile"
	"adder/compiler/partition"
)

// Objective is what a placement is judged by: the links that the spikes of
// a tick cross together. On a multicast mesh the spike of a source crosses
// the union of the XY routes to its destinations once, on another mesh each
// route by itself.
type Objective struct {
	nets      []net
	width     int
	multicast bool
	port      int // tile
	// north and south are the reach of a tree in each column beyond the row
	// of its source; all 0 between uses.
	north, south []int
}

func newObjective(chip *profile.Profile, nets []net) *Objective {
	w := chip.Mesh.Width
	return &Objective{
		nets: nets, width: w, multicast: chip.Multicast, port: chip.Ports[0].Y*w + chip.Ports[0].X,
		north: make([]int, w), south: make([]int, w),
	}
}

// ObjectiveOf is the objective of a mapping whose sources spike at the given rates, as
// ir.FirstSources numbers them; nil where they are not known.
func ObjectiveOf(m *partition.Mapping, rates []int64) *Objective {
	return newObjective(m.Chip, netsOf(m, rates))
}

// unplaced as the tile of a part leaves the part out.
const unplaced = -1

// links is the number of links that one spike of a net crosses with the
// parts on the given tiles.
func (o *Objective) links(n *net, tiles []int) int {
	at := o.port
	if n.source >= 0 {
		at = tiles[n.source]
	}
	if at == unplaced {
		return 0
	}
	x, y := at%o.width, at/o.width
	if !o.multicast {
		return o.paths(n, tiles, x, y)
	}
	west, east, length := x, x, 0
	for _, d := range n.dests {
		if tiles[d] == unplaced {
			continue
		}
		dx, dy := tiles[d]%o.width, tiles[d]/o.width
		west, east = min(west, dx), max(east, dx)
		if up := y - dy; up > o.north[dx] {
			length += up - o.north[dx]
			o.north[dx] = up
		}
		if down := dy - y; down > o.south[dx] {
			length += down - o.south[dx]
			o.south[dx] = down
		}
	}
	clear(o.north[west : east+1])
	clear(o.south[west : east+1])
	return length + east - west
}

// paths adds up the lengths of the routes from a point.
func (o *Objective) paths(n *net, tiles []int, x, y int) (length int) {
	for _, d := range n.dests {
		if tiles[d] == unplaced {
			continue
		}
		dx, dy := tiles[d]%o.width, tiles[d]/o.width
		length += max(dx-x, x-dx) + max(dy-y, y-dy)
	}
	return length
}

// cost is what net k adds to the objective: hops per tick in units of
// 2^-rateBits.
func (o *Objective) cost(k int, tiles []int) int64 {
	return o.nets[k].rate * int64(o.links(&o.nets[k], tiles))
}

// Total is the objective.
func (o *Objective) Total(tiles []int) (sum int64) {
	for k := range o.nets {
		sum += o.cost(k, tiles)
	}
	return sum
}

// Hops is the number of links that one spike of every source crosses.
func (o *Objective) Hops(tiles []int) (sum int64) {
	for k := range o.nets {
		sum += o.nets[k].sources * int64(o.links(&o.nets[k], tiles))
	}
	return sum
}

// HopsBound is what hops is at least in any placement of a number of parts.
func (o *Objective) HopsBound(parts int) int64 { return o.bound(parts, ofSources) }

// TotalBound is what total is at least in any placement of a number of parts.
func (o *Objective) TotalBound(parts int) int64 { return o.bound(parts, ofRate) }

// bound is a number of links that no placement of these parts can beat, for
// a weight of each net: every other part that hears a source stands at a
// tile of its own, of which 4 d lie d links away. One part may stand at the
// port.
func (o *Objective) bound(parts int, weight func(*net) int64) (sum int64) {
	atPort := make([]int64, parts)
	for k := range o.nets {
		n := &o.nets[k]
		remote := 0
		for _, d := range n.dests {
			if d != n.source {
				remote++
			}
		}
		least, last := o.least(remote)
		sum += weight(n) * least
		if n.source < 0 {
			for _, d := range n.dests {
				atPort[d] += weight(n) * last
			}
		}
	}
	saved := int64(0)
	for _, w := range atPort {
		saved = max(saved, w)
	}
	return sum - saved
}

// least is the smallest number of links to a number of other tiles, and
// the part of the farthest of them in it.
func (o *Objective) least(tiles int) (links, last int64) {
	if o.multicast {
		return int64(tiles), int64(min(tiles, 1))
	}
	for distance := 1; tiles > 0; distance++ {
		here := min(tiles, 4*distance)
		links += int64(here) * int64(distance)
		last = int64(distance)
		tiles -= here
	}
	return links, last
}

// ofSources and ofRate weigh a net by its sources and by their spikes.
func ofSources(n *net) int64 { return n.sources }
func ofRate(n *net) int64    { return n.rate }
