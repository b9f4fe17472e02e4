package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lineBlocks is the number of blocks of 64 sums that the widest lines have.
const lineBlocks = 4

// lines512 adds lines to blocks of 64 sums, which stay in registers for a tick, two for
// each, 16 bits to a sum. The members of a set are listed first, each by the place of its
// line, so that no branch depends on where they lie. All blocks but the last one are whole:
// mask has a bit per neuron of that.
func lines512(blocks int) {
	TEXT(fmt.Sprintf("addLines%dAVX512", blocks), NOSPLIT, "func(sums *int32, stride int, "+
		"ticks int, weights *int16, places *int32, members *uint64, at *uint16, sets *uint64, "+
		"step int, words int, list *uint16, mask uint64)")
	Doc(fmt.Sprintf("addLines%dAVX512 adds the lines of sets to %d sums of each tick.", blocks,
		64*blocks))
	sums := Load(Param("sums"), GP64())
	ticks := Load(Param("ticks"), GP64())
	weights := Load(Param("weights"), GP64())
	sets := Load(Param("sets"), GP64())
	m, mask := Load(Param("mask"), GP64()), K()
	KMOVQ(m, mask)
	pairs := make([]pair, blocks)
	for b := range pairs {
		pairs[b] = pair{ZMM(), ZMM()}
	}

	Label("tick")
	list, left := GP64(), GP64().(reg.GPVirtual)
	listLines(sets, left)
	Load(Param("list"), list)
	SUBQ(list, left)
	JZ(LabelRef("summed"))
	SHRQ(Imm(1), left)
	now := GP64().(reg.GPVirtual)
	Label("chunk")
	takeRows(left, now, maxRows)
	for _, p := range pairs {
		VPXORD(p.all, p.all, p.all)
		VPXORD(p.odd, p.odd, p.odd)
	}
	Label("line")
	at := GP64()
	MOVWLZX(Mem{Base: list}, at.As32())
	ADDQ(Imm(2), list)
	for b, p := range pairs {
		VPADDW(Mem{Base: weights, Index: at, Scale: 8, Disp: 128 * b}, p.all, p.all)
		VPADDW(Mem{Base: weights, Index: at, Scale: 8, Disp: 128*b + 64}, p.odd, p.odd)
	}
	DECQ(now)
	JNZ(LabelRef("line"))
	for b, p := range pairs {
		takeLine(sums, 256*b, p, mask, b == len(pairs)-1)
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))

	Label("summed")
	nextTick(sums, sets, ticks)
}

// listLines lists the places of the lines of a set's members, and leaves where the list ends.
func listLines(sets reg.Register, end reg.GPVirtual) {
	places, members, at, words := GP64(), GP64(), GP64(), GP64()
	Load(Param("list"), end)
	Load(Param("places"), places)
	Load(Param("members"), members)
	Load(Param("at"), at)
	Load(Param("words"), words)
	Label("word")
	word, low, count := GP64(), GP64(), GP64()
	MOVLQSX(Mem{Base: places}, word)
	MOVQ(Mem{Base: sets, Index: word, Scale: 8}, word)
	ANDQ(Mem{Base: members}, word)
	JZ(LabelRef("next"))
	MOVL(word.As32(), low.As32())
	POPCNTQ(word, count)
	for half := range 2 {
		k, n := K(), ZMM()
		VMOVDQU16(Mem{Base: at, Disp: 64 * half}, n)
		KMOVD(word.As32(), k)
		VPCOMPRESSW_Z(n, k, n)
		if half == 0 {
			VMOVDQU16(n, Mem{Base: end})
			SHRQ(Imm(32), word)
			POPCNTL(low.As32(), low.As32())
		} else {
			VMOVDQU16(n, Mem{Base: end, Index: low, Scale: 2})
		}
	}
	LEAQ(Mem{Base: end, Index: count, Scale: 2}, end)
	Label("next")
	ADDQ(Imm(4), places)
	ADDQ(Imm(8), members)
	ADDQ(U32(128), at)
	DECQ(words)
	JNZ(LabelRef("word"))
}

// takeLine adds the sums of a block to those of 32 bits.
func takeLine(sums reg.Register, place int, p pair, mask reg.Register, masked bool) {
	quarters := K()
	if masked {
		KMOVQ(mask, quarters)
	}
	for half, words := range [...]reg.VecVirtual{p.all, p.odd} {
		for quarter := range 2 {
			y, d := words.AsY(), ZMM()
			if quarter == 1 {
				y = YMM()
				VEXTRACTI64X4(Imm(1), words, y)
			}
			VPMOVSXWD(y, d)
			addQuarter(Mem{Base: sums, Disp: place + 128*half + 64*quarter}, d, quarters, masked)
		}
	}
}

// lines256 adds lines that are listed to a block of 64 sums.
func lines256() {
	TEXT("addLinesAVX2", NOSPLIT, "func(sums *int32, weights *int16, list *uint16, lines int)")
	Doc("addLinesAVX2 adds lines to 64 sums. There is at least one line.")
	sums := Load(Param("sums"), GP64())
	weights := Load(Param("weights"), GP64())
	list := Load(Param("list"), GP64())
	left := Load(Param("lines"), GP64()).(reg.GPVirtual)
	parts := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	now := GP64().(reg.GPVirtual)
	Label("chunk")
	takeRows(left, now, maxRows)
	for _, part := range parts {
		VPXOR(part, part, part)
	}
	Label("line")
	at := GP64()
	MOVWLZX(Mem{Base: list}, at.As32())
	ADDQ(Imm(2), list)
	for k, part := range parts {
		VPADDW(Mem{Base: weights, Index: at, Scale: 8, Disp: 32 * k}, part, part)
	}
	DECQ(now)
	JNZ(LabelRef("line"))
	for k, part := range parts {
		for half := range 2 {
			x, d := XMM(), YMM()
			VEXTRACTI128(Imm(uint64(half)), part, x)
			VPMOVSXWD(x, d)
			to := Mem{Base: sums, Disp: 64*k + 32*half}
			VPADDD(to, d, d)
			VMOVDQU(d, to)
		}
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))
	VZEROUPPER()
	RET()
}
