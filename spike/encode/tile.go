package encode

import (
	"encoding/binary"
	"math/bits"

	"adder/spike"
)

// tileSize is the side of a tile: so many sources by so many ticks.
const tileSize = 64

// tile holds the spikes of 64 consecutive sources over 64 consecutive ticks. The
// encoders fill it source by source, tile[i] bit t being source i in tick t,
// because a source's spikes come easiest side by side; store turns it.
type tile [tileSize]uint64

// sparseTile is the number of spikes below which a tile is stored one by one: turning
// it costs as much as that many.
const sparseTile = 160

// blocks is the number of rows of tiles of a train with so many ticks.
func blocks(ticks int) int { return (ticks + tileSize - 1) / tileSize }

// stretch is up to 64 consecutive ticks of a train without spikes.
type stretch struct {
	out         *spike.Train
	tick, ticks int
	// open has a bit for each of its ticks.
	open uint64
}

// stretchOf is that of the ticks 64*block to 64*block + 63.
func stretchOf(out *spike.Train, block int) stretch {
	ticks := min(tileSize, out.Ticks()-block*tileSize)
	return stretch{out: out, tick: block * tileSize, ticks: ticks,
		open: ^uint64(0) >> (tileSize - ticks)}
}

// fillBlock fills the ticks 64*block to 64*block + 63 of a train without spikes.
// source gives the spikes of a nonzero element: bit t is the block's tick t. Bits past
// the last tick are ignored, and open has a bit for each of the others.
func fillBlock(x []uint8, out *spike.Train, block int,
	source func(element int, open uint64) uint64) {
	s := stretchOf(out, block)
	var list [tileSize]uint8
	var found [tileSize]uint64
	for first := 0; first < len(x); first += tileSize {
		elements := listNonzero(x[first:min(first+tileSize, len(x))], &list)
		for i, k := range elements {
			found[i&(tileSize-1)] = source(first+int(k), s.open)
		}
		s.fill(first, elements, found[:len(elements)])
	}
}

// fill writes a tile: found[i] are the spikes of element first + elements[i].
func (s *stretch) fill(first int, elements []uint8, found []uint64) {
	spikes := 0
	for i := range elements {
		spikes += bits.OnesCount64(found[i] & s.open)
	}
	if spikes < sparseTile {
		s.storeSparse(first, elements, found)
		return
	}
	var t tile
	for i, k := range elements {
		t[k&(tileSize-1)] = found[i] & s.open
	}
	t.put(s.out, s.tick, s.ticks, first)
}

// storeSparse is fill, spike by spike.
func (s *stretch) storeSparse(first int, elements []uint8, found []uint64) {
	words, perTick := s.out.Words()
	words = words[s.tick*perTick+first/tileSize:]
	for i, k := range elements {
		bit := uint64(1) << (k & (tileSize - 1))
		for rest := found[i] & s.open; rest != 0; rest &= rest - 1 {
			words[bits.TrailingZeros64(rest)*perTick] |= bit
		}
	}
}

// listNonzero lists the elements of a tile that are not 0, ascending.
func listNonzero(x []uint8, list *[tileSize]uint8) []uint8 {
	n := 0
	for set := nonzero(x); set != 0; set &= set - 1 {
		list[n&(tileSize-1)] = uint8(bits.TrailingZeros64(set))
		n++
	}
	return list[:n]
}

// nonzero has a bit for each element of a tile that is not 0.
func nonzero(x []uint8) (set uint64) {
	first := 0
	for ; len(x)-first >= 8; first += 8 {
		// The lowest bits of bytes that are not 0 end up side by side at the top.
		word := binary.LittleEndian.Uint64(x[first:])
		word = ((word&lowBits + lowBits | word) &^ lowBits) >> 7
		set |= word * 0x0102040810204080 >> 56 << first
	}
	for ; first < len(x); first++ {
		if x[first] != 0 {
			set |= 1 << first
		}
	}
	return set
}

// lowBits are all bits of eight bytes but the highest.
const lowBits = 0x7f7f7f7f7f7f7f7f

// put stores a tile with spikes.
func (t *tile) put(out *spike.Train, tick, ticks, source int) {
	if ticks <= tileSize/2 {
		t.storeHalf(out, tick, ticks, source)
		return
	}
	t.store(out, tick, ticks, source)
}

// store writes so many of the tile's ticks into a train, from a tick and a source, the
// first of a word, on.
func (t *tile) store(out *spike.Train, tick, ticks, source int) {
	t.transpose()
	for i := range ticks {
		out.Row(tick + i)[source/tileSize] = t[i]
	}
}

// storeHalf is store for half of a tile's ticks: two squares of half its side are adjacent in a
// word, those of the first sources in the lower halves, and are transposed together.
func (t *tile) storeHalf(out *spike.Train, tick, ticks, source int) {
	const half = tileSize / 2
	for i := range half {
		t[i] |= t[i+half] << half
	}
	exchange(t[:half], 16, 0x0000ffff0000ffff)
	exchange(t[:half], 8, 0x00ff00ff00ff00ff)
	exchange(t[:half], 4, 0x0f0f0f0f0f0f0f0f)
	exchange(t[:half], 2, 0x3333333333333333)
	exchange(t[:half], 1, 0x5555555555555555)
	for i := range ticks {
		out.Row(tick + i)[source/tileSize] = t[i]
	}
}

// transpose exchanges sources and ticks, by swapping the off-diagonal quarters of
// ever smaller squares (Warren, "Hacker's Delight", section 7-3).
func (t *tile) transpose() {
	exchange(t[:], 32, 0x00000000ffffffff)
	exchange(t[:], 16, 0x0000ffff0000ffff)
	exchange(t[:], 8, 0x00ff00ff00ff00ff)
	exchange(t[:], 4, 0x0f0f0f0f0f0f0f0f)
	exchange(t[:], 2, 0x3333333333333333)
	exchange(t[:], 1, 0x5555555555555555)
}

// exchange swaps, in each square of side 2*half, the upper right quarter with the
// lower left one. mask has the lower half of each group of 2*half bits.
func exchange(t []uint64, half uint, mask uint64) {
	for first := uint(0); first < uint(len(t)); first += 2 * half {
		upper, lower := t[first:first+half], t[first+half:first+2*half]
		for i, a := range upper {
			b := lower[i]
			swap := (a>>(half%tileSize) ^ b) & mask
			lower[i] = b ^ swap
			upper[i] = a ^ swap<<(half%tileSize)
		}
	}
}

// countNonzero is the number of elements that are not 0.
func countNonzero(x []uint8) int {
	n := 0
	for ; len(x) >= 8; x = x[8:] {
		word := binary.LittleEndian.Uint64(x)
		n += bits.OnesCount64((word&lowBits + lowBits | word) &^ lowBits)
	}
	for _, value := range x {
		if value != 0 {
			n++
		}
	}
	return n
}
