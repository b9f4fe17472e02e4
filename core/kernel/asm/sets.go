package main

import (
	"fmt"
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// setBlocks is the number of blocks of 64 sums that one pass over the sets holds in
// registers, two for each.
const setBlocks = 8

// awayBit marks the number of a row that is taken away.
const awayBit = 15

// Parameters of a pass over sets: those of the sums, what its rows are, and those of the
// sets. start is what all ticks begin with, nil for nothing.
const (
	sumsOfSets = "sums *int32, stride int, ticks int, start *int32, count int"
	setsOfSets = "sets *uint64, base *uint64, step int, words int, list *uint16, mask uint64"
)

// pass is a pass over sets: the rows of the members of a set are added to the sums of its
// tick, for one tick after the other, or taken away where they are in a base, whose sums a
// tick begins with, and not in the set. All blocks but the last one are whole: mask has a
// bit per neuron of that. Numbers are listed first, so that no branch depends on where they
// lie. Where words are scattered, places has those that count, one after the other. prepare
// is for what all rows need; row adds that of a number, its weights turned by
// flip.
func pass(blocks int, scattered bool, prepare func(),
	row func(number reg.GPVirtual, flip reg.VecVirtual, mask reg.Register, pairs []pair)) {
	sums := Load(Param("sums"), GP64())
	ticks := Load(Param("ticks"), GP64())
	sets := Load(Param("sets"), GP64())
	m, mask := Load(Param("mask"), GP64()), K()
	KMOVQ(m, mask)
	prepare()
	numberSets(scattered)
	order := newOrder()
	pairs := make([]pair, blocks)
	for b := range pairs {
		pairs[b] = pair{ZMM(), ZMM()}
	}
	flips := flipData()
	table := GP64()
	LEAQ(flips, table)

	Label("tick")
	begin(sums)
	left, list := listSet(sets, scattered)
	TESTQ(left, left)
	JZ(LabelRef("summed"))
	now, count, away := GP64().(reg.GPVirtual), GP64(), GP64()
	Label("chunk")
	takeRows(left, now)
	MOVQ(now, count)
	XORQ(away, away)
	for _, p := range pairs {
		VPXORD(p.all, p.all, p.all)
		VPXORD(p.odd, p.odd, p.odd)
	}
	Label("row")
	number, sign, flip := GP64().(reg.GPVirtual), GP64(), ZMM()
	MOVWLZX(Mem{Base: list}, number.As32())
	ADDQ(Imm(2), list)
	MOVL(number.As32(), sign.As32())
	SHRL(Imm(awayBit), sign.As32())
	ADDQ(sign, away)
	SHLL(Imm(6), sign.As32())
	ANDL(U32(1<<awayBit-1), number.As32())
	VMOVDQU32(Mem{Base: table, Index: sign, Scale: 1}, flip)
	row(number, flip, mask, pairs)
	DECQ(count)
	JNZ(LabelRef("row"))
	bias := ZMM()
	SHLQ(Imm(7), now)
	SUBQ(away, now)
	broadcast(now.As32(), bias)
	for k, p := range pairs {
		flushBlock(sums, 256*k, p, bias, order, mask, k == len(pairs)-1)
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))

	Label("summed")
	for _, by := range []struct {
		name string
		to   reg.Register
	}{{"stride", sums}, {"step", sets}} {
		bytes := GP64()
		Load(Param(by.name), bytes)
		ADDQ(bytes, by.to)
	}
	DECQ(ticks)
	JNZ(LabelRef("tick"))
	VZEROUPPER()
	RET()
}

// begin adds what all ticks begin with to the sums of one.
func begin(sums reg.Register) {
	start, at, left := GP64(), GP64(), GP64().(reg.GPVirtual)
	Load(Param("start"), start)
	TESTQ(start, start)
	JZ(LabelRef("begun"))
	MOVQ(sums, at)
	Load(Param("count"), left)
	Label("begin")
	whole, all, x := GP64(), K(), ZMM()
	MOVL(U32(0xffff), whole.As32())
	CMPQ(left, Imm(16))
	JGE(LabelRef("beginning"))
	MOVL(U32(1), whole.As32())
	SHLXL(left.As32(), whole.As32(), whole.As32())
	DECL(whole.As32())
	Label("beginning")
	KMOVW(whole.As32(), all)
	VMOVDQU32_Z(Mem{Base: start}, all, x)
	VPADDD_Z(Mem{Base: at}, x, all, x)
	VMOVDQU32(x, all, Mem{Base: at})
	ADDQ(Imm(64), start)
	ADDQ(Imm(64), at)
	SUBQ(Imm(16), left)
	JG(LabelRef("begin"))
	Label("begun")
}

// sets512 sums rows that all begin at the first of the neurons.
func sets512(blocks int, scattered bool) {
	name, places := "addSets", ""
	if scattered {
		name, places = "addPlaces", ", places *int32"
	}
	TEXT(fmt.Sprintf("%s%dAVX512", name, blocks), NOSPLIT, "func("+sumsOfSets+", weights *int8, "+
		"offsets *uint32, first int64"+places+", "+setsOfSets+")")
	Doc(fmt.Sprintf("%s%dAVX512 adds the rows of sets to %d sums of each tick.", name, blocks,
		64*blocks))
	var weights, offsets reg.Register
	pass(blocks, scattered, func() {
		weights, offsets = Load(Param("weights"), GP64()), Load(Param("offsets"), GP64())
		first := Load(Param("first"), GP64())
		SHLQ(Imm(2), first)
		SUBQ(first, offsets) // where that of number 0 would be
	}, func(number reg.GPVirtual, flip reg.VecVirtual, mask reg.Register, pairs []pair) {
		MOVL(Mem{Base: offsets, Index: number, Scale: 4}, number.As32())
		for b, p := range pairs {
			w := ZMM()
			from := Mem{Base: weights, Index: number, Scale: 1, Disp: 64 * b}
			if b == blocks-1 && !scattered {
				VMOVDQU8_Z(from, mask, w)
				VPXORD(w, flip, w)
			} else { // scattered rows are whole
				VPXORD(from, flip, w)
			}
			add512(w, p)
		}
	})
}

// flipData are what turns a weight into a byte without sign: 128 more than it, or 127 less
// it, which takes it away.
var flipData = sync.OnceValue(func() Mem {
	bytes := GLOBL("flips", RODATA|NOPTR)
	for i := range 32 {
		flip := uint32(signs)
		if i >= 16 {
			flip = ^flip
		}
		DATA(4*i, U32(flip))
	}
	return bytes
})

// numberSets writes the numbers of all members that a set may have to the first half of
// list, those of the base with the bit of what is taken away.
func numberSets(scattered bool) {
	list, base, words := GP64(), GP64(), GP64()
	word := newWordPlace(scattered)
	Load(Param("list"), list)
	Load(Param("base"), base)
	Load(Param("words"), words)
	numbers, step, bit := ZMM(), ZMM(), ZMM()
	VMOVDQU16(shortData(), numbers)
	constant(32<<16|32, step)
	constant(1<<(awayBit+16)|1<<awayBit, bit)
	Label("number")
	word.find()
	for half := range 2 {
		k, n := K(), ZMM()
		KMOVD(word.in(base, 4*half), k)
		VMOVDQA64(numbers, n)
		VPADDW(bit, numbers, k, n)
		VMOVDQU16(n, Mem{Base: list, Disp: 64 * half})
		VPADDW(step, numbers, numbers)
	}
	word.next()
	ADDQ(U32(128), list)
	DECQ(words)
	JNZ(LabelRef("number"))
}

// wordPlace is the place of a word in a set: one after the other or, scattered, as a list
// has them.
type wordPlace struct{ at, list reg.GPVirtual }

func newWordPlace(scattered bool) wordPlace {
	p := wordPlace{at: GP64().(reg.GPVirtual)}
	if scattered {
		p.list = GP64().(reg.GPVirtual)
		Load(Param("places"), p.list)
	} else {
		XORQ(p.at, p.at)
	}
	return p
}

func (p *wordPlace) find() {
	if p.list != nil {
		MOVLQSX(Mem{Base: p.list}, p.at)
	}
}

func (p *wordPlace) next() {
	if p.list != nil {
		ADDQ(Imm(4), p.list)
	} else {
		INCQ(p.at)
	}
}

// in is the word in a set, or what lies some bytes behind its beginning.
func (p *wordPlace) in(set reg.Register, disp int) Mem {
	return Mem{Base: set, Index: p.at, Scale: 8, Disp: disp}
}

// shortData are the numbers 0 to 31.
var shortData = sync.OnceValue(func() Mem {
	numbers := GLOBL("shorts", RODATA|NOPTR)
	for i := range 32 {
		DATA(2*i, U16(uint16(i)))
	}
	return numbers
})

// listSet lists what a set and the base differ in, in the second half of list, and returns
// how many numbers that are and where.
func listSet(sets reg.Register, scattered bool) (count, list reg.GPVirtual) {
	base, numbers, words := GP64(), GP64(), GP64()
	count, list = GP64().(reg.GPVirtual), GP64().(reg.GPVirtual)
	place := newWordPlace(scattered)
	Load(Param("base"), base)
	Load(Param("list"), numbers)
	Load(Param("words"), words)
	MOVQ(words, list)
	SHLQ(Imm(7), list)
	ADDQ(numbers, list)
	MOVQ(list, count)
	Label("list")
	word, low, members := GP64(), GP64(), GP64()
	place.find()
	MOVQ(place.in(sets, 0), word)
	XORQ(place.in(base, 0), word)
	MOVL(word.As32(), low.As32())
	POPCNTQ(word, members)
	for half := range 2 {
		k, n := K(), ZMM()
		VMOVDQU16(Mem{Base: numbers, Disp: 64 * half}, n)
		KMOVD(word.As32(), k)
		VPCOMPRESSW_Z(n, k, n)
		if half == 0 {
			VMOVDQU16(n, Mem{Base: count})
			SHRQ(Imm(32), word)
			POPCNTL(low.As32(), low.As32())
		} else {
			VMOVDQU16(n, Mem{Base: count, Index: low, Scale: 2})
		}
	}
	LEAQ(Mem{Base: count, Index: members, Scale: 2}, count)
	place.next()
	ADDQ(U32(128), numbers)
	DECQ(words)
	JNZ(LabelRef("list"))
	SUBQ(list, count)
	SHRQ(Imm(1), count)
	return count, list
}

// planeCount is the number of planes: numbers of up to 64 ticks have seven digits.
const planeCount = 7

// planes512 counts in how many sets each member is, eight words at a time: plane p has
// the digits of 2^p of all members.
func planes512() {
	TEXT("countSetsAVX512", NOSPLIT, "func(planes *uint64, sets *uint64, step int, ticks int, "+
		"words int)")
	Doc("countSetsAVX512 writes seven planes of as many words as a set: digits of how many of",
		"the sets each member is in.")
	planes := Load(Param("planes"), GP64())
	sets := Load(Param("sets"), GP64())
	step := Load(Param("step"), GP64())
	words := Load(Param("words"), GP64()).(reg.GPVirtual)
	digits := make([]reg.VecVirtual, planeCount)
	for p := range digits {
		digits[p] = ZMM()
	}
	carry, next, some := ZMM(), ZMM(), K()
	Label("words")
	whole := GP64()
	MOVL(U32(0xff), whole.As32())
	CMPQ(words, Imm(8))
	JGE(LabelRef("eight"))
	MOVL(U32(1), whole.As32())
	SHLXL(words.As32(), whole.As32(), whole.As32())
	DECL(whole.As32())
	Label("eight")
	KMOVW(whole.As32(), some)
	for _, d := range digits {
		VPXORD(d, d, d)
	}
	at, ticks := GP64(), GP64()
	MOVQ(sets, at)
	Load(Param("ticks"), ticks)
	Label("tick")
	VMOVDQU64_Z(Mem{Base: at}, some, carry)
	for p, d := range digits {
		if p < planeCount-1 {
			VPANDQ(carry, d, next)
		}
		VPXORQ(carry, d, d)
		if p < planeCount-1 {
			VMOVDQA64(next, carry)
		}
	}
	ADDQ(step, at)
	DECQ(ticks)
	JNZ(LabelRef("tick"))
	MOVQ(planes, at)
	plane := GP64()
	Load(Param("words"), plane)
	SHLQ(Imm(3), plane)
	for _, d := range digits {
		VMOVDQU64(d, some, Mem{Base: at})
		ADDQ(plane, at)
	}
	ADDQ(Imm(64), sets)
	ADDQ(Imm(64), planes)
	SUBQ(Imm(8), words)
	JG(LabelRef("words"))
	VZEROUPPER()
	RET()
}

// sumSet512 adds up the entries of a table that are members of a set.
func sumSet512() {
	TEXT("sumSetAVX512", NOSPLIT, "func(table *uint64, set *uint64, words int) uint64")
	Doc(
		"sumSetAVX512 adds up the entries of a table that are in a set. There is at least one word.")
	table := Load(Param("table"), GP64())
	set := Load(Param("set"), GP64())
	words := Load(Param("words"), GP64())
	sums := []reg.VecVirtual{ZMM(), ZMM(), ZMM(), ZMM()}
	for _, s := range sums {
		VPXORQ(s, s, s)
	}
	Label("word")
	CMPQ(Mem{Base: set}, Imm(0))
	JZ(LabelRef("next"))
	for b := range 8 {
		k := K()
		KMOVB(Mem{Base: set, Disp: b}, k)
		s := sums[b&3]
		VPADDQ(Mem{Base: table, Disp: 64 * b}, s, k, s)
	}
	Label("next")
	ADDQ(Imm(8), set)
	ADDQ(U32(512), table)
	DECQ(words)
	JNZ(LabelRef("word"))
	VPADDQ(sums[1], sums[0], sums[0])
	VPADDQ(sums[3], sums[2], sums[2])
	VPADDQ(sums[2], sums[0], sums[0])
	half := YMM()
	VEXTRACTI64X4(Imm(1), sums[0], half)
	VPADDQ(half, sums[0].AsY(), half)
	quarter := XMM()
	VEXTRACTI128(Imm(1), half, quarter)
	VPADDQ(half.AsX(), quarter, quarter)
	other := XMM()
	VPSRLDQ(Imm(8), quarter, other)
	VPADDQ(other, quarter, quarter)
	sum := GP64()
	VMOVQ(quarter, sum)
	Store(sum, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
