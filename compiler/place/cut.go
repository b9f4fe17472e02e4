package place

import (
	"context"
	"math/rand/v2"

	"adder/chip/profile"
	"adder/compiler/partition"
	"adder/router"
)

// rounds is the number of times that the parts of a board are cut onto its chips, each from the
// result of the previous one.
const rounds = 4

// cutter cuts the parts of a mapping onto the chips of a board: a search moves them from chip
// to chip by what crosses from chip to chip alone, and a second one finds tiles within the
// chips. The cut starts from tiles, of which it keeps the chips where no other are better.
type cutter struct {
	m *partition.Mapping
	// o judges tiles, chips what crosses from chip to chip.
	o, chips *Objective
	// inside has the tiles of each chip that may have loads, in the order of the chips along the
	// curve, and chip is the chip of each tile.
	inside [][]int
	chip   []int
	barred func(tile int) bool
	// near are the tiles of chips that are tried, free those of random moves after the cut.
	near, free []int
}

// newCutter cuts parts onto the chips of a board, whose tiles are ordered along a curve.
func newCutter(m *partition.Mapping, o *Objective, curve, free []int) *cutter {
	c := &cutter{m: m, o: o, chips: o.ofChips(m.Chip), chip: make([]int, m.Chip.Cores()),
		free: free}
	numbers := map[router.Coord]int{}
	for _, tile := range curve {
		at := o.board.Chip(o.at[tile])
		n, known := numbers[at]
		if !known {
			n = len(c.inside)
			numbers[at] = n
			c.inside = append(c.inside, nil)
		}
		c.inside[n] = append(c.inside[n], tile)
		c.chip[tile] = n
	}
	room := 0
	for n := range c.inside {
		if room += len(c.inside[n]); room >= 2*len(m.Parts) || n+1 == len(c.inside) {
			c.near = curve[:room]
			break
		}
	}
	return c
}

// ofChips is the objective of the chips that parts are on: all tiles of a chip have the coordinates
// of the chip in the grid of chips.
func (o *Objective) ofChips(on *profile.Profile) *Objective {
	grid := router.Mesh{Width: int16(on.Board.Width), Height: int16(on.Board.Height)}
	chips := &Objective{
		nets: o.nets, topology: grid, counter: grid.Counter(), multicast: o.multicast,
		border: 1, port: o.port,
		at: make([]router.Coord, len(o.at)), far: make([][]int32, len(o.at)),
	}
	for tile, at := range o.at {
		chips.at[tile] = o.board.Chip(at)
	}
	return chips
}

// improve cuts the mapping once from each of some tiles, continues from the best result, and
// returns the best tiles found: the first if none are better.
func (c *cutter) improve(ctx context.Context, starts [][]int, moves int,
	seed uint64) ([]int, error) {
	best, least := starts[0], c.o.Total(starts[0])
	at, fewest := []int(nil), int64(0)
	for round := range rounds + len(starts) - 1 {
		from := at
		if round < len(starts) {
			from = starts[round]
		}
		tiles, err := c.cut(ctx, from, moves, rand.New(rand.NewPCG(seed, uint64(round)+1)))
		if err != nil {
			return nil, err
		}
		total := c.o.Total(tiles)
		if round == 0 || round >= len(starts) || total < fewest {
			at, fewest = tiles, total
		}
		if total < least {
			best, least = tiles, total
		}
	}
	return best, nil
}

// cut finds a chip for each part, then its tile there, then whether another would do better.
func (c *cutter) cut(ctx context.Context, tiles []int, moves int,
	random *rand.Rand) ([]int, error) {
	at := *c.m
	at.Tiles = tiles
	for _, made := range []func(*partition.Mapping) *search{c.across, c.within, c.freely} {
		s := made(&at)
		s.barred = c.barred
		var err error
		if at.Tiles, err = s.run(ctx, moves, random); err != nil {
			return nil, err
		}
	}
	return at.Tiles, nil
}

// across is the search for chips: any tile of a chip is as good as the others.
func (c *cutter) across(m *partition.Mapping) *search {
	s := newSearch(m, c.chips)
	s.near = c.near
	s.propose = func(part int, random *rand.Rand) int {
		anywhere, tile := s.draw(part, random)
		if tile < 0 {
			return anywhere
		}
		return c.anyOn(tile, random)
	}
	return s
}

// within is the search for tiles of the chips that parts are on.
func (c *cutter) within(m *partition.Mapping) *search {
	s := newSearch(m, c.o)
	s.propose = func(part int, random *rand.Rand) int { return c.anyOn(s.tiles[part], random) }
	return s
}

// freely is the search that knows chips only by the weight of their borders.
func (c *cutter) freely(m *partition.Mapping) *search {
	s := newSearch(m, c.o)
	s.near = c.free
	return s
}

// anyOn is any tile of the chip of a tile.
func (c *cutter) anyOn(tile int, random *rand.Rand) int {
	inside := c.inside[c.chip[tile]]
	return inside[random.IntN(len(inside))]
}
