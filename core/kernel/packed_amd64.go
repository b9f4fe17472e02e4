//go:build amd64 && !purego

package kernel

// addPacked adds the weights from byte line of each row on.
func (s Set) addPacked(sums *[packedLine]int32, rows *Packed, list []int32, line int) bool {
	if s == Plain {
		return false
	}
	addPackedAVX2(&sums[0], &rows.Weights[line], &rows.Offsets[0], &list[0], len(list),
		int64(rows.First))
	return true
}

// addPackedSets adds rows to all sums or to none.
func (s Set) addPackedSets(sums []int32, stride, count int, rows *Packed, sets *Due,
	base []uint64) bool {
	if !sets.prepare(s) {
		return false
	}
	for first := 0; first < count; first += 1 << setWidth {
		now := min(count-first, 1<<setWidth)
		blocks := (now + Block - 1) >> 6
		add, mask := addPackedSetsAVX512[blocks-1], blockMask(now-(blocks-1)<<6)
		weights := &rows.Weights[first>>1]
		var start *int32
		common := &sets.none[0]
		if base != nil {
			clear(sets.start)
			start = &sets.start[0]
			add(start, 0, 1, nil, now, weights, &rows.Offsets[0], int64(rows.First), &base[0],
				common, 0, sets.Words, &sets.numbers[0], mask)
			add, common = addPackedSetsBaseAVX512[blocks-1], &base[0]
		}
		add(&sums[first], stride<<2, sets.Ticks, start, now, weights, &rows.Offsets[0],
			int64(rows.First), &sets.Bits[0], common, sets.Step<<3, sets.Words, &sets.numbers[0],
			mask)
	}
	return true
}

// packedPass is a pass over the sets of all ticks.
type packedPass = func(sums *int32, stride, ticks int, start *int32, count int, weights *uint8,
	offsets *uint32, first int64, sets, base *uint64, step, words int, list *uint16, mask uint64)

// addPackedSetsAVX512 are the passes by their blocks, addPackedSetsBaseAVX512 those beside a
// base.
var (
	addPackedSetsAVX512 = [...]packedPass{addPackedSets1AVX512, addPackedSets2AVX512,
		addPackedSets3AVX512, addPackedSets4AVX512}
	addPackedSetsBaseAVX512 = [...]packedPass{addPackedSets1BaseAVX512, addPackedSets2BaseAVX512,
		addPackedSets3BaseAVX512, addPackedSets4BaseAVX512}
)
