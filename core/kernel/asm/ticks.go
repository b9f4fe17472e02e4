package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Places of what a tick counts that is rare (kernel.rare).
const (
	rareSaturated = 8 * iota
	rareResting
	rareDiscarded
	rareBiased
	rareBytes
)

// updateTicks512 advances neurons by many ticks, sixteen neurons at a time, whose state
// stays in registers from the first tick to the last. Inputs are known to be in bounds,
// and so is what a reset leaves.
func updateTicks512() {
	TEXT("updateTicksAVX512", NOSPLIT, "func(s **int32)")
	Doc("updateTicksAVX512 advances neurons by one or more ticks.")
	args := Load(Param("s"), GP64())
	n, i := load(args, neurons), GP64()
	XORQ(i, i)
	vector := func(at int) reg.VecVirtual {
		v := ZMM()
		VPBROADCASTD(field(args, at), v)
		return v
	}
	low, high, least, one, zero := vector(lowest), vector(highest), vector(floor), ZMM(), ZMM()
	constant(1, one)
	VPXORD(zero, zero, zero)
	rightBy, leftBy, shiftBy := XMM(), XMM(), XMM()
	VMOVQ(field(args, right), rightBy)
	VMOVQ(field(args, left), leftBy)
	VMOVQ(field(args, shift), shiftBy)
	subtracts := K()
	flag := load(args, subtract)
	KMOVW(flag.As32(), subtracts)

	Label("sixteen")
	all := sixteenOf(n, i)
	at := func(name int) Mem { return Mem{Base: load(args, name), Index: i, Scale: 4} }
	old, more, bar, back, counters := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU32_Z(at(potential), all, old)
	VMOVDQU32_Z(at(drive), all, more)
	VMOVDQU32_Z(at(level), all, bar)
	VMOVDQU32_Z(at(reset), all, back)
	resting512(args, i, all, counters, true)
	sums, fires, changes, seldom, count := load(args, accumulator), load(args, fired), load(args,
		changed), load(args, rare), load(args, ticks)
	LEAQ(Mem{Base: sums, Index: i, Scale: 4}, sums)
	eighth := half(i)
	ADDQ(eighth, fires)
	ADDQ(eighth, changes)

	Label("tick")
	input, v := ZMM(), ZMM()
	VMOVDQU32_Z(Mem{Base: sums}, all, input)
	VMOVDQU32(zero, all, Mem{Base: sums})
	VPSRAD(rightBy, input, input)
	VPSLLD(leftBy, input, input)
	decay512(args, old, v, shiftBy)
	rested := load(args, refractory)
	TESTQ(rested, rested)
	JNZ(LabelRef("refractory"))
	VPADDD(more, input, input)
	VPADDD(input, v, v)
	Label("integrated")
	above, below := K(), K()
	VPCMPGTD(high, v, above)
	VPCMPGTD(v, low, below)
	KORTESTW(above, below)
	JNZ(LabelRef("held"))
	Label("kept")
	VPMAXSD(least, v, v)
	fire, change, after := K(), K(), ZMM()
	VPCMPGTD(bar, v, all, fire)
	VPCMPD(Imm(4), old, v, all, change)
	KORW(fire, change, change)
	KMOVW(fire, Mem{Base: fires})
	KMOVW(change, Mem{Base: changes})
	VMOVDQA32(back, after)
	VPSUBD(back, v, subtracts, after)
	VMOVDQA32(v, old)
	VMOVDQA32(after, fire, old)
	VPBROADCASTD(field(args, period), fire, counters)
	next := load(args, stride)
	ADDQ(next, sums)
	row := load(args, rowBytes)
	ADDQ(row, fires)
	ADDQ(row, changes)
	ADDQ(Imm(rareBytes), seldom)
	DECQ(count)
	JNZ(LabelRef("tick"))

	VMOVDQU32(old, all, at(potential))
	resting512(args, i, all, counters, false)
	ADDQ(Imm(16), i)
	JMP(LabelRef("sixteen"))

	Label("held")
	VPMAXSD(low, v, v)
	VPMINSD(high, v, v)
	KORW(above, below, above)
	addCount(above, seldom, rareSaturated)
	JMP(LabelRef("kept"))

	Label("refractory")
	rests, takes, some := K(), K(), K()
	VPTESTMD(counters, counters, rests)
	KANDNW(all, rests, takes)
	VPADDD(input, v, takes, v)
	VPADDD(more, v, takes, v)
	addCount(rests, seldom, rareResting)
	VPTESTMD(input, input, rests, some)
	addCount(some, seldom, rareDiscarded)
	VPTESTMD(more, more, rests, some)
	addCount(some, seldom, rareBiased)
	VPSUBD(one, counters, rests, counters)
	JMP(LabelRef("integrated"))

	Label("done")
	VZEROUPPER()
	RET()
}

// resting512 loads or stores the refractory counters of sixteen neurons, if there are any.
func resting512(args, i, all reg.Register, counters reg.VecVirtual, loads bool) {
	name, words := "unrested", YMM()
	if loads {
		name = "rested"
	}
	base := load(args, refractory)
	TESTQ(base, base)
	JZ(LabelRef(name))
	where := Mem{Base: base, Index: i, Scale: 2}
	if loads {
		VMOVDQU16_Z(where, all, words)
		VPMOVZXWD(words, counters)
	} else {
		VPMOVDW(counters, words)
		VMOVDQU16(words, all, where)
	}
	Label(name)
}

// addCount adds the number of bits of a mask to a field of what a tick counts.
func addCount(k, base reg.Register, at int) {
	bits := GP64()
	KMOVW(k, bits.As32())
	POPCNTQ(bits, bits)
	ADDQ(bits, Mem{Base: base, Disp: at})
}
