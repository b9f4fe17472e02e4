package router

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCalendar: what is marked for a cycle comes out in it, each tile once and in
// ascending order, and the next cycle with a mark is found.
func TestCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tiles := rapid.SampledFrom([]int{1, 64, 65, 5000}).Draw(t, "tiles")
		c, want := newCalendar(tiles), map[int64][]int32{}
		now := rapid.Int64Range(0, 3*days).Draw(t, "start")
		for range rapid.IntRange(1, 40).Draw(t, "cycles") {
			for range rapid.IntRange(0, 4).Draw(t, "marks") {
				cycle := now + rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, days-1)).Draw(t, "ahead")
				tile := int32(rapid.IntRange(0, tiles-1).Draw(t, "tile"))
				c.mark(cycle, tile)
				if !slices.Contains(want[cycle], tile) {
					want[cycle] = append(want[cycle], tile)
				}
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
			slices.Sort(want[now])
			p := c.take(now)
			require.Equal(t, want[now], takeAll(p))
			c.giveBack(p)
			delete(want, now)
		}
	})
}

// takeAll empties a page.
func takeAll(p *page) (tiles []int32) {
	for w, word := range p.tiles {
		if word != 0 && p.words[w>>6]>>(w&63)&1 == 0 {
			panic("a word of tiles that no bit tells of")
		}
		for ; word != 0; word &= word - 1 {
			tiles = append(tiles, int32(w<<6+bits.TrailingZeros64(word)))
		}
	}
	clear(p.words)
	clear(p.tiles)
	return tiles
}
