package place

import (
	"context"
	"math/rand/v2"
	"slices"

	"adder/chip/profile"
	"adder/compiler/partition"
)

// search improves a placement by moving parts and swapping them. It
// accepts a move that makes the objective worse by less than a threshold,
// which falls to nothing (Dueck and Scheuer, J. Comput. Phys. 90, 1990):
// annealing that needs neither exponentials nor, for a result that is the
// same on every machine, floats.
type search struct {
	o       *Objective
	mesh    profile.Mesh
	tiles   []int   // part -> tile
	at      []int   // tile -> part or -1
	touches [][]int // part -> nets
	near    []int   // tiles for moves at random
	barred  func(tile int) bool
	// propose gives a tile to try for a part.
	propose func(part int, random *rand.Rand) int
	cost    []int64 // per net
	total   int64
	// affected and lengths are of the move that is tried.
	affected []int
	lengths  []int64
	stamp    []int // per net: last move that affected it
	move     int
}

func newSearch(m *partition.Mapping, o *Objective) *search {
	s := &search{
		o: o, mesh: m.Chip.Mesh, tiles: slices.Clone(m.Tiles), at: make([]int, m.Chip.Cores()),
		touches: touching(m, o), cost: make([]int64, len(o.nets)), stamp: make([]int, len(o.nets)),
		barred: new(Options).avoids,
	}
	s.propose = s.nearby
	for i := range s.at {
		s.at[i] = -1
	}
	for p, tile := range s.tiles {
		s.at[tile] = p
	}
	for k := range o.nets {
		s.cost[k] = o.cost(k, s.tiles)
		s.total += s.cost[k]
	}
	return s
}

// askEvery is the number of moves after which the search asks whether it was
// interrupted.
const askEvery = 64

// run tries a number of moves and returns the best placement it came by.
func (s *search) run(ctx context.Context, moves int, random *rand.Rand) ([]int, error) {
	best, least := slices.Clone(s.tiles), s.total
	// A part causes about total / parts; a threshold of an eighth of that
	// lets parts pass each other without tearing the placement apart.
	start := s.total / int64(8*len(s.tiles))
	falling := moves - moves/4
	for i := range moves {
		if i%askEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		threshold := int64(0)
		if i < falling {
			threshold = start * int64(falling-i) / int64(falling)
		}
		part := random.IntN(len(s.tiles))
		s.try(part, s.propose(part, random), threshold)
		if s.total < least {
			least = s.total
			copy(best, s.tiles)
		}
	}
	return best, nil
}

// nearby is a tile to try for a part: anywhere near the port or, as often,
// next to a part that it shares a net with.
func (s *search) nearby(part int, random *rand.Rand) int {
	anywhere, tile := s.draw(part, random)
	if tile < 0 {
		return anywhere
	}
	at := s.o.at[tile]
	at.X += int16(random.IntN(3) - 1)
	at.Y += int16(random.IntN(3) - 1)
	if at.X < 0 || int(at.X) >= s.mesh.Width || at.Y < 0 || int(at.Y) >= s.mesh.Height {
		return anywhere
	}
	return int(s.o.topology.CoreAt(at))
}

// draw gives any of the tiles for moves at random, and half the time one that a net of the part
// has an end on, else -1.
func (s *search) draw(part int, random *rand.Rand) (anywhere, tile int) {
	anywhere = s.near[random.IntN(len(s.near))]
	if len(s.touches[part]) == 0 || random.IntN(2) == 0 {
		return anywhere, -1
	}
	n := &s.o.nets[s.touches[part][random.IntN(len(s.touches[part]))]]
	tile = s.o.port
	if k := random.IntN(len(n.dests) + 1); k < len(n.dests) {
		tile = s.tiles[n.dests[k]]
	} else if n.source >= 0 {
		tile = s.tiles[n.source]
	}
	return anywhere, tile
}

// try moves a part to a tile, swapping with the load there, and keeps the move if the objective
// rises by less than the threshold.
func (s *search) try(part, tile int, threshold int64) {
	from := s.tiles[part]
	if from == tile || s.barred(tile) {
		return
	}
	other := s.at[tile]
	s.affect(part, other)
	s.swap(part, other, from, tile)
	s.lengths = s.lengths[:0]
	rise := int64(0)
	for _, k := range s.affected {
		cost := s.o.cost(k, s.tiles)
		s.lengths = append(s.lengths, cost)
		rise += cost - s.cost[k]
	}
	if rise > 0 && rise >= threshold {
		s.swap(part, other, tile, from)
		return
	}
	for i, k := range s.affected {
		s.cost[k] = s.lengths[i]
	}
	s.total += rise
}

// affect lists the nets of two parts, of which the second may be none.
func (s *search) affect(part, other int) {
	s.move++
	s.affected = s.affected[:0]
	for _, p := range []int{part, other} {
		if p < 0 {
			continue
		}
		for _, k := range s.touches[p] {
			if s.stamp[k] != s.move {
				s.stamp[k] = s.move
				s.affected = append(s.affected, k)
			}
		}
	}
}

// swap moves a part from one tile to another and the load there back.
func (s *search) swap(part, other, from, to int) {
	s.tiles[part], s.at[to] = to, part
	s.at[from] = other
	if other >= 0 {
		s.tiles[other] = from
	}
}
