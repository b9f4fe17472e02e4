package kernel

import (
	"math/bits"
	"slices"
)

// spare is the number of extra entries that a list needs while bits are listed.
const spare = 64

// List appends first plus the number of each bit that is set in words, in ascending
// order: bit i mod 64 of word i / 64 is number i.
func (s Set) List(list []int32, words []uint64, first int32) []int32 {
	if len(words) == 0 {
		return list
	}
	list = slices.Grow(list, len(words)<<6+spare)
	if n, ok := s.list(list[len(list):cap(list)], words, first); ok {
		return list[:len(list)+n]
	}
	for _, word := range words {
		for ; word != 0; word &= word - 1 {
			list = append(list, first+int32(bits.TrailingZeros64(word)))
		}
		first += 64
	}
	return list
}

// ListSets lists the members of sets, set after set, in the memory of list, and the end of each set
// in that of ends.
func (s Set) ListSets(list, ends []int32, sets *Due) (members, until []int32) {
	list, ends = list[:0], ends[:0]
	if sets.Ticks == 0 || sets.Words == 0 {
		return list, append(ends, make([]int32, sets.Ticks)...)
	}
	total := int(s.Ones(sets.Bits)) // or more
	list, ends = slices.Grow(list, total+spare), slices.Grow(ends, sets.Ticks)[:sets.Ticks]
	if n, ok := s.listSets(list[:cap(list)], ends, sets); ok {
		return list[:n], ends
	}
	for k := range sets.Ticks {
		list = s.List(list, sets.At(k), 0)
		ends[k] = int32(len(list))
	}
	return list, ends
}

// Ones is the number of bits that are set in words.
func (s Set) Ones(words []uint64) int64 {
	if len(words) == 0 {
		return 0
	}
	if n, ok := s.ones(words); ok {
		return n
	}
	n := 0
	for _, word := range words {
		n += bits.OnesCount64(word)
	}
	return int64(n)
}
