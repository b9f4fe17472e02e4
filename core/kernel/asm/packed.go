package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packedBatch is the number of weights of 4 bits without sign that a byte sums.
const packedBatch = 16

// packed256 adds packed rows to two blocks of 64 sums, 32 bytes at a time: in bytes for a
// batch of rows, and these in sums of 16 bits.
func packed256() {
	TEXT("addPackedAVX2", NOSPLIT, "func(sums *int32, weights *uint8, offsets *uint32, "+
		"list *int32, rows int, first int64)")
	Pragma("noescape")
	Doc("addPackedAVX2 adds packed rows of weights to 128 sums. There is at least one row.")
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	offsets := Load(Param("offsets"), GP64())
	list := Load(Param("list"), GP64())
	first := Load(Param("first"), GP64())
	left := Load(Param("rows"), GP64()).(reg.GPVirtual)
	sign, low := YMM(), YMM()
	constant(0x88888888, sign)
	constant(0x0f0f0f0f, low)
	var pairs [2][2]pair // by halves of a line, and of bytes
	for h := range pairs {
		pairs[h] = [2]pair{{YMM(), YMM()}, {YMM(), YMM()}}
	}
	now, rest, count := GP64().(reg.GPVirtual), GP64().(reg.GPVirtual), GP64().(reg.GPVirtual)
	Label("chunk")
	takeRows(left, now, maxRows)
	MOVQ(now, rest)
	for _, half := range pairs {
		for _, p := range half {
			VPXOR(p.all, p.all, p.all)
			VPXOR(p.odd, p.odd, p.odd)
		}
	}
	Label("batch")
	takeRows(rest, count, packedBatch)
	var bytes [2][2]reg.VecVirtual
	for h := range bytes {
		for k := range bytes[h] {
			bytes[h][k] = YMM()
			VPXOR(bytes[h][k], bytes[h][k], bytes[h][k])
		}
	}
	Label("row")
	at := GP64()
	MOVLQSX(Mem{Base: list}, at)
	ADDQ(Imm(4), list)
	SUBQ(first, at)
	MOVL(Mem{Base: offsets, Index: at, Scale: 4}, at.As32())
	for h := range bytes {
		w, high := YMM(), YMM()
		VPXOR(Mem{Base: weights, Index: at, Scale: 1, Disp: 32 * h}, sign, w)
		VPSRLW(Imm(4), w, high)
		for k, part := range []reg.VecVirtual{w, high} {
			VPAND(low, part, part)
			VPADDB(part, bytes[h][k], bytes[h][k])
		}
	}
	DECQ(count)
	JNZ(LabelRef("row"))
	for h, half := range pairs {
		for k, p := range half {
			sum := bytes[h][k]
			VPADDW(sum, p.all, p.all)
			VPSRLW(Imm(8), sum, sum)
			VPADDW(sum, p.odd, p.odd)
		}
	}
	TESTQ(rest, rest)
	JNZ(LabelRef("batch"))
	SHLQ(Imm(3), now)
	for h, half := range pairs {
		for k, p := range half {
			flush256(sums, 256*k+128*h, p, now)
		}
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))
	VZEROUPPER()
	RET()
}
