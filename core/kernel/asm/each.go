package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// each512 adds a value to sums, sixteen at a time.
func each512() {
	TEXT("addEachAVX512", NOSPLIT, "func(sums *int32, count int, value int32)")
	Pragma("noescape")
	Doc("addEachAVX512 adds a value to sums, of which there are a multiple of sixteen and not none.")
	sums := Load(Param("sums"), GP64())
	count := Load(Param("count"), GP64())
	value, all := Load(Param("value"), GP32()), ZMM()
	broadcast(value, all)
	Label("sixteen")
	now := ZMM()
	VPADDD(Mem{Base: sums}, all, now)
	VMOVDQU32(now, Mem{Base: sums})
	ADDQ(Imm(64), sums)
	SUBQ(Imm(16), count)
	JG(LabelRef("sixteen"))
	VZEROUPPER()
	RET()
}
