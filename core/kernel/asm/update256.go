package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// update256 advances neurons, eight at a time, and stops in front of the first eight of
// which an input is out of bounds, or which are fewer.
func update256() {
	TEXT("updateAVX2", NOSPLIT, "func(s **int32) int")
	Doc("updateAVX2 advances neurons and returns how many: it stops where an input is out of",
		"bounds or fewer than eight neurons are left.")
	args := Load(Param("s"), GP64())
	n, i := load(args, neurons), load(args, start)
	vector := func(at int) Mem { return Mem{Base: args, Disp: at} }
	constants := func(at int) reg.VecVirtual {
		v := YMM()
		VPBROADCASTD(vector(at), v)
		return v
	}
	rightBy, leftBy, shiftBy := XMM(), XMM(), XMM()
	VMOVQ(field(args, right), rightBy)
	VMOVQ(field(args, left), leftBy)
	VMOVQ(field(args, shift), shiftBy)
	zero := YMM()
	VPXOR(zero, zero, zero)

	Label("eight")
	last := GP64()
	LEAQ(Mem{Base: i, Disp: 8}, last)
	CMPQ(last, n)
	JG(LabelRef("done"))
	at := func(name int) Mem {
		return Mem{Base: load(args, name), Index: i, Scale: 4}
	}
	input, size, most := YMM(), YMM(), constants(bound)
	VMOVDQU(at(accumulator), input)
	VPSRAD(rightBy, input, input)
	VPABSD(input, size)
	VPMAXUD(most, size, size) // most, unless one is larger
	VPXOR(most, size, size)
	VPTEST(size, size)
	JNZ(LabelRef("done"))
	VPSLLD(leftBy, input, input)

	old, v := YMM(), YMM()
	VMOVDQU(at(potential), old)
	decay256(args, old, v, shiftBy, zero)

	more := YMM()
	VMOVDQU(at(drive), more)
	counters := load(args, refractory)
	TESTQ(counters, counters)
	JNZ(LabelRef("refractory"))
	VPADDD(input, v, v)
	VPADDD(more, v, v)
	JMP(LabelRef("integrated"))
	Label("refractory")
	{
		r, takes, t := YMM(), YMM(), YMM()
		where := Mem{Base: counters, Index: i, Scale: 2}
		VPMOVZXWD(where, r)
		VPCMPEQD(zero, r, takes)
		VPAND(takes, input, t)
		VPADDD(t, v, v)
		VPAND(takes, more, t)
		VPADDD(t, v, v)
		refrains := GP64()
		VMOVMSKPS(takes, refrains.As32())
		XORL(Imm(0xff), refrains.As32())
		count256(refrains, args, resting)
		// Of those that rest, whose input and whose bias is not 0.
		for _, what := range [...]struct {
			v  reg.VecVirtual
			at int
		}{{input, discarded}, {more, biased}} {
			VPCMPEQD(zero, what.v, t)
			none := GP64()
			VMOVMSKPS(t, none.As32())
			ANDNL(refrains.As32(), none.As32(), none.As32())
			count256(none, args, what.at)
		}
		// takes is -1 where r is 0: r - 1 - takes is r - 1, or 0.
		ones := YMM()
		VPCMPEQD(ones, ones, ones)
		VPADDD(ones, r, r)
		VPSUBD(takes, r, r)
		upper, x := XMM(), XMM()
		VEXTRACTI128(Imm(1), r, upper)
		VPACKUSDW(upper, r.AsX(), x)
		VMOVDQU(x, where)
	}
	Label("integrated")
	kept, t, bits := YMM(), YMM(), GP64()
	low, high := constants(lowest), constants(highest)
	VPMAXSD(low, v, kept)
	VPMINSD(high, kept, kept)
	VPCMPEQD(v, kept, t)
	VMOVMSKPS(t, bits.As32())
	XORL(Imm(0xff), bits.As32())
	count256(bits, args, saturated)
	VPMAXSD(constants(floor), kept, kept)

	fires, same := YMM(), YMM()
	VPCMPGTD(at(level), kept, fires)
	VPCMPEQD(old, kept, same)
	VPANDN(same, fires, same) // and did not fire
	idle := GP64()
	VMOVMSKPS(same, idle.As32())
	XORL(Imm(0xff), idle.As32())
	count256(idle, args, active)
	fire := GP64()
	VMOVMSKPS(fires, fire.As32())
	count256(fire, args, spikes)
	MOVB(fire.As8(), Mem{Base: load(args, fired), Index: half(i), Scale: 1})

	back, from, held := YMM(), YMM(), YMM()
	VMOVDQU(at(reset), back)
	VPSUBD(back, kept, from)
	VPBROADCASTD(field(args, subtract), t) // -1 for a reset by subtraction
	VPBLENDVB(t, from, back, back)
	VPMAXSD(low, back, held)
	VPMINSD(high, held, held)
	VPCMPEQD(back, held, t)
	VPANDN(fires, t, t)
	VMOVMSKPS(t, bits.As32())
	count256(bits, args, saturated)
	VPBLENDVB(fires, held, kept, kept)
	VMOVDQU(kept, at(potential))
	VMOVDQU(zero, at(accumulator))
	ADDQ(Imm(8), i)
	JMP(LabelRef("eight"))

	Label("done")
	Store(i, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// count256 adds the number of bits of a mask to a field.
func count256(bits reg.GPVirtual, args reg.Register, at int) {
	n := GP64()
	POPCNTL(bits.As32(), n.As32())
	ADDQ(n, field(args, at))
}

// decay256 is decay512 for eight neurons.
func decay256(args reg.Register, old, v, shiftBy, zero reg.VecVirtual) {
	count := load(args, digits)
	CMPQ(count, Imm(0))
	JG(LabelRef("digits"))
	JL(LabelRef("leak"))
	VMOVDQA(old, v)
	JMP(LabelRef("decayed"))

	Label("leak")
	up, part := YMM(), YMM()
	VPCMPGTD(old, zero, up) // -1 below 0
	ones := YMM()
	VPCMPEQD(ones, ones, ones)
	VPXOR(ones, up, up)
	VPADDD(up, old, v)
	VPSRAD(shiftBy, v, part)
	VPSUBD(part, v, v)
	JMP(LabelRef("decayed"))

	Label("digits")
	size, upper, lower, sumUpper, sumLower := YMM(), YMM(), YMM(), YMM(), YMM()
	VPABSD(old, size)
	VPSRLD(Imm(12), size, upper)
	VPSLLD(Imm(20), size, lower)
	VPSRLD(Imm(20), lower, lower)
	VPXOR(sumUpper, sumUpper, sumUpper)
	VPXOR(sumLower, sumLower, sumLower)
	digit := GP64()
	LEAQ(field(args, digitTable), digit)
	Label("digit")
	by, sign, t := XMM(), YMM(), YMM()
	VMOVQ(Mem{Base: digit}, by)
	VPBROADCASTD(Mem{Base: digit, Disp: 16}, sign)
	for _, h := range [...][2]reg.VecVirtual{{upper, sumUpper}, {lower, sumLower}} {
		VPSLLD(by, h[0], t)
		VPXOR(sign, t, t)
		VPSUBD(sign, t, t)
		VPADDD(t, h[1], h[1])
	}
	ADDQ(Imm(digitBytes), digit)
	DECQ(count)
	JNZ(LabelRef("digit"))
	VPSRLD(Imm(12), sumLower, sumLower)
	VPADDD(sumLower, sumUpper, v)
	below := YMM()
	VPSRAD(Imm(31), old, below)
	VPXOR(below, v, v)
	VPSUBD(below, v, v)
	Label("decayed")
}
