package main

import (
	"fmt"
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Sums of 16 bits. A word of two weights without sign, low and high, is added to all
// as it is, and its high half to odd. Then the low weights add up to all - odd<<8 in
// 16 bits, which 256 rows of at most 255 do not leave: two additions and a shift for
// two weights, and no unpacking. The sign bit of every weight is flipped on the way in,
// which adds 128 to it, and 128 per row is taken off at the end.
const (
	maxRows = 256
	signs   = 0x80808080
)

// pair are the sums of a block.
type pair struct{ all, odd reg.VecVirtual }

// takeRows takes at most so many off left and leaves them in now.
func takeRows(left, now reg.GPVirtual, most uint32) {
	limit := GP64()
	MOVQ(left, now)
	MOVQ(U32(most), limit)
	CMPQ(now, limit)
	CMOVQGT(limit, now)
	SUBQ(now, left)
}

func broadcast(value reg.Register, to reg.VecVirtual) {
	VMOVD(value, to.AsX())
	VPBROADCASTD(to.AsX(), to)
}

func constant(value uint32, to reg.VecVirtual) {
	c := GP32()
	MOVL(U32(value), c)
	broadcast(c, to)
}

// rows512 adds rows to blocks of 64 sums. One block alone may be narrower: mask has a
// bit per neuron.
func rows512(blocks int) {
	masked := blocks == 1
	signature :=
		"func(sums *int32, weights *int8, offsets *uint32, list *int32, rows int, first int64)"
	if masked {
		signature = "func(sums *int32, weights *int8, offsets *uint32, list *int32, rows int, " +
			"first int64, mask uint64)"
	}
	TEXT(fmt.Sprintf("addRows%dAVX512", blocks), NOSPLIT, signature)
	Doc(fmt.Sprintf("addRows%dAVX512 adds rows of weights to %d sums. There is at least one row.",
		blocks, 64*blocks))
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	offsets := Load(Param("offsets"), GP64())
	list := Load(Param("list"), GP64())
	first := Load(Param("first"), GP64())
	left := Load(Param("rows"), GP64()).(reg.GPVirtual)
	mask := K()
	if masked {
		m := Load(Param("mask"), GP64())
		KMOVQ(m, mask)
	}
	sign := ZMM()
	constant(signs, sign)
	order := newOrder()
	pairs := make([]pair, blocks)
	for b := range pairs {
		pairs[b] = pair{ZMM(), ZMM()}
	}
	now, count := GP64().(reg.GPVirtual), GP64()
	Label("chunk")
	takeRows(left, now, maxRows)
	MOVQ(now, count)
	for _, p := range pairs {
		VPXORD(p.all, p.all, p.all)
		VPXORD(p.odd, p.odd, p.odd)
	}
	Label("row")
	at := GP64()
	MOVLQSX(Mem{Base: list}, at)
	ADDQ(Imm(4), list)
	SUBQ(first, at)
	MOVL(Mem{Base: offsets, Index: at, Scale: 4}, at.As32())
	for b, p := range pairs {
		w := ZMM()
		from := Mem{Base: weights, Index: at, Scale: 1, Disp: 64 * b}
		if masked {
			VMOVDQU8_Z(from, mask, w)
			VPXORD(w, sign, w)
		} else {
			VPXORD(from, sign, w)
		}
		add512(w, p)
	}
	DECQ(count)
	JNZ(LabelRef("row"))
	for b, p := range pairs {
		flush512(sums, 256*b, p, now, order, mask, masked)
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))
	VZEROUPPER()
	RET()
}

func add512(w reg.VecVirtual, p pair) {
	VPADDW(w, p.all, p.all)
	VPSRLW(Imm(8), w, w)
	VPADDW(w, p.odd, p.odd)
}

// order are the places of words that bring even and odd sums into turn.
type order struct{ low, high Mem }

// orderData writes the places down once.
var orderData = sync.OnceValue(func() Mem {
	words := GLOBL("neurons", RODATA|NOPTR)
	for half := range 2 {
		for i := range 16 {
			place := uint16(16*half + i)
			DATA((32*half+2*i)*2, U16(place))
			DATA((32*half+2*i+1)*2, U16(place|32))
		}
	}
	return words
})

func newOrder() order {
	words := orderData()
	return order{words, words.Offset(64)}
}

// flush512 adds the sums of a block of so many rows to those of 32 bits.
func flush512(sums reg.Register, place int, p pair, rows reg.GPVirtual, o order, mask reg.Register,
	masked bool) {
	bias, b := ZMM(), GP64()
	MOVQ(rows, b)
	SHLQ(Imm(7), b)
	broadcast(b.As32(), bias)
	flushBlock(sums, place, p, bias, o, mask, masked)
}

// flushBlock adds the sums of a block, which are bias too large, to those of 32 bits.
func flushBlock(sums reg.Register, place int, p pair, bias reg.VecVirtual, o order,
	mask reg.Register, masked bool) {
	even, t := ZMM(), ZMM()
	VPSLLW(Imm(8), p.odd, t)
	VPSUBW(t, p.all, even)
	quarters := K()
	if masked {
		KMOVQ(mask, quarters)
	}
	for half, words := range [...]Mem{o.low, o.high} {
		n := ZMM()
		VMOVDQU16(words, n)
		// n holds places and becomes the words there, of even and odd together.
		VPERMI2W(p.odd, even, n)
		for quarter := range 2 {
			y, d := YMM(), ZMM()
			VEXTRACTI64X4(Imm(uint64(quarter)), n, y)
			VPMOVZXWD(y, d)
			VPSUBD(bias, d, d)
			addQuarter(Mem{Base: sums, Disp: place + 128*half + 64*quarter}, d, quarters, masked)
		}
	}
}

// rows256 adds rows to blocks of 32 sums.
func rows256(blocks int) {
	TEXT(fmt.Sprintf("addRows%dAVX2", blocks), NOSPLIT, "func(sums *int32, weights *int8, "+
		"offsets *uint32, list *int32, rows int, first int64)")
	Doc(fmt.Sprintf("addRows%dAVX2 adds rows of weights to %d sums. There is at least one row.",
		blocks, 32*blocks))
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	offsets := Load(Param("offsets"), GP64())
	list := Load(Param("list"), GP64())
	first := Load(Param("first"), GP64())
	left := Load(Param("rows"), GP64()).(reg.GPVirtual)
	sign := YMM()
	constant(signs, sign)
	pairs := make([]pair, blocks)
	for b := range pairs {
		pairs[b] = pair{YMM(), YMM()}
	}
	now, count := GP64().(reg.GPVirtual), GP64()
	Label("chunk")
	takeRows(left, now, maxRows)
	MOVQ(now, count)
	for _, p := range pairs {
		VPXOR(p.all, p.all, p.all)
		VPXOR(p.odd, p.odd, p.odd)
	}
	Label("row")
	at := GP64()
	MOVLQSX(Mem{Base: list}, at)
	ADDQ(Imm(4), list)
	SUBQ(first, at)
	MOVL(Mem{Base: offsets, Index: at, Scale: 4}, at.As32())
	for b, p := range pairs {
		w := YMM()
		VPXOR(Mem{Base: weights, Index: at, Scale: 1, Disp: 32 * b}, sign, w)
		VPADDW(w, p.all, p.all)
		VPSRLW(Imm(8), w, w)
		VPADDW(w, p.odd, p.odd)
	}
	DECQ(count)
	JNZ(LabelRef("row"))
	SHLQ(Imm(7), now)
	for b, p := range pairs {
		flush256(sums, 128*b, p, now)
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))
	VZEROUPPER()
	RET()
}

// flush256 adds the sums of a block, which are over too large, to those of 32 bits.
func flush256(sums reg.Register, place int, p pair, over reg.GPVirtual) {
	even, bias := YMM(), YMM()
	low, high := YMM(), YMM()
	VPSLLW(Imm(8), p.odd, low)
	VPSUBW(low, p.all, even)
	broadcast(over.As32(), bias)
	VPUNPCKLWD(p.odd, even, low)  // neurons 0-7 and 16-23
	VPUNPCKHWD(p.odd, even, high) // neurons 8-15 and 24-31
	for k := range 4 {
		x, d := XMM(), YMM()
		VEXTRACTI128(Imm(uint64(k>>1)), [...]reg.VecVirtual{low, high}[k&1], x)
		VPMOVZXWD(x, d)
		VPSUBD(bias, d, d)
		at := Mem{Base: sums, Disp: place + 32*k}
		VPADDD(at, d, d)
		VMOVDQU(d, at)
	}
}

// addQuarter adds 16 values to the sums at a place; where that is masked, those of the lowest
// bits of quarters alone, which then has those of the next 16.
func addQuarter(at Mem, d reg.VecVirtual, quarters reg.OpmaskVirtual, masked bool) {
	if !masked {
		VPADDD(at, d, d)
		VMOVDQU32(d, at)
		return
	}
	VPADDD_Z(at, d, quarters, d)
	VMOVDQU32(d, quarters, at)
	KSHIFTRQ(Imm(16), quarters, quarters)
}
