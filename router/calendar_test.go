package router

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCalendar: what is marked for a cycle comes out in it, each tile once with all
// its marks, and the next cycle with a mark is found.
func TestCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tiles := rapid.SampledFrom([]int{1, 64, 65, 5000}).Draw(t, "tiles")
		c, want := newCalendar(tiles), map[int64]map[int32]marks{}
		now := rapid.Int64Range(0, 3*days).Draw(t, "start")
		for range rapid.IntRange(1, 40).Draw(t, "cycles") {
			for range rapid.IntRange(0, 4).Draw(t, "marks") {
				cycle := now + rapid.OneOf(rapid.Int64Range(0, 3),
					rapid.Int64Range(0, days-1)).Draw(t, "ahead")
				tile := int32(rapid.IntRange(0, tiles-1).Draw(t, "tile"))
				m := marks(1) << rapid.IntRange(0, 5).Draw(t, "mark")
				c.mark(cycle, tile, m)
				if want[cycle] == nil {
					want[cycle] = map[int32]marks{}
				}
				want[cycle][tile] |= m
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
			require.Equal(t, want[now], takeAll(p))
			c.giveBack(p)
			delete(want, now)
		}
	})
}

// takeAll empties a page.
func takeAll(p *page) map[int32]marks {
	all := map[int32]marks{}
	for w, lanes := range p.lanes {
		if lanes != 0 && p.words[w>>6]>>(w&63)&1 == 0 {
			panic("a word of lanes that no bit tells of")
		}
		for k := 0; k < 64; k += 8 {
			if m := marks(lanes >> k); m != 0 {
				all[int32(w<<3+k>>3)] = m
			}
		}
	}
	clear(p.words)
	clear(p.lanes)
	return all
}
