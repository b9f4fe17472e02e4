package fault

import "math/bits"

const (
	// wordBits and secdedBits are the word that SECDED protects and what it adds to it: an
	// extended Hamming code (Hsiao, IBM Journal of Research and Development 14(4), 1970).
	wordBits, secdedBits = 64, 8
)

// protect returns a row's entries as read through the memory's code, and whether the row is
// skipped. offset is the place of the check bits, after the row's own; they fail as well.
func (b *broken) protect(row int, entries []entry, wrong []uint64, offset uint64,
	limits [3]uint64) ([]uint64, bool) {
	switch b.spec.Protect {
	case Parity:
		return wrong, b.parity(row, entries, wrong, offset, limits)
	case SECDED:
		return b.secded(row, entries, wrong, offset, limits)
	}
	return wrong, false
}

// checkBit says whether a check bit reads wrongly. What it holds does not matter here: half
// of those that are stuck hold what they are stuck at.
func (b *broken) checkBit(row int, offset uint64, limits [3]uint64) bool {
	b.damage.CheckBits++
	return b.fails(row, offset, offset&1, limits)
}

// parity says whether an entry of the row has a wrong parity.
func (b *broken) parity(row int, entries []entry, wrong []uint64, offset uint64,
	limits [3]uint64) (skip bool) {
	for k := range entries {
		check := b.checkBit(row, offset+uint64(k), limits)
		odd := bits.OnesCount64(wrong[k])&1 == 1
		skip = skip || odd != check
	}
	return skip
}

// secded corrects words with one wrong bit and skips rows that have a word with two. Three and more
// are not detected.
func (b *broken) secded(row int, entries []entry, wrong []uint64, offset uint64,
	limits [3]uint64) ([]uint64, bool) {
	total := 0
	for _, e := range entries {
		total += int(e.width)
	}
	words := (total + wordBits - 1) / wordBits
	faults := make([]int, words)
	for w := range faults {
		for range secdedBits {
			if b.checkBit(row, offset, limits) {
				faults[w]++
			}
			offset++
		}
	}
	at := 0
	for k, e := range entries {
		for bit := range e.width {
			faults[at/wordBits] += int(wrong[k] >> bit & 1)
			at++
		}
	}
	skip := false
	for _, n := range faults {
		switch n {
		case 1:
			b.damage.Corrected++
		case 2:
			skip = true
		}
	}
	if skip {
		return wrong, true
	}
	at = 0
	for k, e := range entries {
		for bit := range e.width {
			if faults[at/wordBits] == 1 {
				wrong[k] &^= 1 << bit
			}
			at++
		}
	}
	return wrong, false
}

// CheckBits is the number of check bits of a row of rowBits bits in a number of entries.
func (p Protection) CheckBits(rowBits, entries int64) int64 {
	switch p {
	case Parity:
		return entries
	case SECDED:
		return (rowBits + wordBits - 1) / wordBits * secdedBits
	}
	return 0
}
