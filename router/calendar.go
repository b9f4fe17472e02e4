package router

import "math/bits"

const (
	// days is the number of coming cycles that a calendar has a page for.
	days    = 256
	dayMask = days - 1
)

// dayset is a set of days.
type dayset [days >> 6]uint64

func (d *dayset) add(day int64)    { d[day>>6&3] |= 1 << (day & 63) }
func (d *dayset) remove(day int64) { d[day>>6&3] &^= 1 << (day & 63) }

// ahead is the distance from a day to the first of the set; ok is false if there is none.
func (d *dayset) ahead(day int64) (distance int64, ok bool) {
	if rest := d[day>>6&3] >> (day & 63); rest != 0 {
		return int64(bits.TrailingZeros64(rest)), true
	}
	word := day >> 6
	for range len(d) { // around, and back to the words before this day
		word = (word + 1) & int64(len(d)-1)
		if d[word] != 0 {
			first := word<<6 + int64(bits.TrailingZeros64(d[word]))
			return (first - day) & dayMask, true
		}
	}
	return 0, false
}

// calendar holds the events of the present and the next cycles: the packets that arrive at their
// routers, and the other routers that step.
type calendar struct {
	tiles int
	pages [days]*page // nil where nothing happens
	spare []*page
	used  dayset
}

// page is the events of a cycle.
type page struct {
	// moving are the packets that arrive, in any order.
	moving []moving
	// claims are the outputs by which those that arrive at a tile leave it, with clash.
	claims []uint8
	// steps are the tiles whose routers step.
	steps tileset
}

// clash: two packets that arrive at a tile leave it by the same output.
const clash = 1 << ports

func newCalendar(tiles int) calendar { return calendar{tiles: tiles} }

// on is the page of a cycle that is fewer than days ahead.
func (c *calendar) on(cycle int64) *page {
	if p := c.pages[cycle&dayMask]; p != nil {
		return p
	}
	return c.open(cycle & dayMask)
}

// mark has a tile step in a cycle.
func (c *calendar) mark(cycle int64, tile int32) { c.on(cycle).steps.add(tile) }

// add has a packet arrive, and notes that it leaves its router by outputs.
func (p *page) add(m moving) {
	p.moving = append(p.moving, m)
	claim := &p.claims[m.tile]
	outs, before := uint8(m.way.outs()), *claim
	*claim = before | outs | (before&outs+(clash-1))&clash
}

// open gives a day an empty page.
func (c *calendar) open(day int64) *page {
	c.used.add(day)
	if last := len(c.spare) - 1; last >= 0 {
		c.pages[day], c.spare = c.spare[last], c.spare[:last]
	} else {
		c.pages[day] = &page{claims: make([]uint8, c.tiles), steps: newTileset(c.tiles)}
	}
	return c.pages[day]
}

// ahead is the distance from a cycle to the first with a page; ok is false if
// there is none.
func (c *calendar) ahead(now int64) (distance int64, ok bool) {
	return c.used.ahead(now & dayMask)
}

// take tears out the page of a cycle, nil if there is none. The caller must return it.
func (c *calendar) take(now int64) *page {
	day := now & dayMask
	p := c.pages[day]
	if p != nil {
		c.pages[day] = nil
		c.used.remove(day)
	}
	return p
}

// giveBack takes back a page that was emptied.
func (c *calendar) giveBack(p *page) { c.spare = append(c.spare, p) }

// tileset is a set of tiles, which come out in ascending order.
type tileset struct {
	words []uint64
	// some has a bit per word that is not zero.
	some []uint64
}

func newTileset(tiles int) tileset {
	words := (tiles + 63) >> 6
	return tileset{words: make([]uint64, words), some: make([]uint64, (words+63)>>6)}
}

func (s *tileset) add(tile int32) {
	s.words[tile>>6] |= 1 << (tile & 63)
	s.some[tile>>12] |= 1 << (tile >> 6 & 63)
}

// takeAll empties the set tile by tile. Nothing is added meanwhile.
func (s *tileset) takeAll(each func(tile int32)) { s.takeBefore(1<<31-1, each) }

// takeBefore takes the tiles before one.
func (s *tileset) takeBefore(end int32, each func(tile int32)) {
	for i, some := range s.some {
		for ; some != 0; some &= some - 1 {
			w := i<<6 + bits.TrailingZeros64(some)
			word := s.words[w]
			for ; word != 0; word &= word - 1 {
				tile := int32(w<<6 + bits.TrailingZeros64(word))
				if tile >= end {
					s.words[w], s.some[i] = word, some
					return
				}
				each(tile)
			}
			s.words[w] = 0
		}
		s.some[i] = 0
	}
}
