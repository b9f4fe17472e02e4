package place

import (
	"adder/chip/profile"
	"adder/compiler/partition"
	"adder/router"
)

// Objective is the cost of a placement: the number of links that the spikes of a tick cross, as the
// chip's topology counts them. On a multicast mesh the spike of a source crosses the union of the
// routes to its destinations once, on another mesh each route separately. On a board a link between
// chips weighs as much as several.
type Objective struct {
	nets      []net
	topology  router.Topology
	counter   router.Counter
	multicast bool
	// board is the topology of several chips, nil of one, and border the weight of a link
	// between them.
	board  *router.Board
	border int64
	port   int            // tile
	at     []router.Coord // by tile
	// ends are the tiles that a net goes to, while its links are counted.
	ends []router.Coord
	// far[from] are the costs of the routes from a tile to all, nil until used.
	far [][]int32
}

// maxFar is the largest number of tiles whose distances are kept.
const maxFar = 1024

func newObjective(chip *profile.Profile, nets []net) *Objective {
	port := router.Coord{X: int16(chip.Ports[0].X), Y: int16(chip.Ports[0].Y)}
	o := objectiveOn(chip.Topology(), port, chip.Multicast, nets)
	if o.board != nil {
		o.border = borderWeight(chip)
	}
	return o
}

func objectiveOn(t router.Topology, port router.Coord, multicast bool, nets []net) *Objective {
	o := &Objective{
		nets: nets, topology: t, counter: t.Counter(), multicast: multicast,
		port: int(t.CoreAt(port)),
		at:   make([]router.Coord, t.Tiles()), far: make([][]int32, t.Tiles()),
	}
	for tile := range o.at {
		o.at[tile] = t.At(router.Core(tile))
	}
	o.board, _ = t.(*router.Board)
	o.border = 1
	return o
}

// ObjectiveOf is the objective of a mapping whose sources spike at the given rates, as
// ir.FirstSources numbers them; nil where they are not known.
func ObjectiveOf(m *partition.Mapping, rates []int64) *Objective {
	return newObjective(m.Chip, netsOf(m, rates))
}

// unplaced as the tile of a part leaves the part out.
const unplaced = -1

// links is the cost of the links that one spike of a net crosses with the parts on the given tiles:
// on one chip, their number.
func (o *Objective) links(n *net, tiles []int) int64 {
	from := o.from(n, tiles)
	if from == unplaced {
		return 0
	}
	if !o.multicast {
		return o.paths(n, tiles, from)
	}
	o.reached(n, tiles)
	return o.weigh(o.counter.Tree(o.at[from], o.ends))
}

// from is the tile of a net's source.
func (o *Objective) from(n *net, tiles []int) int {
	if n.source >= 0 {
		return tiles[n.source]
	}
	return o.port
}

// reached lists in ends the tiles that a net goes to.
func (o *Objective) reached(n *net, tiles []int) {
	o.ends = o.ends[:0]
	for _, d := range n.dests {
		if tile := tiles[d]; tile != unplaced {
			o.ends = append(o.ends, o.at[tile])
		}
	}
}

// paths adds up what the routes from a tile cost.
func (o *Objective) paths(n *net, tiles []int, from int) (links int64) {
	if len(o.at) > maxFar {
		for _, d := range n.dests {
			if tile := tiles[d]; tile != unplaced {
				links += o.weighted(o.at[from], o.at[tile])
			}
		}
		return links
	}
	far := o.distances(from)
	for _, d := range n.dests {
		if tile := tiles[d]; tile != unplaced {
			links += int64(far[tile])
		}
	}
	return links
}

// distances lists what the routes from a tile to all cost.
func (o *Objective) distances(from int) []int32 {
	if o.far[from] == nil {
		o.far[from] = make([]int32, len(o.at))
		for tile, at := range o.at {
			o.far[from][tile] = int32(o.weighted(o.at[from], at))
		}
	}
	return o.far[from]
}

// cost is what net k adds to the objective: hops per tick, those between chips weighed, in
// units of 2^-rateBits.
func (o *Objective) cost(k int, tiles []int) int64 {
	return o.nets[k].rate * o.links(&o.nets[k], tiles)
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
		sum += o.nets[k].sources * o.crossed(&o.nets[k], tiles).Total()
	}
	return sum
}

// HopsPerTick is the number of links that the spikes of a tick cross, in units of
// 2^-rateBits.
func (o *Objective) HopsPerTick(tiles []int) (sum int64) {
	for k := range o.nets {
		sum += o.nets[k].rate * o.crossed(&o.nets[k], tiles).Total()
	}
	return sum
}

// HopsBound is a lower bound of Hops for any placement of a number of parts.
func (o *Objective) HopsBound(parts int) int64 { return o.bound(parts, ofSources) }

// TotalBound is a lower bound of Total for any placement of a number of parts.
func (o *Objective) TotalBound(parts int) int64 { return o.bound(parts, ofRate) }

// bound is a number of links that no placement of these parts can beat, for a weight of each net:
// every other part that receives from a source is on a tile of its own, and at most 4 d tiles of a
// grid are d links away. One part may be at the port.
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
