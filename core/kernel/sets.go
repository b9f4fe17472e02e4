package kernel

import "math/bits"

// Due are sets of row numbers, one per tick, of Words words each: bit i mod 64 of word i / 64 of
// a set is number i.
type Due struct {
	Bits  []uint64
	Words int
	Ticks int
	// numbers is scratch for listing a set, none a set without members.
	numbers []uint16
	none    []uint64
}

// At is the set of a tick.
func (s *Due) At(tick int) []uint64 {
	first := int(times(uint(s.Words), uint(tick)))
	return s.Bits[first:][:s.Words:s.Words]
}

// times is a product by shifts and additions.
func times(a, b uint) uint {
	sum := uint(0)
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			sum += a
		}
		a <<= 1
	}
	return sum
}

// AddSets adds the first count weights of each row that is in the set of a tick, and not in
// a base, to the sums of that tick, and takes those away that are in the base alone: so
// that sums which had all rows of the base have those of the set. The sums of tick k begin
// at sums[k*stride], numbers are those of rows, and a base of nil is empty.
func (s Set) AddSets(sums []int32, stride, count int, rows *Rows, sets *Due, base []uint64) {
	if count == 0 || len(rows.Offsets) == 0 || sets.Words == 0 || sets.Ticks == 0 {
		return
	}
	if base == nil {
		if len(sets.none) < sets.Words {
			sets.none = make([]uint64, sets.Words)
		}
		base = sets.none[:sets.Words]
	}
	if s.addSets(sums, stride, count, rows, sets, base) {
		return
	}
	one, away := make([]uint64, sets.Words), make([]int32, count)
	var list []int32
	for k := range sets.Ticks {
		set, to := sets.At(k), sums[:count]
		for w := range one {
			one[w] = set[w] &^ base[w]
		}
		list = s.List(list[:0], one, 0)
		s.AddRows(to, rows, list)
		for w := range one {
			one[w] = base[w] &^ set[w]
		}
		if list = s.List(list[:0], one, 0); len(list) > 0 {
			clear(away)
			s.AddRows(away, rows, list)
			for n, sum := range away {
				to[n] -= sum
			}
		}
		if k < sets.Ticks-1 {
			sums = sums[stride:]
		}
	}
}

// Planes is the number of planes of CountSets: a number of up to 64 ticks has so many
// digits.
const Planes = 7

// CountSets writes in how many sets, of at most 64, each number is: plane p, the words of
// a set from p*Words on, has the digits of 2^p.
func (s Set) CountSets(planes []uint64, sets *Due) {
	words := sets.Words
	if words == 0 || sets.Ticks == 0 {
		clear(planes)
		return
	}
	if s.countSets(planes, sets) {
		return
	}
	clear(planes)
	for k := range sets.Ticks {
		for w, carry := range sets.At(k) {
			for at := w; carry != 0; at += words {
				carry, planes[at] = carry&planes[at], carry^planes[at]
			}
		}
	}
}

// SumSet adds up the entries of a table that are members of a set. The table has an entry
// for each.
func (s Set) SumSet(table, set []uint64) uint64 {
	if len(set) == 0 {
		return 0
	}
	if sum, ok := s.sumSet(table, set); ok {
		return sum
	}
	var sum uint64
	for _, word := range set {
		for rest := word; rest != 0; rest &= rest - 1 {
			sum += table[bits.TrailingZeros64(rest)]
		}
		table = table[min(64, len(table)):]
	}
	return sum
}
