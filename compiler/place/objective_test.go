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
		Mesh:      profile.Mesh{Width: rapid.IntRange(1, 6).Draw(t, "width"), Height: rapid.IntRange(1, 6).Draw(t, "height")},
		Multicast: rapid.Bool().Draw(t, "multicast"),
	}
	chip.Ports = []profile.Port{{X: rapid.IntRange(0, chip.Mesh.Width-1).Draw(t, "x"), Y: rapid.IntRange(0, chip.Mesh.Height-1).Draw(t, "y")}}
	parts = rapid.IntRange(1, chip.Cores()).Draw(t, "parts")
	var nets []net
	for range rapid.IntRange(0, 8).Draw(t, "nets") {
		n := net{source: rapid.IntRange(-1, parts-1).Draw(t, "source"), sources: rapid.Int64Range(1, 9).Draw(t, "sources")}
		n.rate = n.sources * rates.Full
		n.dests = rapid.SliceOfNDistinct(rapid.IntRange(0, parts-1), 1, parts, rapid.ID).Draw(t, "dests")
		slices.Sort(n.dests)
		nets = append(nets, n)
	}
	tiles = rapid.Permutation(RowMajor(chip.Cores())).Draw(t, "tiles")[:parts]
	return newObjective(chip, nets), parts, tiles
}

// TestLinksAreThoseOfTheRouter holds the objective against the trees that
// packets take.
func TestLinksAreThoseOfTheRouter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, _, tiles := randomNets(t)
		mesh := router.Mesh{Width: int16(o.width), Height: 6}
		for k := range o.nets {
			n := &o.nets[k]
			at := o.port
			if n.source >= 0 {
				at = tiles[n.source]
			}
			var to []router.Core
			want := int64(0)
			for _, d := range n.dests {
				to = append(to, router.Core(tiles[d]))
				if !o.multicast {
					tree := router.NewTree(mesh, mesh.At(router.Core(at)), to[len(to)-1:])
					hops := tree.Hops(mesh)
					want += hops.Total()
				}
			}
			if o.multicast {
				tree := router.NewTree(mesh, mesh.At(router.Core(at)), to)
				hops := tree.Hops(mesh)
				want = hops.Total()
			}
			require.EqualValues(t, want, o.links(n, tiles))
		}
	})
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
		height := slices.Max(tiles)/o.width + 1
		chip := &profile.Profile{Mesh: profile.Mesh{Width: o.width, Height: height}, Multicast: o.multicast, Ports: []profile.Port{{X: o.port % o.width, Y: min(o.port/o.width, height-1)}}}
		o = newObjective(chip, o.nets)
		m := &partition.Mapping{Chip: chip, Parts: make([]partition.Part, parts), Tiles: tiles}
		s := newSearch(m, o)
		for range 20 {
			s.try(rapid.IntRange(0, parts-1).Draw(t, "part"), rapid.IntRange(0, chip.Cores()-1).Draw(t, "tile"), rapid.Int64Range(0, 20*rates.Full).Draw(t, "threshold"))
			require.Equal(t, o.Total(s.tiles), s.total)
			for p, tile := range s.tiles {
				require.Equal(t, p, s.at[tile])
			}
		}
		seed := Options{Seed: rapid.Uint64().Draw(t, "seed"), Moves: 300}
		Parts(m, o, seed)
		first := slices.Clone(m.Tiles)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(first))), parts, "a tile per part")
		require.LessOrEqual(t, o.Total(first), o.Total(RowMajor(parts)))
		Parts(m, o, seed)
		require.Equal(t, first, m.Tiles)
	})
}

// TestHilbertVisitsEveryTileOnce on meshes that are no squares.
func TestHilbertVisitsEveryTileOnce(t *testing.T) {
	for _, mesh := range []profile.Mesh{{Width: 1, Height: 1}, {Width: 16, Height: 8}, {Width: 5, Height: 3}, {Width: 1, Height: 9}} {
		for _, port := range []profile.Port{{}, {X: mesh.Width - 1, Y: mesh.Height - 1}} {
			tiles := hilbert(mesh, port)
			slices.Sort(tiles)
			require.Equal(t, RowMajor(mesh.Width*mesh.Height), tiles)
		}
	}
}
