package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// parts512 takes a part of words of 16 bits, 32 at a time. Differences and sums saturate,
// so that the bounds are theirs.
func parts512() {
	TEXT("takePartsAVX512", NOSPLIT, "func(words *uint16, draws *uint64, count int, shift, mask, "+
		"low, high, give uint64, changed *uint64) int")
	Pragma("noescape")
	Doc("takePartsAVX512 takes the part of words that shift leaves, or gives it, and returns how",
		"many fours of them have bits to drop. There is at least one word.")
	words := Load(Param("words"), GP64())
	draws := Load(Param("draws"), GP64())
	left := Load(Param("count"), GP64())
	changed := Load(Param("changed"), GP64())
	give := Load(Param("give"), GP64())
	shiftBy := XMM()
	by := Load(Param("shift"), GP64())
	VMOVQ(by, shiftBy)
	spread := func(name string) reg.VecVirtual {
		bits, v := GP64(), ZMM()
		Load(Param(name), bits)
		VPBROADCASTW(bits.As32(), v)
		return v
	}
	mask, low, high, one := spread("mask"), spread("low"), spread("high"), ZMM()
	ones := GP64()
	MOVQ(U32(1), ones)
	VPBROADCASTW(ones.As32(), one)
	upper := ZMM()
	MOVQ(U32(0xff00), ones)
	VPBROADCASTW(ones.As32(), upper)
	needed := GP64()
	XORQ(needed, needed)
	Label("words")
	all, some := K(), GP64()
	MOVQ(I32(-1), some)
	CMPQ(left, Imm(32))
	JGE(LabelRef("whole"))
	SHLXQ(left, some, some)
	XORQ(I32(-1), some)
	Label("whole")
	KMOVD(some.As32(), all)
	old, drawn, part, dropped, now := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU16_Z(Mem{Base: words}, all, old)
	VMOVDQU16_Z(Mem{Base: draws}, all, drawn)
	VPSRLW(shiftBy, old, part)
	VPANDD(mask, old, dropped)
	VPANDD(mask, drawn, drawn)
	up, drops, other := K(), K(), K()
	VPCMPUW(Imm(6), drawn, dropped, up) // dropped > drawn
	VPADDW(one, part, up, part)
	TESTQ(give, give)
	JNZ(LabelRef("gives"))
	VPSUBUSW(part, old, now)
	Label("changes")
	VPMAXUW(low, now, now)
	VPMINUW(high, now, now)
	VPTESTMW(mask, old, all, drops)
	quads, half := GP32(), GP32()
	KMOVD(drops, quads)
	for _, by := range []uint64{1, 2} {
		MOVL(quads, half)
		SHRL(Imm(by), half)
		ORL(half, quads)
	}
	ANDL(U32(0x11111111), quads)
	POPCNTL(quads, quads)
	ADDQ(quads.As64(), needed)
	VMOVDQU16(now, all, Mem{Base: words})
	VPXORD(now, old, now)
	VPTESTMW(upper, now, all, other)
	KMOVD(other, Mem{Base: changed})
	ADDQ(Imm(64), words)
	ADDQ(Imm(64), draws)
	ADDQ(Imm(4), changed)
	SUBQ(Imm(32), left)
	JG(LabelRef("words"))
	Store(needed, ReturnIndex(0))
	VZEROUPPER()
	RET()
	Label("gives")
	VPADDUSW(part, old, now)
	JMP(LabelRef("changes"))
}
