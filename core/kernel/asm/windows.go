package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// windows512 adds to a block of up to 64 sums what rows of any place and length have
// for it: a window is the distance from the store to where the row's weight of the
// block's first neuron would be, and a bit per neuron that the row reaches.
func windows512() {
	TEXT("addWindowsAVX512", NOSPLIT, "func(sums *int32, weights *int8, windows *int64, chosen *int32, rows int, first int64, mask uint64)")
	Doc("addWindowsAVX512 adds the chosen windows to up to 64 sums. There is at least one.")
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	windows := Load(Param("windows"), GP64())
	chosen := Load(Param("chosen"), GP64())
	left := Load(Param("rows"), GP64()).(reg.GPVirtual)
	first := Load(Param("first"), GP64())
	m := Load(Param("mask"), GP64())
	mask := K()
	KMOVQ(m, mask)
	sign := ZMM()
	constant(signs, sign)
	order := newOrder()
	p := pair{ZMM(), ZMM()}
	SHLQ(Imm(4), first)
	SUBQ(first, windows) // where window 0 would be
	now, count := GP64().(reg.GPVirtual), GP64()
	Label("chunk")
	takeRows(left, now)
	LEAQ(Mem{Base: chosen, Index: now, Scale: 4}, chosen)
	MOVQ(now, count)
	NEGQ(count)
	VPXORD(p.all, p.all, p.all)
	VPXORD(p.odd, p.odd, p.odd)
	Label("row")
	at, reached, w := GP64(), K(), ZMM()
	MOVLQSX(Mem{Base: chosen, Index: count, Scale: 4}, at)
	SHLQ(Imm(4), at)
	KMOVQ(Mem{Base: windows, Index: at, Scale: 1, Disp: 8}, reached)
	MOVQ(Mem{Base: windows, Index: at, Scale: 1}, at)
	VMOVDQU8_Z(Mem{Base: weights, Index: at, Scale: 1}, reached, w)
	VPXORD(w, sign, w)
	add512(w, p)
	INCQ(count)
	JNZ(LabelRef("row"))
	flush512(sums, 0, p, now, order, mask, true)
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))
	VZEROUPPER()
	RET()
}

// bits512 lists the bits that are set, sixteen at a time.
func bits512() {
	TEXT("listBitsAVX512", NOSPLIT, "func(list *int32, words *uint64, count int, first int32) int")
	Doc("listBitsAVX512 writes first plus the number of each bit that is set, and returns how", "many are. It writes up to fifteen entries more.")
	list := Load(Param("list"), GP64())
	words := Load(Param("words"), GP64())
	count := Load(Param("count"), GP64())
	first := Load(Param("first"), GP32())
	numbers, sixteen := ZMM(), ZMM()
	steps := GLOBL("numbers", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(i)))
	}
	broadcast(first, numbers)
	VPADDD(steps, numbers, numbers)
	constant(16, sixteen)
	start := GP64()
	MOVQ(list, start)
	word, bits := GP64(), GP64()
	Label("word")
	MOVQ(Mem{Base: words}, word)
	ADDQ(Imm(8), words)
	// Where each quarter goes follows from the word alone, not from the quarter before.
	at := []reg.GPVirtual{GP64(), GP64(), GP64()}
	for q, place := range at {
		MOVQ(word, bits)
		SHLQ(Imm(uint64(48-16*q)), bits)
		POPCNTQ(bits, place)
	}
	quarter := GP64()
	MOVQ(word, quarter)
	for q := range 4 {
		k, packed := K(), ZMM()
		KMOVW(quarter.As32(), k)
		VPCOMPRESSD_Z(numbers, k, packed)
		if q == 0 {
			VMOVDQU32(packed, Mem{Base: list})
		} else {
			VMOVDQU32(packed, Mem{Base: list, Index: at[q-1], Scale: 4})
		}
		SHRQ(Imm(16), quarter)
		VPADDD(sixteen, numbers, numbers)
	}
	POPCNTQ(word, bits)
	LEAQ(Mem{Base: list, Index: bits, Scale: 4}, list)
	DECQ(count)
	JNZ(LabelRef("word"))
	SUBQ(start, list)
	SHRQ(Imm(2), list)
	Store(list, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
