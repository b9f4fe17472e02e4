package router

// Detour is a topology some of whose links are dead, both ways, and whose packets go around them.
// All of its packets go by its own routes, so that none waits for another in a circle: tiles are
// ordered by their distance from the first one, by links that work; a route leads by links to tiles
// before its own as long as it must, and then by links to tiles after it. No route turns back, so
// the links can be put in an order in which every route ascends (up*/down* routing: Schroeder et
// al., "Autonet", IEEE J. Sel. Areas Commun. 9(8), 1991).
//
// Routes from a tile are a tree, but not dimension-ordered: Next is that of the mesh without
// faults, and a packet takes a tree of a Forest and never the route To a core.
type Detour struct {
	Topology
	dead map[Link]bool
	// rank orders tiles; those of equal rank are ordered by their number.
	rank []int32
	// known are the routes from the tiles that were named beforehand.
	known map[Core]*ways
}

// ways are the routes from a tile: for each tile the link that leads into it, from the tile
// before it, which is none where no route leads.
type ways struct {
	before []Core
	into   []Link
}

// nowhere is in the place of a tile.
const nowhere Core = -1

// NewDetour returns a topology without the links given, which are of t. The routes from
// sources are found once, those from other tiles whenever they are asked for.
func NewDetour(t Topology, dead []Link, sources []Core) *Detour {
	d := &Detour{Topology: t, dead: map[Link]bool{}, known: map[Core]*ways{}}
	for _, l := range dead {
		end, _ := t.End(l)
		d.dead[l], d.dead[Link{From: end, Dir: l.Dir.opposite()}] = true, true
	}
	d.order()
	for _, at := range sources {
		d.known[at] = d.find(at)
	}
	return d
}

// order ranks the tiles: each part of the mesh that hangs together from its first tile on.
func (d *Detour) order() {
	tiles := d.Tiles()
	d.rank = make([]int32, tiles)
	for i := range d.rank {
		d.rank[i] = -1
	}
	for first := range tiles {
		if d.rank[first] >= 0 {
			continue
		}
		d.rank[first] = 0
		for queue := []Core{Core(first)}; len(queue) > 0; queue = queue[1:] {
			at := queue[0]
			d.each(at, func(_ Link, next Core) {
				if d.rank[next] < 0 {
					d.rank[next] = d.rank[at] + 1
					queue = append(queue, next)
				}
			})
		}
	}
}

// each visits the links of a tile that work, and where they lead.
func (d *Detour) each(at Core, visit func(l Link, to Core)) {
	from := d.At(at)
	for dir := East; dir <= South; dir++ {
		l := Link{From: from, Dir: dir}
		if end, ok := d.End(l); ok {
			visit(l, d.CoreAt(end))
		}
	}
}

// End implements Topology: a dead link leads nowhere.
func (d *Detour) End(l Link) (to Coord, ok bool) {
	if d.dead[l] {
		return l.From, false
	}
	return d.Topology.End(l)
}

// up reports whether a tile is before another one.
func (d *Detour) up(to, from Core) bool {
	return d.rank[to] < d.rank[from] || d.rank[to] == d.rank[from] && to < from
}

// from are the routes from a tile.
func (d *Detour) from(at Core) *ways {
	if w := d.known[at]; w != nil {
		return w
	}
	return d.find(at)
}

// find goes up from a tile as far as possible, and from all that was reached down. What
// can be reached going up alone is reached so: each tile by one way, of those the shortest.
func (d *Detour) find(at Core) *ways {
	w := &ways{before: make([]Core, d.Tiles()), into: make([]Link, d.Tiles())}
	for i := range w.before {
		w.before[i] = nowhere
	}
	w.before[at] = at
	levels := [][]Core{{at}} // by links from at
	w.grow(d, levels, true)
	levels = w.levels(d, at)
	w.grow(d, levels, false)
	return w
}

// grow adds tiles to those that were reached, listed by the number of links to them, by links that
// all lead up, or down.
func (w *ways) grow(d *Detour, levels [][]Core, up bool) {
	for n := 0; n < len(levels); n++ {
		for _, at := range levels[n] {
			d.each(at, func(l Link, next Core) {
				if w.before[next] != nowhere || d.up(next, at) != up {
					return
				}
				w.before[next], w.into[next] = at, l
				if n+1 == len(levels) {
					levels = append(levels, nil)
				}
				levels[n+1] = append(levels[n+1], next)
			})
		}
	}
}

// levels lists the tiles that were reached by the number of links to them.
func (w *ways) levels(d *Detour, from Core) [][]Core {
	var out [][]Core
	for tile := range w.before {
		if w.before[tile] == nowhere {
			continue
		}
		n := 0
		for at := Core(tile); at != from; at = w.before[at] {
			n++
		}
		for len(out) <= n {
			out = append(out, nil)
		}
		out[n] = append(out[n], Core(tile))
	}
	return out
}

// Reaches reports whether a route leads from a tile to another.
func (d *Detour) Reaches(from, to Coord) bool {
	return d.from(d.CoreAt(from)).before[d.CoreAt(to)] != nowhere
}

// route lists the links from a tile to another in order, none where none lead there.
func (d *Detour) route(from, to Coord) []Link {
	w, start := d.from(d.CoreAt(from)), d.CoreAt(from)
	if w.before[d.CoreAt(to)] == nowhere {
		return nil
	}
	n := 0
	for at := d.CoreAt(to); at != start; at = w.before[at] {
		n++
	}
	out := make([]Link, n)
	for at := d.CoreAt(to); at != start; at = w.before[at] {
		n--
		out[n] = w.into[at]
	}
	return out
}

// Distance implements Topology, of tiles that reach each other.
func (d *Detour) Distance(from, to Coord) int { return len(d.route(from, to)) }

// Counter implements Topology.
func (d *Detour) Counter() Counter { return &detourCounter{d: d, seen: make([]int32, d.Tiles())} }

// detourCounter counts links of routes. A tile is seen whose mark is that of the tree.
type detourCounter struct {
	d    *Detour
	seen []int32
	mark int32
}

// Tree implements Counter.
func (c *detourCounter) Tree(from Coord, to []Coord) (h Hops) {
	c.mark++
	start := c.d.CoreAt(from)
	w := c.d.from(start)
	c.seen[start] = c.mark
	for _, end := range to {
		for at := c.d.CoreAt(end); c.seen[at] != c.mark; at = w.before[at] {
			c.seen[at] = c.mark
			h[c.d.Class(w.into[at])]++
		}
	}
	return h
}

// Paths implements Counter.
func (c *detourCounter) Paths(from Coord, to []Coord) (h Hops) {
	for _, end := range to {
		for _, l := range c.d.route(from, end) {
			h[c.d.Class(l)]++
		}
	}
	return h
}
