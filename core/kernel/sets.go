package kernel

import "math/bits"

// Due are sets of numbers, one per tick, of Words words each, from every Step-th word on:
// bit i mod 64 of word i / 64 of a set is number i.
type Due struct {
	Bits        []uint64
	Words, Step int
	Ticks       int
	// numbers is scratch for listing a set, none a set without members, and start what all
	// ticks begin with.
	numbers []uint16
	none    []uint64
	start   []int32
}

// At is the set of a tick.
func (s *Due) At(tick int) []uint64 {
	first := int(times(uint(s.Step), uint(tick)))
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

// AddSets adds the first count weights of each row that is in the set of a tick to the sums
// of that tick: those of tick k begin at sums[k*stride]. Numbers are those of rows. base has
// what most of the sets have in common, nil for nothing: it is summed once, and changes no
// result.
func (s Set) AddSets(sums []int32, stride, count int, rows *Rows, sets *Due, base []uint64) {
	if count == 0 || len(rows.Offsets) == 0 || sets.Words == 0 || sets.Ticks == 0 ||
		s.addSets(sums, stride, count, rows, sets, base) {
		return
	}
	s.each(sums, stride, sets, func(sums []int32, list []int32) {
		s.AddRows(sums[:count], rows, list)
	})
}

// each lists the set of each tick.
func (s Set) each(sums []int32, stride int, sets *Due, add func(sums []int32, list []int32)) {
	var list []int32
	for k := range sets.Ticks {
		if list = s.List(list[:0], sets.At(k), 0); len(list) > 0 {
			add(sums, list)
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
