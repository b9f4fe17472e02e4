package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
	Store(sumOfEight(sums[0]), ReturnIndex(0))
	VZEROUPPER()
	RET()
}
