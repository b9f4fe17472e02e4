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
		addPackedSetsAVX512.add(sums[first:], stride, min(count-first, 1<<setWidth),
			&rows.Weights[first>>1], rows.Offsets, rows.First, sets, base)
	}
	return true
}

var addPackedSetsAVX512 = passesOfSets[uint8]{
	plain: [...]passOfSets[uint8]{addPackedSets1AVX512, addPackedSets2AVX512,
		addPackedSets3AVX512, addPackedSets4AVX512},
	based: [...]passOfSets[uint8]{addPackedSets1BaseAVX512, addPackedSets2BaseAVX512,
		addPackedSets3BaseAVX512, addPackedSets4BaseAVX512},
}
