package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// until512 advances neurons by ticks until one of them fires: a tick reads potentials in
// one place and writes them to the other, so that one in which a neuron fires leaves
// nothing behind. Inputs are known to be in bounds.
func until512() {
	TEXT("updateUntilAVX512", NOSPLIT, "func(s **int32) int")
	Doc("updateUntilAVX512 advances neurons by up to one or more ticks, and returns how many:",
		"none fires in these. Potentials are at other after an odd number.")
	args := Load(Param("s"), GP64())
	vector := func(at int) reg.VecVirtual {
		v := ZMM()
		VPBROADCASTD(field(args, at), v)
		return v
	}
	low, high, least := vector(lowest), vector(highest), vector(floor)
	rightBy, leftBy, shiftBy := XMM(), XMM(), XMM()
	VMOVQ(field(args, right), rightBy)
	VMOVQ(field(args, left), leftBy)
	VMOVQ(field(args, shift), shiftBy)
	from, to := load(args, potential), load(args, other)
	sums, more, bars := load(args, accumulator), load(args, drive), load(args, level)
	n, passed := load(args, neurons), GP64()
	XORQ(passed, passed)

	Label("tick")
	i, changes, held := GP64(), GP64(), GP64()
	XORQ(i, i)
	XORQ(changes, changes)
	XORQ(held, held)
	Label("sixteen")
	all := sixteenOf(n, i, "passed")
	at := func(base reg.Register) Mem { return Mem{Base: base, Index: i, Scale: 4} }
	input, old, v, kept := ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU32_Z(at(sums), all, input)
	VPSRAD(rightBy, input, input)
	VPSLLD(leftBy, input, input)
	VMOVDQU32_Z(at(from), all, old)
	decay512(args, old, v, shiftBy)
	VPADDD(input, v, v)
	VPADDD_Z(at(more), v, all, v)
	VPMAXSD(low, v, kept)
	VPMINSD(high, kept, kept)
	out, fires, changed := K(), K(), K()
	VPCMPD(Imm(4), v, kept, out)
	KORTESTW(out, out)
	JNZ(LabelRef("held"))
	Label("kept")
	VPMAXSD(least, kept, kept)
	VPCMPGTD(at(bars), kept, all, fires)
	KORTESTW(fires, fires)
	JNZ(LabelRef("done"))
	VPCMPD(Imm(4), old, kept, all, changed)
	bits := GP64()
	KMOVW(changed, bits.As32())
	POPCNTQ(bits, bits)
	ADDQ(bits, changes)
	VMOVDQU32(kept, all, at(to))
	ADDQ(Imm(16), i)
	JMP(LabelRef("sixteen"))

	Label("held")
	KMOVW(out, bits.As32())
	POPCNTQ(bits, bits)
	ADDQ(bits, held)
	JMP(LabelRef("kept"))

	Label("passed")
	ADDQ(changes, field(args, active))
	ADDQ(held, field(args, saturated))
	swap := GP64()
	MOVQ(from, swap)
	MOVQ(to, from)
	MOVQ(swap, to)
	ADDQ(field(args, stride), sums)
	INCQ(passed)
	CMPQ(passed, field(args, ticks))
	JLT(LabelRef("tick"))
	Label("done")
	Store(passed, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
