package router

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCalendar: what is put into a cycle comes out in it, each tile once and rising, with the
// outputs that packets claim, and the next cycle with something is found.
func TestCalendar(t *testing.T) {
	type day struct {
		steps  map[int32]bool
		claims map[int32]uint8
		ids    []int32
	}
	rapid.Check(t, func(t *rapid.T) {
		tiles := rapid.SampledFrom([]int{1, 64, 65, 5000}).Draw(t, "tiles")
		c, want := newCalendar(tiles), map[int64]*day{}
		now := rapid.Int64Range(0, 3*days).Draw(t, "start")
		for range rapid.IntRange(1, 40).Draw(t, "cycles") {
			for id := range rapid.Int32Range(0, 6).Draw(t, "things") {
				cycle := now + rapid.OneOf(rapid.Int64Range(0, 3),
					rapid.Int64Range(0, days-1)).Draw(t, "ahead")
				tile := int32(rapid.IntRange(0, tiles-1).Draw(t, "tile"))
				d := want[cycle]
				if d == nil {
					d = &day{steps: map[int32]bool{}, claims: map[int32]uint8{}}
					want[cycle] = d
				}
				if rapid.Bool().Draw(t, "steps") {
					c.mark(cycle, tile)
					d.steps[tile] = true
					continue
				}
				outs := uint8(rapid.IntRange(1, clash-1).Draw(t, "outs"))
				c.on(cycle).add(moving{tile: tile, id: id, way: way(outs)})
				d.ids = append(d.ids, id)
				if d.claims[tile]&outs != 0 {
					d.claims[tile] |= clash
				}
				d.claims[tile] |= outs
			}
			ahead, ok := c.ahead(now)
			require.Equal(t, len(want) > 0, ok)
			if !ok {
				require.Nil(t, c.take(now))
				continue
			}
			for cycle := range want {
				require.LessOrEqual(t, now+ahead, cycle)
			}
			now += ahead
			p := c.take(now)
			got := &day{steps: map[int32]bool{}, claims: map[int32]uint8{}}
			last := int32(-1)
			p.steps.takeAll(func(tile int32) {
				require.Less(t, last, tile)
				last, got.steps[tile] = tile, true
			})
			for i := range p.moving {
				got.ids = append(got.ids, p.moving[i].id)
			}
			for tile, claims := range p.claims {
				if claims != 0 {
					got.claims[int32(tile)] = claims
				}
			}
			require.Equal(t, want[now], got)
			clear(p.claims)
			p.moving = p.moving[:0]
			c.giveBack(p)
			delete(want, now)
		}
	})
}

// TestTilesetInParts: what is taken before a tile and then after it is what was put in.
func TestTilesetInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const tiles = 9000
		s, want := newTileset(tiles), []int32{}
		for range rapid.IntRange(0, 20).Draw(t, "many") {
			tile := rapid.Int32Range(0, tiles-1).Draw(t, "tile")
			s.add(tile)
			want = append(want, tile)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		before, got := rapid.Int32Range(0, tiles).Draw(t, "before"), []int32{}
		s.takeBefore(before, func(tile int32) {
			require.Less(t, tile, before)
			got = append(got, tile)
		})
		s.takeAll(func(tile int32) {
			require.GreaterOrEqual(t, tile, before)
			got = append(got, tile)
		})
		require.Equal(t, want, got)
		s.takeAll(func(int32) { t.Fatal("the set is empty") })
	})
}
