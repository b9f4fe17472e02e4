package place

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/partition"
	"adder/compiler/rates"
	"adder/router"
)

// randomNets draws a mesh, nets between parts and a placement.
func randomNets(t *rapid.T) (o *Objective, parts int, tiles []int) {
	chip := &profile.Profile{
		Mesh: profile.Mesh{Width: rapid.IntRange(1, 6).Draw(t, "width"),
			Height: rapid.IntRange(1, 6).Draw(t, "height")},
		Multicast: rapid.Bool().Draw(t, "multicast"),
	}
	chip.Ports = []profile.Port{{X: rapid.IntRange(0, chip.Mesh.Width-1).Draw(t, "x"),
		Y: rapid.IntRange(0, chip.Mesh.Height-1).Draw(t, "y")}}
	parts = rapid.IntRange(1, chip.Cores()).Draw(t, "parts")
	nets := drawNets(t, parts)
	tiles = rapid.Permutation(RowMajor(chip.Cores())).Draw(t, "tiles")[:parts]
	return newObjective(chip, nets), parts, tiles
}

// rings is a mesh whose rows are rings: a second topology, with other routes
// and classes of links.
type rings struct{ router.Mesh }

func (rings) Classes() []string { return []string{"row", "column"} }

func (rings) Class(l router.Link) router.LinkClass { return router.LinkClass(l.Dir / 2) }

func (r rings) End(l router.Link) (router.Coord, bool) {
	to, ok := r.Mesh.End(l)
	if !ok && to.Y == l.From.Y {
		to.X = (to.X + r.Width) % r.Width
	}
	return to, to != l.From && to.Y >= 0 && to.Y < r.Height
}

func (r rings) Next(at, to router.Coord) router.Ports {
	switch ahead := (to.X - at.X + r.Width) % r.Width; {
	case ahead == 0:
		return r.Mesh.Next(at, to)
	case ahead <= r.Width/2:
		return router.East.Port()
	}
	return router.West.Port()
}

func (r rings) Distance(from, to router.Coord) (links int) {
	for range router.Links(r, from, to) {
		links++
	}
	return links
}

func (r rings) Counter() router.Counter { return ringCounter{r} }

// ringCounter counts link by link.
type ringCounter struct{ rings }

func (c ringCounter) Tree(from router.Coord, to []router.Coord) (h router.Hops) {
	seen := map[router.Link]bool{}
	for _, at := range to {
		for link := range router.Links(c.rings, from, at) {
			if !seen[link] {
				h[c.Class(link)]++
			}
			seen[link] = true
		}
	}
	return h
}

func (c ringCounter) Paths(from router.Coord, to []router.Coord) (h router.Hops) {
	for _, at := range to {
		h.Add(c.Tree(from, []router.Coord{at}))
	}
	return h
}

// TestLinksAreThoseOfTheRouter holds the objective against the trees that
// packets take, on two topologies.
func TestLinksAreThoseOfTheRouter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, _, tiles := randomNets(t)
		mesh := o.topology.(router.Mesh)
		for _, topology := range []router.Topology{mesh, rings{mesh}} {
			o := objectiveOn(topology, mesh.At(router.Core(o.port)), o.multicast, o.nets)
			for k := range o.nets {
				require.Equal(t, routed(o, &o.nets[k], tiles), o.links(&o.nets[k], tiles))
			}
		}
	})
}

// TestLinksOfManyTiles: a mesh with more tiles than distances are kept for.
func TestLinksOfManyTiles(t *testing.T) {
	mesh := router.Mesh{Width: 40, Height: 30}
	n := net{source: 0, dests: []int{1, 2, 3}, sources: 1, rate: rates.Full}
	for _, multicast := range []bool{false, true} {
		o := objectiveOn(mesh, router.Coord{}, multicast, []net{n})
		tiles := []int{615, 3, 1199, unplaced}
		placed := net{source: 0, dests: []int{1, 2}}
		require.Equal(t, routed(o, &placed, tiles), o.links(&n, tiles))
	}
}

// routed counts the links of a net's trees.
func routed(o *Objective, n *net, tiles []int) (links int64) {
	from := o.topology.At(router.Core(o.port))
	if n.source >= 0 {
		from = o.topology.At(router.Core(tiles[n.source]))
	}
	var to []router.Core
	for _, d := range n.dests {
		to = append(to, router.Core(tiles[d]))
	}
	if o.multicast {
		return router.NewTree(o.topology, from, to).Hops(o.topology).Total()
	}
	for i := range to {
		links += router.NewTree(o.topology, from, to[i:i+1]).Hops(o.topology).Total()
	}
	return links
}

// TestBoundHoldsForEveryPlacement draws placements and none is better.
func TestBoundHoldsForEveryPlacement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, parts, tiles := randomNets(t)
		require.LessOrEqual(t, o.bound(parts, ofSources), o.Hops(tiles))
		require.LessOrEqual(t, o.bound(parts, ofRate), o.Total(tiles))
	})
}

// TestSearchKeepsItsBooks moves parts and compares the running costs with
// costs worked out anew; the result is never worse than the start and the
// same for the same seed.
func TestSearchKeepsItsBooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, parts, tiles := randomNets(t)
		width, port := int(o.topology.(router.Mesh).Width), o.at[o.port]
		height := slices.Max(tiles)/width + 1
		chip := &profile.Profile{
			Mesh: profile.Mesh{Width: width, Height: height}, Multicast: o.multicast,
			Ports: []profile.Port{{X: int(port.X), Y: min(int(port.Y), height-1)}},
		}
		o = newObjective(chip, o.nets)
		m := &partition.Mapping{Chip: chip, Parts: make([]partition.Part, parts), Tiles: tiles}
		s := newSearch(m, o)
		for range 20 {
			s.try(rapid.IntRange(0, parts-1).Draw(t, "part"),
				rapid.IntRange(0, chip.Cores()-1).Draw(t, "tile"),
				rapid.Int64Range(0, 20*rates.Full).Draw(t, "threshold"))
			require.Equal(t, o.Total(s.tiles), s.total)
			for p, tile := range s.tiles {
				require.Equal(t, p, s.at[tile])
			}
		}
		seed := Options{Seed: rapid.Uint64().Draw(t, "seed"), Moves: 300}
		Parts(t.Context(), m, o, seed)
		first := slices.Clone(m.Tiles)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(first))), parts,
			"a tile per part")
		require.LessOrEqual(t, o.Total(first), o.Total(RowMajor(parts)))
		Parts(t.Context(), m, o, seed)
		require.Equal(t, first, m.Tiles)
	})
}

// TestHilbertVisitsEveryTileOnce on meshes that are no squares.
func TestHilbertVisitsEveryTileOnce(t *testing.T) {
	for _, mesh := range []profile.Mesh{{Width: 1, Height: 1}, {Width: 16, Height: 8},
		{Width: 5, Height: 3}, {Width: 1, Height: 9}} {
		for _, port := range []profile.Port{{}, {X: mesh.Width - 1, Y: mesh.Height - 1}} {
			tiles := curveOf(router.Mesh{Width: int16(mesh.Width), Height: int16(mesh.Height)},
				&profile.Profile{Mesh: mesh, Ports: []profile.Port{port}})
			slices.Sort(tiles)
			require.Equal(t, RowMajor(mesh.Width*mesh.Height), tiles)
		}
	}
}
