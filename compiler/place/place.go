// Package place places core loads on the tiles of a mesh. It owns the objective, the search that
// minimises it, and placements in files (docs/mapping.md).
//
//	place.go      Options; orders of cores, and the first placement
//	objective.go  the objective
//	search.go     the local search
//	cut.go        the cut of a board onto its chips
//	border.go     what crosses borders of chips
//	nets.go       a neuron and the cores that it reaches, grouped
//	plan.go       placements in files
package place

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/partition"
	"adder/router"
)

// Options are the options of placement.
type Options struct {
	// Seed seeds the local search; equal seeds give equal placements.
	Seed uint64
	// Moves is the number of moves tried; 0 means 20,000, negative means
	// none.
	Moves int
	// Plan, if not nil, is the placement.
	Plan *Plan
	// Avoid are cores that get no load, ascending.
	Avoid []router.Core
}

// CheckRoom is an error for a mapping with more parts than its chip has free cores.
func (o *Options) CheckRoom(m *partition.Mapping) error {
	have := m.Chip.Cores() - len(o.Avoid)
	if len(m.Parts) <= have {
		return nil
	}
	return &fit.Error{Network: m.Net.Name, Chip: m.Chip.Name, Limits: []fit.Excess{{
		Limit: fit.LimitCores, Need: int64(len(m.Parts)), Have: int64(have),
		Help: fmt.Sprintf("%d of the chip's cores are dead, and too few are left: take a chip "+
			"with spare cores", len(o.Avoid)),
	}}}
}

// avoids reports whether a tile gets no load.
func (o *Options) avoids(tile int) bool {
	_, found := slices.BinarySearch(o.Avoid, router.Core(tile))
	return found
}

// CheckPlan is an error for a plan that has a load on a core to avoid.
func (o *Options) CheckPlan(m *partition.Mapping) error {
	for load, tile := range m.Tiles {
		if at := m.Chip.Topology().At(router.Core(tile)); o.avoids(tile) {
			return fmt.Errorf("placement: load %d stands at (%d, %d), where the core is dead", load,
				at.X, at.Y)
		}
	}
	return nil
}

// defaultMoves is a budget that takes about a second at most.
const defaultMoves = 20_000

// Parts places the parts on tiles. It starts from the best of four simple placements and improves
// it by a local search (docs/mapping.md). When ctx is done, it returns ctx's error.
func Parts(ctx context.Context, m *partition.Mapping, o *Objective, opts Options) error {
	curve := slices.DeleteFunc(curveOf(o.topology, m.Chip), opts.avoids)
	t := newTraffic(m, o)
	order := t.order()
	starts := [][]int{
		opts.rowMajor(len(m.Parts)), slices.Clone(curve[:len(m.Parts)]), along(order, curve),
		t.grow(order, curve),
	}
	m.Tiles = slices.MinFunc(starts, func(a, b []int) int {
		return int(min(max(o.Total(a)-o.Total(b), -1), 1))
	})
	moves := opts.Moves
	if moves == 0 {
		moves = defaultMoves
	}
	if moves < 0 || len(m.Parts) < 2 && m.Chip.Cores() < 2 || len(m.Parts) == 0 {
		return nil
	}
	s := newSearch(m, o)
	s.barred = opts.avoids
	s.near = curve[:min(len(curve), 2*len(m.Parts)+2)]
	tiles, err := s.run(ctx, moves, rand.New(rand.NewPCG(opts.Seed, 0)))
	if err == nil && o.board != nil {
		c := newCutter(m, o, curve, s.near)
		c.barred = opts.avoids
		tiles, err = c.improve(ctx, [][]int{tiles, along(order, curve)}, moves, opts.Seed)
	}
	if err != nil {
		return fmt.Errorf("place %s: %w", m.Net.Name, err)
	}
	m.Tiles = tiles
	return nil
}

// RowMajor places part i on tile i.
func RowMajor(parts int) []int {
	tiles := make([]int, parts)
	for i := range tiles {
		tiles[i] = i
	}
	return tiles
}

// rowMajor is RowMajor on the tiles that may have loads.
func (o *Options) rowMajor(parts int) []int {
	tiles := make([]int, 0, parts)
	for tile := 0; len(tiles) < parts; tile++ {
		if !o.avoids(tile) {
			tiles = append(tiles, tile)
		}
	}
	return tiles
}

// along puts the parts of an order on the tiles of a curve.
func along(order, curve []int) []int {
	tiles := make([]int, len(order))
	for i, p := range order {
		tiles[p] = curve[i]
	}
	return tiles
}

// curveOf orders the tiles of a chip, or of the chips of a board one after the other, along
// a Hilbert curve that starts near the port.
func curveOf(t router.Topology, on *profile.Profile) []int {
	chip, port := on.Chip(), on.Ports[0]
	inside := hilbert(chip, port)
	out := make([]int, 0, on.Cores())
	board := profile.Mesh{Width: max(on.Board.Width, 1), Height: max(on.Board.Height, 1)}
	for _, c := range hilbert(board, profile.Port{}) {
		for _, at := range inside {
			at.X += c.X * int16(chip.Width)
			at.Y += c.Y * int16(chip.Height)
			out = append(out, int(t.CoreAt(at)))
		}
	}
	return out
}

// hilbert orders the tiles of a mesh along a Hilbert curve over the
// smallest enclosing square of a power of two, started near the port.
func hilbert(mesh profile.Mesh, port profile.Port) []router.Coord {
	side := 1
	for side < max(mesh.Width, mesh.Height) {
		side *= 2
	}
	flipX, flipY := port.X > mesh.Width/2, port.Y > mesh.Height/2
	out := make([]router.Coord, 0, mesh.Width*mesh.Height)
	for d := range side * side {
		x, y := hilbertPoint(side, d)
		if flipX {
			x = mesh.Width - 1 - x
		}
		if flipY {
			y = mesh.Height - 1 - y
		}
		if x >= 0 && x < mesh.Width && y >= 0 && y < mesh.Height {
			out = append(out, router.Coord{X: int16(x), Y: int16(y)})
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

// traffic is the traffic between parts.
type traffic struct {
	m *partition.Mapping
	o *Objective
	// between[a] has the spikes per tick from or to every part, and last
	// those from the port.
	between [][]int64
	touches [][]int // part -> nets
}

func newTraffic(m *partition.Mapping, o *Objective) *traffic {
	t := &traffic{m: m, o: o, between: make([][]int64, len(m.Parts)), touches: touching(m, o)}
	for i := range t.between {
		t.between[i] = make([]int64, len(m.Parts)+1)
	}
	for k := range o.nets {
		n := &o.nets[k]
		from := n.source
		if from < 0 {
			from = len(m.Parts)
		}
		for _, d := range n.dests {
			t.between[d][from] += n.rate
			if n.source >= 0 {
				t.between[n.source][d] += n.rate
			}
		}
	}
	return t
}

// touching lists the nets of each part.
func touching(m *partition.Mapping, o *Objective) [][]int {
	touches := make([][]int, len(m.Parts))
	for k, n := range o.nets {
		if n.source >= 0 {
			touches[n.source] = append(touches[n.source], k)
		}
		for _, d := range n.dests {
			if d != n.source {
				touches[d] = append(touches[d], k)
			}
		}
	}
	return touches
}

// order grows a list of the parts from the port: next is always the part
// with most traffic to those before it.
func (t *traffic) order() []int {
	parts := len(t.m.Parts)
	pull, done := make([]int64, parts), make([]bool, parts)
	for p := range pull {
		pull[p] = t.between[p][parts]
	}
	out := make([]int, 0, parts)
	for range parts {
		best := -1
		for p := range parts {
			if !done[p] && (best < 0 || pull[p] > pull[best]) {
				best = p
			}
		}
		done[best] = true
		out = append(out, best)
		for p := range parts {
			pull[p] += t.between[best][p]
		}
	}
	return out
}

// maxGrown bounds the number of parts that grow places one by one.
const maxGrown = 256

// grow puts the parts of an order on the mesh one by one, each where it
// adds least to the objective among the free tiles next to those in use.
func (t *traffic) grow(order, curve []int) []int {
	tiles := make([]int, len(order))
	for p := range tiles {
		tiles[p] = unplaced
	}
	if len(order) > maxGrown {
		return along(order, curve)
	}
	used := slices.Repeat([]bool{true}, t.m.Chip.Cores())
	for _, tile := range curve {
		used[tile] = false
	}
	frontier := []int{t.o.port}
	if used[t.o.port] {
		frontier = frontier[:0]
	}
	for _, p := range order {
		if len(frontier) == 0 { // all around those in use are barred
			frontier = append(frontier, curve[slices.IndexFunc(curve, func(tile int) bool {
				return !used[tile]
			})])
		}
		best, cost := 0, int64(-1)
		for i, tile := range frontier {
			tiles[p] = tile
			sum := int64(0)
			for _, k := range t.touches[p] {
				sum += t.o.cost(k, tiles)
			}
			if cost < 0 || sum < cost {
				best, cost = i, sum
			}
		}
		tiles[p] = frontier[best]
		used[tiles[p]] = true
		frontier = slices.Delete(frontier, best, best+1)
		for _, next := range t.neighbours(tiles[p]) {
			if !used[next] && !slices.Contains(frontier, next) {
				frontier = append(frontier, next)
			}
		}
	}
	return tiles
}

// neighbours lists the tiles next to a tile.
func (t *traffic) neighbours(tile int) []int {
	var out []int
	for _, dir := range [...]router.Direction{router.East, router.South, router.West,
		router.North} {
		if next, ok := t.o.topology.End(router.Link{From: t.o.at[tile], Dir: dir}); ok {
			out = append(out, int(t.o.topology.CoreAt(next)))
		}
	}
	return out
}
