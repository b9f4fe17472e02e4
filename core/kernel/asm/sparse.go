package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many rows before its turn the entries of a row are fetched.
const ahead = 8

// Places of what a run has (kernel.Run).
const runCount, runBase, runBytes = 4, 6, 8

// entries512 adds sparse rows to sums, sixteen entries at a time: sums are gathered by
// the neurons of the entries and scattered again, which no two entries of a row share.
func entries512() {
	TEXT("addEntriesAVX512", NOSPLIT, "func(sums *int32, entries *uint16, runs *uint32, chosen "+
		"*int32, rows int)")
	Doc("addEntriesAVX512 adds the chosen runs to sums. There is at least one.")
	sums := Load(Param("sums"), GP64())
	entries := Load(Param("entries"), GP64())
	runs := Load(Param("runs"), GP64())
	chosen := Load(Param("chosen"), GP64())
	left := Load(Param("rows"), GP64())
	low := ZMM()
	constant(0xffff, low)
	last, next := GP64(), GP64()
	LEAQ(Mem{Base: chosen, Index: left, Scale: 4, Disp: -4}, last)

	Label("row")
	LEAQ(Mem{Base: chosen, Disp: 4 * ahead}, next)
	CMPQ(next, last)
	CMOVQHI(last, next)
	fetch := GP64()
	MOVLQSX(Mem{Base: next}, fetch)
	line, end := GP64(), GP64()
	MOVWLZX(Mem{Base: runs, Index: fetch, Scale: 8, Disp: runCount}, end.As32())
	MOVL(Mem{Base: runs, Index: fetch, Scale: 8}, line.As32())
	LEAQ(Mem{Base: entries, Index: line, Scale: 4}, line)
	LEAQ(Mem{Base: line, Index: end, Scale: 4}, end)
	Label("line")
	PREFETCHT0(Mem{Base: line})
	ADDQ(Imm(64), line)
	CMPQ(line, end)
	JB(LabelRef("line"))
	PREFETCHT0(Mem{Base: end, Disp: -4})

	at, count, base := GP64(), GP64(), GP64()
	MOVLQSX(Mem{Base: chosen}, at)
	ADDQ(Imm(4), chosen)
	MOVWLZX(Mem{Base: runs, Index: at, Scale: 8, Disp: runCount}, count.As32())
	MOVWLZX(Mem{Base: runs, Index: at, Scale: 8, Disp: runBase}, base.As32())
	MOVL(Mem{Base: runs, Index: at, Scale: 8}, at.As32())
	LEAQ(Mem{Base: entries, Index: at, Scale: 4}, at)
	LEAQ(Mem{Base: sums, Index: base, Scale: 4}, base)
	sixteen := GP64()
	MOVL(U32(16), sixteen.As32())
	Label("sixteen")
	some, mask := GP64(), GP64()
	MOVQ(count, some)
	CMPQ(some, sixteen)
	CMOVQGT(sixteen, some)
	MOVL(U32(1), mask.As32())
	SHLXL(some.As32(), mask.As32(), mask.As32())
	DECL(mask.As32())
	k, gathered, scattered := K(), K(), K()
	KMOVW(mask.As32(), k)
	KMOVW(mask.As32(), gathered)
	KMOVW(mask.As32(), scattered)
	e, where, sum := ZMM(), ZMM(), ZMM()
	VMOVDQU32_Z(Mem{Base: at}, k, e)
	VPANDD(low, e, where)
	VPSRAD(Imm(16), e, e)
	VPXORD(sum, sum, sum)
	VPGATHERDD(Mem{Base: base, Index: where, Scale: 4}, gathered, sum)
	VPADDD(e, sum, sum)
	VPSCATTERDD(sum, scattered, Mem{Base: base, Index: where, Scale: 4})
	ADDQ(Imm(64), at)
	SUBQ(sixteen, count)
	JG(LabelRef("sixteen"))
	DECQ(left)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// ticks512 adds each entry to 32 sums of its neuron at once, one for each tick, of which
// a mask says in which the row is due.
func ticks512() {
	TEXT("addTicksAVX512", NOSPLIT, "func(sums *int16, entries *uint16, runs *uint32, masks "+
		"*uint32, rows int)")
	Doc("addTicksAVX512 adds runs to the sums of the ticks in their masks, which it clears.")
	sums := Load(Param("sums"), GP64())
	entries := Load(Param("entries"), GP64())
	runs := Load(Param("runs"), GP64())
	masks := Load(Param("masks"), GP64())
	left := Load(Param("rows"), GP64())
	zero := GP64()
	XORL(zero.As32(), zero.As32())
	Label("row")
	mask, count := GP64(), GP64()
	MOVL(Mem{Base: masks}, mask.As32())
	MOVL(zero.As32(), Mem{Base: masks})
	ADDQ(Imm(4), masks)
	MOVWLZX(Mem{Base: runs, Disp: runCount}, count.As32())
	TESTL(mask.As32(), mask.As32())
	CMOVLEQ(zero.As32(), count.As32())
	at, base := GP64(), GP64()
	MOVL(Mem{Base: runs}, at.As32())
	MOVWLZX(Mem{Base: runs, Disp: runBase}, base.As32())
	ADDQ(Imm(runBytes), runs)
	LEAQ(Mem{Base: entries, Index: at, Scale: 4}, at)
	SHLQ(Imm(6), base)
	ADDQ(sums, base)
	due := K()
	KMOVD(mask.As32(), due)
	TESTQ(count, count)
	JZ(LabelRef("next"))
	Label("entry")
	neuron, w := GP64(), ZMM()
	MOVWLZX(Mem{Base: at}, neuron.As32())
	SHLQ(Imm(6), neuron)
	VPBROADCASTW_Z(Mem{Base: at, Disp: 2}, due, w)
	VPADDW(Mem{Base: base, Index: neuron, Scale: 1}, w, w)
	VMOVDQU16(w, Mem{Base: base, Index: neuron, Scale: 1})
	ADDQ(Imm(4), at)
	DECQ(count)
	JNZ(LabelRef("entry"))
	Label("next")
	DECQ(left)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// take512 turns the sums of sixteen neurons for sixteen ticks around and adds them to
// rows of sums, one for each tick.
func take512() {
	TEXT("takeTicksAVX512", NOSPLIT, "func(rows *int32, stride int, ticks int, narrow *int16, "+
		"mask uint32)")
	Doc("takeTicksAVX512 adds the sums of up to sixteen neurons for up to sixteen ticks to",
		"rows that are stride bytes apart, and clears them.")
	rows := Load(Param("rows"), GP64())
	stride := Load(Param("stride"), GP64())
	ticks := Load(Param("ticks"), GP64())
	narrow := Load(Param("narrow"), GP64())
	m := Load(Param("mask"), GP32())
	mask, zero := K(), YMM()
	KMOVW(m, mask)
	VPXOR(zero, zero, zero)
	var in, out [16]reg.VecVirtual
	for i := range in {
		in[i] = ZMM()
		VPMOVSXWD(Mem{Base: narrow, Disp: 64 * i}, in[i])
		VMOVDQU(zero, Mem{Base: narrow, Disp: 64 * i})
	}
	for i := 0; i < 16; i += 2 {
		out[i], out[i+1] = ZMM(), ZMM()
		VPUNPCKLDQ(in[i+1], in[i], out[i])
		VPUNPCKHDQ(in[i+1], in[i], out[i+1])
	}
	for i := 0; i < 16; i += 4 {
		for j := range 2 {
			low, high := ZMM(), ZMM()
			VPUNPCKLQDQ(out[i+j+2], out[i+j], low)
			VPUNPCKHQDQ(out[i+j+2], out[i+j], high)
			in[i+2*j], in[i+2*j+1] = low, high
		}
	}
	for j := range 4 {
		a, b, c, d := ZMM(), ZMM(), ZMM(), ZMM()
		VSHUFI32X4(Imm(0x88), in[4+j], in[j], a)
		VSHUFI32X4(Imm(0x88), in[12+j], in[8+j], b)
		VSHUFI32X4(Imm(0xdd), in[4+j], in[j], c)
		VSHUFI32X4(Imm(0xdd), in[12+j], in[8+j], d)
		for k, of := range [4][2]reg.VecVirtual{{a, b}, {c, d}, {a, b}, {c, d}} {
			out[4*k+j] = ZMM()
			VSHUFI32X4(Imm([...]uint64{0x88, 0x88, 0xdd, 0xdd}[k]), of[1], of[0], out[4*k+j])
		}
	}
	for _, sum := range out {
		VPADDD_Z(Mem{Base: rows}, sum, mask, sum)
		VMOVDQU32(sum, mask, Mem{Base: rows})
		ADDQ(stride, rows)
		DECQ(ticks)
		JZ(LabelRef("done"))
	}
	Label("done")
	VZEROUPPER()
	RET()
}
