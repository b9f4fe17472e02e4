package place

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/rates"
	"adder/router"
)

// boardOf is a board without times.
func boardOf(width, height int, chip profile.Mesh, multicast bool) *profile.Profile {
	return &profile.Profile{
		Mesh:  profile.Mesh{Width: width * chip.Width, Height: height * chip.Height},
		Board: profile.Board{Width: width, Height: height}, Multicast: multicast,
		Ports: []profile.Port{{}},
	}
}

// placed places parts that stand for themselves.
func placed(t require.TestingT, on *profile.Profile, nets []net, parts int, o Options) []int {
	m := &partition.Mapping{Net: &ir.Network{Name: "net"}, Chip: on,
		Parts: make([]partition.Part, parts)}
	require.NoError(t, Parts(context.Background(), m, newObjective(on, nets), o))
	return m.Tiles
}

// TestCutKeepsFriendsTogether: two groups of parts that talk among themselves, in turns, lie on a
// chip each, and one spike crosses between them.
func TestCutKeepsFriendsTogether(t *testing.T) {
	on := boardOf(2, 1, profile.Mesh{Width: 2, Height: 2}, true)
	var nets []net
	for part := range 8 {
		n := net{source: part, sources: 1, rate: rates.Full}
		for other := part % 2; other < 8; other += 2 {
			n.dests = append(n.dests, other)
		}
		nets = append(nets, n)
	}
	nets = append(nets, net{source: 0, dests: []int{1}, sources: 1, rate: rates.Full})
	tiles := placed(t, on, nets, 8, Options{})
	o := newObjective(on, nets)
	require.EqualValues(t, 1, o.Borders(tiles))
	require.EqualValues(t, rates.Full, o.ofChips(on).Total(tiles))
}

// TestCutIsNeverWorse: what comes of the cut is a placement, off what is barred, no worse than
// without the cut, and the same again.
func TestCutIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chip := profile.Mesh{Width: rapid.IntRange(1, 3).Draw(t, "width"),
			Height: rapid.IntRange(1, 3).Draw(t, "height")}
		on := boardOf(rapid.IntRange(1, 3).Draw(t, "chips across"),
			rapid.IntRange(2, 3).Draw(t, "chips down"), chip, rapid.Bool().Draw(t, "multicast"))
		avoid := []router.Core{router.Core(rapid.IntRange(0, on.Cores()-1).Draw(t, "dead"))}
		parts := rapid.IntRange(1, on.Cores()-1).Draw(t, "parts")
		nets := drawNets(t, parts)
		opts := Options{Moves: 200, Avoid: avoid, Seed: rapid.Uint64().Draw(t, "seed")}
		tiles := placed(t, on, nets, parts, opts)
		require.Equal(t, tiles, placed(t, on, nets, parts, opts))
		require.NotContains(t, tiles, int(avoid[0]))
		distinct := slices.Clone(tiles)
		slices.Sort(distinct)
		require.Len(t, slices.Compact(distinct), parts)

		o := newObjective(on, nets)
		require.LessOrEqual(t, o.ofChips(on).Total(tiles), o.Total(tiles))
		m := &partition.Mapping{Net: &ir.Network{Name: "net"}, Chip: on, Tiles: tiles,
			Parts: make([]partition.Part, parts)}
		curve := slices.DeleteFunc(curveOf(o.topology, on), opts.avoids)
		c := newCutter(m, o, curve, curve)
		c.barred = opts.avoids
		again, err := c.improve(t.Context(), [][]int{tiles}, 50, 1)
		require.NoError(t, err)
		require.LessOrEqual(t, o.Total(again), o.Total(tiles))
	})
}

// drawNets draws nets between parts.
func drawNets(t *rapid.T, parts int) (nets []net) {
	for range rapid.IntRange(0, 8).Draw(t, "nets") {
		n := net{source: rapid.IntRange(-1, parts-1).Draw(t, "source"),
			sources: rapid.Int64Range(1, 9).Draw(t, "sources")}
		n.rate = n.sources * rates.Full
		n.dests = rapid.SliceOfNDistinct(rapid.IntRange(0, parts-1), 1, parts, rapid.ID).Draw(t,
			"dests")
		slices.Sort(n.dests)
		nets = append(nets, n)
	}
	return nets
}
