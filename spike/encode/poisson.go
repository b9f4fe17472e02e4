package encode

import (
	"math"

	"adder/core/kernel"
	"adder/fixedpoint"
	"adder/spike"
)

// planeBits is the number of bits of a draw's id for the index of a bit plane.
const planeBits = 6

// probabilityOne is the probability 1 in the unit of the thresholds.
const probabilityOne = 1 << 32

// Poisson is the Poisson process seen in ticks: an element spikes in each tick
// independently with p = 1 - exp(-r*x/255), the probability of at least one event
// of a process with rate r*x/255 per tick. p is rounded to a multiple of 2^-32,
// once, in a table of 256 thresholds P; an element spikes where a uniform 32-bit
// number is below its P.
//
// The 64 numbers of an element in ticks 64b to 64b+63 are drawn in bit planes: bit t mod 64 of
// draw(seed, sample, element*64 + k, b, encoder) is bit 31-k of tick t's number. They are compared
// from the top, for 64 ticks at once, and the first plane at which no tick is open ends it: about 7
// draws serve 64 ticks. A comparison is counted per nonzero element and tick.
type Poisson struct {
	base
	source    fixedpoint.Source
	threshold [levels]uint64 // P in the upper half
}

func newPoisson(b base) Encoder {
	e := &Poisson{base: b, source: fixedpoint.NewSource(b.config.Seed)}
	for x := 1; x < levels; x++ {
		p := math.Round(e.probability(x) * probabilityOne)
		e.threshold[x] = uint64(min(p, probabilityOne-1)) << 32
	}
	return e
}

// probability is that of a spike in a tick for a value.
func (e *Poisson) probability(x int) float64 {
	return 1 - expNegative(float64(float64(x)*e.config.perTick())/fullScale)
}

// Encode is part of Encoder.
func (e *Poisson) Encode(sample uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	var room [4]fixedpoint.Stream
	streams := room[:0]
	for block := range blocks(e.config.Ticks) {
		streams = append(streams, e.source.Stream(sample, uint64(block), fixedpoint.PurposeEncoder))
	}
	var nonzero, draws int64
	var t poissonTiles
	for first := 0; first < len(x); {
		first = t.load(e, first, x)
		nonzero += int64(t.count)
		for block, stream := range streams {
			s := stretchOf(out, block)
			draws += t.draw(stream, &s)
		}
	}
	return Work{Adds: nonzero * int64(e.config.Ticks), Draws: draws}
}

// poissonTiles are the nonzero elements of some tiles in a row: their places in a tile, the ids
// of their draws and their thresholds, and the ticks in which they spike. They draw together,
// since a tile alone has a few, and draws are made eight at a time.
type poissonTiles struct {
	list                   [tilesElements]uint8
	ids, thresholds, found [tilesElements]uint64
	count                  int
	// first is the first element of each tile, ends the number of nonzero ones up to its end.
	first, ends [tilesElements]int
	tiles       int
}

// tilesElements is the number of elements for which there is room: four tiles' worth.
const tilesElements = 4 * tileSize

// load lists the nonzero elements from number first on, a multiple of 64, as far as whole tiles
// fit, and returns where it stopped.
func (t *poissonTiles) load(e *Poisson, first int, x []uint8) int {
	t.count, t.tiles = 0, 0
	for first < len(x) && t.count <= tilesElements-tileSize && t.tiles < tilesElements {
		var list [tileSize]uint8
		tile := x[first:min(first+tileSize, len(x))]
		for _, k := range listNonzero(tile, &list) {
			at := t.count & (tilesElements - 1)
			t.list[at] = k
			t.ids[at] = uint64(first+int(k)) << planeBits
			t.thresholds[at] = e.threshold[tile[k]]
			t.count++
		}
		t.first[t.tiles], t.ends[t.tiles] = first, t.count
		t.tiles++
		first += tileSize
	}
	return first
}

// draw finds the ticks of a stretch in which the elements spike, and counts the draws.
func (t *poissonTiles) draw(stream fixedpoint.Stream, s *stretch) (draws int64) {
	n := t.count
	draws = kernel.Best().Below(stream, s.open, t.ids[:n], t.thresholds[:n], t.found[:n])
	from := 0
	for k, end := range t.ends[:t.tiles] {
		s.fill(t.first[k], t.list[from:end], t.found[from:end])
		from = end
	}
	return draws
}

// Peak is part of Encoder: 1 - exp(-r).
func (e *Poisson) Peak() float64 { return e.probability(fullScale) }

// expNegative returns exp(-z) for z >= 0 with a relative error below 1e-12 for z up
// to 64. The standard library's may differ in the last bit between machines.
func expNegative(z float64) float64 {
	if z > 750 {
		return 0 // below the smallest float64
	}
	halvings := 0
	for ; z > 1.0/32; halvings++ {
		z /= 2
	}
	sum := 1.0
	for k := 9.0; k > 0; k-- {
		sum = 1 - float64(z*sum)/k
	}
	for range halvings {
		sum *= sum
	}
	return sum
}
