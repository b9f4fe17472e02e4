//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

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

// sumLists sums all lists or none.
func (s Set) sumLists(sums []int32, stride, count int, rows *Rows, list, ends []int32) bool {
	if s != AVX512 || longest(ends) > rowsTogether || len(list) == 0 {
		return false
	}
	for first := 0; first < count; first += 2 * Block {
		now := min(count-first, 2*Block)
		pass := sumLists1AVX512
		if now > Block {
			pass = sumLists2AVX512
		}
		pass(&sums[first], stride<<2, &rows.Weights[first], &rows.Offsets[0], &list[0], &ends[0],
			len(ends), blockMask((now-1)&(Block-1)+1))
	}
	return true
}

// blockMask has a bit for each of so many neurons of a block.
func blockMask(neurons int) uint64 { return ^uint64(0) >> (Block - uint(neurons)) }

// addEach adds a value to the first sums and returns how many.
func (s Set) addEach(sums []int32, value int32) int {
	n := len(sums) &^ 15
	if s != AVX512 || n == 0 {
		return 0
	}
	addEachAVX512(&sums[0], n, value)
	return n
}

func addRows512(sums []int32, rows *Rows, list []int32) int {
	first, count := 0, len(sums)
	for ; count-first >= 4<<6; first += 4 << 6 {
		addRows4AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list),
			int64(rows.First))
	}
	if count-first >= 2<<6 {
		addRows2AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list),
			int64(rows.First))
		first += 2 << 6
	}
	for ; first < count; first += Block {
		mask := blockMask(min(count-first, Block))
		addRows1AVX512(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list),
			int64(rows.First), mask)
	}
	return count
}

func addRows256(sums []int32, rows *Rows, list []int32) int {
	first, count := 0, len(sums)
	for ; count-first >= 4<<5; first += 4 << 5 {
		addRows4AVX2(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list),
			int64(rows.First))
	}
	for ; count-first >= 1<<5; first += 1 << 5 {
		addRows1AVX2(&sums[first], &rows.Weights[first], &rows.Offsets[0], &list[0], len(list),
			int64(rows.First))
	}
	return first
}

// list fills a list with capacity for all bits and spare further entries.
func (s Set) list(list []int32, words []uint64, first int32) (n int, ok bool) {
	if s != AVX512 {
		return 0, false
	}
	if compresses {
		var end int32
		return listSetsAVX512(&list[0], &end, &words[0], 0, len(words), 1, first), true
	}
	return listBitsAVX512(&list[0], &words[0], len(words), first), true
}

// listSets fills a list with capacity for all bits and spare further entries, and writes the end of
// each set.
func (s Set) listSets(list, ends []int32, sets *Due) (n int, ok bool) {
	if s != AVX512 || !compresses {
		return 0, false
	}
	return listSetsAVX512(&list[0], &ends[0], &sets.Bits[0], sets.Step<<3, sets.Words, sets.Ticks,
		0), true
}

// counts reports whether bits of eight words are counted by one instruction.
var counts = cpu.X86.HasAVX512VPOPCNTDQ

func (s Set) ones(words []uint64) (n int64, ok bool) {
	if s != AVX512 || !counts {
		return 0, false
	}
	return int64(countBitsAVX512(&words[0], len(words))), true
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

func (s *step) runTicks() { updateTicksAVX512(&s.potential) }

func (s *step) runUntil() int { return updateUntilAVX512(&s.potential) }

// compresses reports whether words are listed by one instruction, which came with the
// second generation of processors that have AVX-512.
var compresses = cpu.X86.HasAVX512VBMI2

// permutes reports whether bytes are looked up by one instruction.
var permutes = cpu.X86.HasAVX512VBMI

func spread(sets []uint64, step, ticks int, table *[256]uint8, values []uint8) {
	spreadAVX512(&sets[0], step<<3, ticks, &table[0], &values[0], len(values))
}

const (
	// setWidth is the number of neurons that one pass over sets sums, as a shift.
	setWidth = 8
	// setWords is the number of words whose members 15 bits can number.
	setWords = 1 << 9
)

// prepare allocates for a pass over sets, and reports whether there can be one.
func (d *Due) prepare(s Set) bool {
	if s != AVX512 || !compresses || d.Words > setWords {
		return false
	}
	if n := d.Words<<7 + 64; len(d.numbers) < n {
		d.numbers = make([]uint16, n)
	}
	if len(d.none) < d.Words {
		d.none = make([]uint64, d.Words)
	}
	if d.start == nil {
		d.start = make([]int32, 1<<setWidth)
	}
	return true
}

// addSets adds rows to all sums or to none.
func (s Set) addSets(sums []int32, stride, count int, rows *Rows, sets *Due, base []uint64) bool {
	if !sets.prepare(s) {
		return false
	}
	for first := 0; first < count; first += 1 << setWidth {
		addSetsAVX512.add(sums[first:], stride, min(count-first, 1<<setWidth),
			&rows.Weights[first], rows.Offsets, rows.First, sets, base)
	}
	return true
}

// passOfSets is a pass over the sets of all ticks: weights are bytes, or two to a byte.
type passOfSets[W int8 | uint8] func(sums *int32, stride, ticks int, start *int32, count int,
	weights *W, offsets *uint32, first int64, sets, base *uint64, step, words int, list *uint16,
	mask uint64)

// passesOfSets are passes by their blocks, and those that add to what a base makes.
type passesOfSets[W int8 | uint8] struct {
	plain, based [4]passOfSets[W]
}

// add adds rows to as many sums as one pass takes, or fewer. Sets are prepared.
func (p *passesOfSets[W]) add(sums []int32, stride, count int, weights *W, offsets []uint32,
	rowsFirst int32, sets *Due, base []uint64) {
	blocks := (count + Block - 1) >> 6
	add, mask := p.plain[blocks-1], blockMask(count-(blocks-1)<<6)
	var start *int32
	common := &sets.none[0]
	if base != nil {
		clear(sets.start)
		start = &sets.start[0]
		add(start, 0, 1, nil, count, weights, &offsets[0], int64(rowsFirst), &base[0], common, 0,
			sets.Words, &sets.numbers[0], mask)
		add, common = p.based[blocks-1], &base[0]
	}
	add(&sums[0], stride<<2, sets.Ticks, start, count, weights, &offsets[0], int64(rowsFirst),
		&sets.Bits[0], common, sets.Step<<3, sets.Words, &sets.numbers[0], mask)
}

var addSetsAVX512 = passesOfSets[int8]{
	plain: [...]passOfSets[int8]{addSets1AVX512, addSets2AVX512, addSets3AVX512, addSets4AVX512},
	based: [...]passOfSets[int8]{addSets1BaseAVX512, addSets2BaseAVX512, addSets3BaseAVX512,
		addSets4BaseAVX512},
}

// linesAdder is a pass over the lines of sets, for one number of blocks.
type linesAdder func(sums *int32, stride, ticks int, weights *int16, places *int32,
	members *uint64, at *uint16, sets *uint64, step, words int, list *uint16, mask uint64)

// linesAdders are those for one block and more.
var linesAdders = [LineBlocks]linesAdder{addLines1AVX512, addLines2AVX512, addLines3AVX512,
	addLines4AVX512}

// addLines adds lines to all sums or to none.
func (s Set) addLines(sums []int32, stride, count int, l *Lines, sets *Due) bool {
	if s == Plain {
		return false
	}
	if n := len(l.At) + Block; len(sets.numbers) < n {
		sets.numbers = make([]uint16, n)
	}
	if s != AVX512 || !compresses {
		addLines256(sums, stride, count, l, sets)
		return true
	}
	last := (count - 1) >> 6
	linesAdders[last](&sums[0], stride<<2, sets.Ticks, &l.Weights[0], &l.Words[0], &l.Members[0],
		&l.At[0], &sets.Bits[0], sets.Step<<3, len(l.Words), &sets.numbers[0],
		blockMask(count-last<<6))
	return true
}

// addLines256 adds lines block by block, tick by tick.
func addLines256(sums []int32, stride, count int, l *Lines, sets *Due) {
	for k := range sets.Ticks {
		if n := l.list(sets.numbers, sets.At(k)); n > 0 {
			for first := 0; first < count; first += Block {
				addBlock256(sums[first:min(first+Block, count)], &l.Weights[first],
					sets.numbers[:n])
			}
		}
		if k < sets.Ticks-1 {
			sums = sums[stride:]
		}
	}
}

// addBlock256 adds the lines of a list to a block of sums, or what there is of it.
func addBlock256(sums []int32, weights *int16, list []uint16) {
	if len(sums) == Block {
		addLinesAVX2(&sums[0], weights, &list[0], len(list))
		return
	}
	var whole [Block]int32
	addLinesAVX2(&whole[0], weights, &list[0], len(list))
	for n := range sums {
		sums[n] += whole[n]
	}
}

func (s Set) countSets(planes []uint64, sets *Due) bool {
	if s != AVX512 {
		return false
	}
	countSetsAVX512(&planes[0], &sets.Bits[0], sets.Step<<3, sets.Ticks, sets.Words)
	return true
}

func (s Set) sumSet(table, set []uint64) (sum uint64, ok bool) {
	if s != AVX512 {
		return 0, false
	}
	return sumSetAVX512(&table[0], &set[0], len(set)), true
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

func (s Set) takeParts(words []uint16, draws []uint64, p *Parts, changed []uint64) (needed int64,
	ok bool) {
	if s != AVX512 {
		return 0, false
	}
	give := uint64(0)
	if p.Give {
		give = 1
	}
	return int64(takePartsAVX512(&words[0], &draws[0], len(words), uint64(p.Shift), 1<<p.Shift-1,
		uint64(p.Low), uint64(p.High), give, &changed[0])), true
}
