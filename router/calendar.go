package router

import "math/bits"

const (
	// days is the number of coming cycles that a calendar has a page for.
	days    = 256
	dayMask = days - 1
)

// calendar says which routers step in the present cycle and in those that are
// near, and why: marks per tile and cycle. Marks of a tile come together, and
// tiles come out in ascending order, as they lie in memory.
type calendar struct {
	tiles int
	pages [days]*page // nil where nothing is marked
	spare []*page
	// used has a bit per page that is not nil.
	used [days >> 6]uint64
}

// page is what is marked in a cycle: a lane of 8 bits per tile, and in words a bit per
// word of lanes that is not zero.
type page struct{ words, lanes []uint64 }

func newCalendar(tiles int) calendar { return calendar{tiles: tiles} }

// mark has a tile step in a cycle that is fewer than days ahead.
func (c *calendar) mark(cycle int64, tile int32, m marks) {
	day := cycle & dayMask
	p := c.pages[day]
	if p == nil {
		p = c.open(day)
	}
	p.lanes[tile>>3] |= uint64(m) << (tile & 7 << 3)
	p.words[tile>>9] |= 1 << (tile >> 3 & 63)
}

// open gives a day an empty page.
func (c *calendar) open(day int64) *page {
	c.used[day>>6] |= 1 << (day & 63)
	if last := len(c.spare) - 1; last >= 0 {
		c.pages[day], c.spare = c.spare[last], c.spare[:last]
	} else {
		words, lanes := (c.tiles+511)>>9, (c.tiles+7)>>3
		c.pages[day] = &page{words: make([]uint64, words), lanes: make([]uint64, lanes)}
	}
	return c.pages[day]
}

// ahead is the distance from a cycle to the first with a mark; ok is false if
// there is none.
func (c *calendar) ahead(now int64) (distance int64, ok bool) {
	day := now & dayMask
	if rest := c.used[day>>6] >> (day & 63); rest != 0 {
		return int64(bits.TrailingZeros64(rest)), true
	}
	word := day >> 6
	for range len(c.used) { // around, and back to the words before this day
		word = (word + 1) & int64(len(c.used)-1)
		if c.used[word] != 0 {
			first := word<<6 + int64(bits.TrailingZeros64(c.used[word]))
			return (first - day) & dayMask, true
		}
	}
	return 0, false
}

// take tears out the page of a cycle, nil if there is none. It must come back.
func (c *calendar) take(now int64) *page {
	day := now & dayMask
	p := c.pages[day]
	if p != nil {
		c.pages[day] = nil
		c.used[day>>6] &^= 1 << (day & 63)
	}
	return p
}

// giveBack takes back a page that was emptied.
func (c *calendar) giveBack(p *page) { c.spare = append(c.spare, p) }
