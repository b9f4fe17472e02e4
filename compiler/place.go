package compiler

import (
	"math/rand/v2"
	"slices"

	"adder/chip/profile"
)

// Placement says how core loads are put on the mesh.
type Placement struct {
	// Seed drives the local search; equal seeds give equal placements.
	Seed uint64
	// Moves is the number of moves tried; 0 means 20,000, negative means
	// none.
	Moves int
}

// place puts the parts on tiles: along a Hilbert curve that starts at the
// port or, where that is shorter, row by row; then by a local search that
// swaps two tiles whenever that shortens the routes of all nets together.
func place(m *mapping, nets []net, opts Placement) {
	curve := hilbert(m.chip.Mesh, m.chip.Ports[0])
	m.tiles = slices.Clone(curve[:len(m.parts)])
	if rows := rowMajor(len(m.parts)); m.totalHops(nets, rows) < m.totalHops(nets, m.tiles) {
		m.tiles = rows
	}
	moves := opts.Moves
	if moves == 0 {
		moves = 20_000
	}
	if moves < 0 || len(m.parts) == 0 {
		return
	}
	s := newSearch(m, nets)
	near := curve[:min(len(curve), 2*len(m.parts)+2)]
	random := rand.New(rand.NewPCG(opts.Seed, 0))
	for range moves {
		s.try(random.IntN(len(m.parts)), near[random.IntN(len(near))])
	}
}

// rowMajor puts part i on tile i.
func rowMajor(parts int) []int {
	tiles := make([]int, parts)
	for i := range tiles {
		tiles[i] = i
	}
	return tiles
}

// hops is the number of links that one spike of each of a net's sources
// crosses, with the parts on the given tiles: those of a tree on a
// multicast mesh, else those of a packet per part.
func (m *mapping) hops(n *net, tiles []int) int64 {
	coord := func(tile int) (x, y int) { return tile % m.chip.Mesh.Width, tile / m.chip.Mesh.Width }
	x, y := m.chip.Ports[0].X, m.chip.Ports[0].Y
	if n.source >= 0 {
		x, y = coord(tiles[n.source])
	}
	if m.chip.Multicast {
		return n.weight * int64(treeLength(x, y, n.dests, func(d int) (int, int) { return coord(tiles[d]) }))
	}
	links := 0
	for _, d := range n.dests {
		dx, dy := coord(tiles[d])
		links += max(dx-x, x-dx) + max(dy-y, y-dy)
	}
	return n.weight * int64(links)
}

func (m *mapping) totalHops(nets []net, tiles []int) (total int64) {
	for k := range nets {
		total += m.hops(&nets[k], tiles)
	}
	return total
}

// hilbert orders the tiles of a mesh along a Hilbert curve over the
// smallest enclosing square of a power of two, started near the port.
func hilbert(mesh profile.Mesh, port profile.Port) []int {
	side := 1
	for side < max(mesh.Width, mesh.Height) {
		side *= 2
	}
	flipX, flipY := port.X > mesh.Width/2, port.Y > mesh.Height/2
	out := make([]int, 0, mesh.Width*mesh.Height)
	for d := range side * side {
		x, y := hilbertPoint(side, d)
		if flipX {
			x = mesh.Width - 1 - x
		}
		if flipY {
			y = mesh.Height - 1 - y
		}
		if x >= 0 && x < mesh.Width && y >= 0 && y < mesh.Height {
			out = append(out, y*mesh.Width+x)
		}
	}
	return out
}

// hilbertPoint is the d-th point of a Hilbert curve over side x side.
func hilbertPoint(side, d int) (x, y int) {
	for s := 1; s < side; s *= 2 {
		rx := d / 2 & 1
		ry := (d ^ rx) & 1
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
		x += s * rx
		y += s * ry
		d /= 4
	}
	return x, y
}

// search is the state of the local search.
type search struct {
	m       *mapping
	nets    []net
	touches [][]int // part -> nets
	at      []int   // tile -> part or -1
	cost    []int64 // per net
}

func newSearch(m *mapping, nets []net) *search {
	s := &search{m: m, nets: nets, touches: make([][]int, len(m.parts)), at: make([]int, m.chip.Cores()), cost: make([]int64, len(nets))}
	for i := range s.at {
		s.at[i] = -1
	}
	for p, tile := range m.tiles {
		s.at[tile] = p
	}
	for k, n := range nets {
		if n.source >= 0 {
			s.touches[n.source] = append(s.touches[n.source], k)
		}
		for _, d := range n.dests {
			if d != n.source {
				s.touches[d] = append(s.touches[d], k)
			}
		}
		s.cost[k] = m.hops(&nets[k], m.tiles)
	}
	return s
}

// treeLength is the number of links in the union of XY routes from a point
// to all destinations: the span along the source's row, then the span along
// each column.
func treeLength(x, y int, dests []int, at func(int) (int, int)) int {
	type span struct{ x, low, high int }
	var columns []span
	west, east := x, x
	for _, d := range dests {
		dx, dy := at(d)
		west, east = min(west, dx), max(east, dx)
		i := slices.IndexFunc(columns, func(c span) bool { return c.x == dx })
		if i < 0 {
			columns = append(columns, span{dx, min(y, dy), max(y, dy)})
			continue
		}
		columns[i].low, columns[i].high = min(columns[i].low, dy), max(columns[i].high, dy)
	}
	length := east - west
	for _, c := range columns {
		length += c.high - c.low
	}
	return length
}

// try moves a part to a tile, swapping with what stands there, and keeps
// the move if it shortens the trees.
func (s *search) try(part, tile int) {
	from := s.m.tiles[part]
	if from == tile {
		return
	}
	other := s.at[tile]
	affected := slices.Clone(s.touches[part])
	if other >= 0 {
		affected = append(affected, s.touches[other]...)
	}
	slices.Sort(affected)
	affected = slices.Compact(affected)
	var before, after int64
	for _, k := range affected {
		before += s.cost[k]
	}
	s.swap(part, other, from, tile)
	lengths := make([]int64, len(affected))
	for i, k := range affected {
		lengths[i] = s.m.hops(&s.nets[k], s.m.tiles)
		after += lengths[i]
	}
	if after >= before {
		s.swap(part, other, tile, from)
		return
	}
	for i, k := range affected {
		s.cost[k] = lengths[i]
	}
}

func (s *search) swap(part, other, from, to int) {
	s.m.tiles[part], s.at[to] = to, part
	s.at[from] = other
	if other >= 0 {
		s.m.tiles[other] = from
	}
}
