package place

import (
	"adder/chip/profile"
	"adder/router"
)

// untimedBorder is the weight of a border link on a chip that does not say how long it takes.
const untimedBorder = 8

// borderWeight is the number of links of a chip that a link between chips weighs as much as:
// as many as take its time, routers included, or as many packets as it takes the time of,
// whichever is more.
func borderWeight(chip *profile.Profile) int64 {
	if chip.Timing == nil || len(chip.Timing.Lacks("router.east", "router.west", "router.north",
		"router.south", "router.pipeline")) > 0 {
		return untimedBorder
	}
	r := &chip.Timing.Router
	border, timed := r.Link("border")
	if !timed {
		return untimedBorder
	}
	link := max(min(r.East, r.West, r.North, r.South), 1) + r.Pipeline
	return max(int64((border+r.Pipeline+link-1)/link), int64(r.BorderInterval), 1)
}

// weigh is the cost of links: those between chips weigh more.
func (o *Objective) weigh(h router.Hops) int64 {
	links := h.Total()
	if o.board != nil {
		links += (o.border - 1) * h[router.Border]
	}
	return links
}

// weighted is the cost of the route between two tiles.
func (o *Objective) weighted(from, to router.Coord) int64 {
	links := int64(o.topology.Distance(from, to))
	if o.board != nil {
		a, b := o.board.Chip(from), o.board.Chip(to)
		links += (o.border - 1) * int64(max(a.X-b.X, b.X-a.X)+max(a.Y-b.Y, b.Y-a.Y))
	}
	return links
}

// crossed counts the links that one spike of a net crosses.
func (o *Objective) crossed(n *net, tiles []int) router.Hops {
	from := o.from(n, tiles)
	if from == unplaced {
		return router.Hops{}
	}
	o.reached(n, tiles)
	if o.multicast {
		return o.counter.Tree(o.at[from], o.ends)
	}
	return o.counter.Paths(o.at[from], o.ends)
}

// Borders is the number of links between chips that one spike of every source crosses.
func (o *Objective) Borders(tiles []int) (sum int64) {
	if o.board == nil {
		return 0
	}
	for k := range o.nets {
		sum += o.nets[k].sources * o.crossed(&o.nets[k], tiles)[router.Border]
	}
	return sum
}
