package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lists512 sums rows for the lists of many ticks: of 64 neurons, or of 128, the last of
// which may be fewer. A list has at most 256 rows, which sums of 16 bits hold.
func lists512(blocks int) {
	TEXT(fmt.Sprintf("sumLists%dAVX512", blocks), NOSPLIT, "func(sums *int32, stride int, "+
		"weights *int8, offsets *uint32, list, ends *int32, ticks int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("sumLists%dAVX512 writes the sums of %d neurons for each list.", blocks,
		64*blocks), "There is at least one list.")
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	offsets := Load(Param("offsets"), GP64())
	list := Load(Param("list"), GP64())
	ends := Load(Param("ends"), GP64())
	left := Load(Param("ticks"), GP64())
	bits, mask := Load(Param("mask"), GP64()), K()
	KMOVQ(bits, mask)
	start := GP64()
	MOVQ(list, start)
	sign := ZMM()
	constant(signs, sign)
	order := newOrder()
	pairs := make([]pair, blocks)
	for b := range pairs {
		pairs[b] = pair{ZMM(), ZMM()}
	}
	Label("tick")
	end := GP64()
	MOVLQSX(Mem{Base: ends}, end)
	ADDQ(Imm(4), ends)
	LEAQ(Mem{Base: start, Index: end, Scale: 4}, end)
	for _, p := range pairs {
		VPXORD(p.all, p.all, p.all)
		VPXORD(p.odd, p.odd, p.odd)
	}
	CMPQ(list, end)
	JGE(LabelRef("summed"))
	Label("row")
	at := GP64()
	MOVLQSX(Mem{Base: list}, at)
	ADDQ(Imm(4), list)
	MOVL(Mem{Base: offsets, Index: at, Scale: 4}, at.As32())
	for b, p := range pairs {
		w := ZMM()
		from := Mem{Base: weights, Index: at, Scale: 1, Disp: 64 * b}
		if b == blocks-1 {
			VMOVDQU8_Z(from, mask, w)
			VPXORD(w, sign, w)
		} else {
			VPXORD(from, sign, w)
		}
		add512(w, p)
	}
	CMPQ(list, end)
	JLT(LabelRef("row"))
	Label("summed")
	for b, p := range pairs {
		writeBlock(sums, 256*b, p, order, mask, b == blocks-1)
	}
	bytes := GP64()
	Load(Param("stride"), bytes)
	ADDQ(bytes, sums)
	DECQ(left)
	JNZ(LabelRef("tick"))
	VZEROUPPER()
	RET()
}

// writeBlock writes the sums of a block.
func writeBlock(sums reg.Register, place int, p pair, o order, mask reg.Register, masked bool) {
	even, t, quarters := ZMM(), ZMM(), K()
	VPSLLW(Imm(8), p.odd, t)
	VPSUBW(t, p.all, even)
	if masked {
		KMOVQ(mask, quarters)
	}
	for half, words := range [...]Mem{o.low, o.high} {
		n := ZMM()
		VMOVDQU16(words, n)
		VPERMI2W(p.odd, even, n)
		for quarter := range 2 {
			y, d := YMM(), ZMM()
			VEXTRACTI64X4(Imm(uint64(quarter)), n, y)
			VPMOVZXWD(y, d)
			to := Mem{Base: sums, Disp: place + 128*half + 64*quarter}
			if !masked {
				VMOVDQU32(d, to)
				continue
			}
			VMOVDQU32(d, quarters, to)
			KSHIFTRQ(Imm(16), quarters, quarters)
		}
	}
}
