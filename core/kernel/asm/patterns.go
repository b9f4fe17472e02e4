package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// patterns512 looks up the spikes of eight ticks for 64 sources at a time, each by its
// byte, and writes a word of the set of each tick.
func patterns512() {
	TEXT("spreadAVX512", NOSPLIT, "func(sets *uint64, step int, ticks int, table *uint8, values "+
		"*uint8, count int)")
	Doc("spreadAVX512 writes the sets of up to eight ticks, step bytes apart. There is at least",
		"one value.")
	sets := Load(Param("sets"), GP64())
	step := Load(Param("step"), GP64())
	ticks := Load(Param("ticks"), GP64())
	values := Load(Param("values"), GP64())
	left := Load(Param("count"), GP64()).(reg.GPVirtual)
	table := Load(Param("table"), GP64())
	quarters := []reg.VecVirtual{ZMM(), ZMM(), ZMM(), ZMM()}
	for q, part := range quarters {
		VMOVDQU8(Mem{Base: table, Disp: 64 * q}, part)
	}
	bits := make([]reg.VecVirtual, 8)
	for b := range bits {
		bits[b] = ZMM()
		constant(0x01010101<<b, bits[b])
	}
	Label("sources")
	whole, some := GP64(), K()
	MOVQ(I32(-1), whole)
	CMPQ(left, Imm(64))
	JGE(LabelRef("all"))
	MOVQ(U32(1), whole)
	SHLXQ(left, whole, whole)
	DECQ(whole)
	Label("all")
	KMOVQ(whole, some)
	x, low, high, upper := ZMM(), ZMM(), ZMM(), K()
	VMOVDQU8_Z(Mem{Base: values}, some, x)
	VMOVDQA64(x, low)
	VMOVDQA64(x, high)
	VPERMI2B(quarters[1], quarters[0], low)
	VPERMI2B(quarters[3], quarters[2], high)
	VPMOVB2M(x, upper)
	VMOVDQU8(high, upper, low)
	at := GP64()
	MOVQ(sets, at)
	for b := range bits {
		spikes := K()
		VPTESTMB(bits[b], low, some, spikes)
		KMOVQ(spikes, Mem{Base: at})
		CMPQ(ticks, Imm(uint64(b+1)))
		JEQ(LabelRef("written"))
		ADDQ(step, at)
	}
	Label("written")
	ADDQ(Imm(8), sets)
	ADDQ(Imm(64), values)
	SUBQ(Imm(64), left)
	JG(LabelRef("sources"))
	VZEROUPPER()
	RET()
}
