package kernel

import "math/bits"

// Parts says what TakeParts takes of words, or gives them: the 2^-Shift-th part of each,
// rounded at random, within Low and High. Shift is 1 to 16.
type Parts struct {
	Shift     uint
	Give      bool
	Low, High uint16
}

// TakeParts takes a part from each word. Word i rounds by bits 16 (i mod 4) to
// 16 (i mod 4) + 15 of draws[i / 4]; the draws that are needed, where any of four words has
// bits to drop, are counted. changed has a bit for each word whose upper byte is another
// one afterwards, in whole words.
func (s Set) TakeParts(words []uint16, draws []uint64, p *Parts, changed []uint64) (needed int64) {
	clear(changed)
	if len(words) == 0 {
		return 0
	}
	if n, ok := s.takeParts(words, draws, p, changed); ok {
		return n
	}
	mask := uint16(1<<p.Shift - 1)
	for first := 0; first < len(words); first += 4 {
		drawn, some := draws[first>>2], uint16(0)
		for k := first; k < min(first+4, len(words)); k++ {
			old := words[k]
			dropped := old & mask
			some |= dropped
			part := int32(old >> p.Shift)
			if uint16(drawn)&mask < dropped {
				part++
			}
			drawn >>= 16
			if !p.Give {
				part = -part
			}
			now := uint16(min(max(int32(old)+part, int32(p.Low)), int32(p.High)))
			words[k] = now
			if (now^old)>>8 != 0 {
				changed[k>>6] |= 1 << (k & 63)
			}
		}
		needed += int64(bits.Len16(some)+15) >> 4
	}
	return needed
}
