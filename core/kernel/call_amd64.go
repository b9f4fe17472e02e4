//go:build amd64 && !purego

package kernel

// addRows adds the weights of the first neurons and returns how many neurons that are.
func (s Set) addRows(sums []int32, rows *Rows, list []int32) int {
	switch s {
	case AVX512:
		return addRows512(sums, rows, list)
	case AVX2:
		return addRows256(sums, rows, list)
	}
	return 0
}

func addRows512(sums []int32, rows *Rows, list []int32) int {
	first, count := 0, len(sums)
	for ; count-first >= 4<<6; first += 4 << 6 {
		addRows4AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list), int64(rows.First))
	}
	if count-first >= 2<<6 {
		addRows2AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list), int64(rows.First))
		first += 2 << 6
	}
	for ; first < count; first += Block {
		mask := blockMask(min(count-first, Block))
		addRows1AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list), int64(rows.First), mask)
	}
	return count
}

func addRows256(sums []int32, rows *Rows, list []int32) int {
	first, count := 0, len(sums)
	for ; count-first >= 4<<5; first += 4 << 5 {
		addRows4AVX2(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list), int64(rows.First))
	}
	for ; count-first >= 1<<5; first += 1 << 5 {
		addRows1AVX2(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list), int64(rows.First))
	}
	return first
}

func (s Set) addWindows(sums []int32, weights []int8, windows []Window, first int32, chosen []int32) bool {
	if s != AVX512 {
		return false
	}
	mask := blockMask(len(sums))
	addWindowsAVX512(&sums[0], &weights[0], &windows[0].Offset, &chosen[0], len(chosen), int64(first), mask)
	return true
}

// list fills a list that has room for all bits and spare entries behind them.
func (s Set) list(list []int32, words []uint64, first int32) (n int, ok bool) {
	if s != AVX512 {
		return 0, false
	}
	return listBitsAVX512(&list[0], &words[0], len(words), first), true
}

func (s Set) sum(table []uint64, list []int32) (sum uint64, ok bool) {
	if s == Plain {
		return 0, false
	}
	return sumTableAVX2(&table[0], &list[0], len(list)), true
}

// run advances the first neurons and returns how many.
func (s *step) run(set Set) int {
	switch set {
	case AVX512:
		return updateAVX512(&s.potential)
	case AVX2:
		return updateAVX2(&s.potential)
	}
	return 0
}

func (s Set) addEntries(sums []int32, entries []Synapse, runs []Run, chosen []int32) bool {
	if s != AVX512 {
		return false
	}
	addEntriesAVX512(&sums[0], &entries[0].Neuron, &runs[0].Start, &chosen[0], len(chosen))
	return true
}

func (s Set) addTicks(sums []int16, entries []Synapse, runs []Run, masks []uint32) bool {
	if s != AVX512 {
		return false
	}
	addTicksAVX512(&sums[0], &entries[0].Neuron, &runs[0].Start, &masks[0], len(masks))
	return true
}

// takeTicks takes the sums of all neurons, or of none, and returns how many.
func (s Set) takeTicks(rows []int32, neurons, ticks int, narrow []int16) int {
	if s != AVX512 || ticks == 0 {
		return 0
	}
	for first := 0; first < neurons; first += 16 {
		mask := uint32(blockMask(min(neurons-first, 16)))
		takeTicksAVX512(&rows[first], neurons<<2, min(ticks, 16), &narrow[first<<5], mask)
		if ticks > 16 {
			at := int(uint(neurons)<<4) + first
			takeTicksAVX512(&rows[at], neurons<<2, ticks-16, &narrow[first<<5+16], mask)
		}
	}
	return neurons
}
