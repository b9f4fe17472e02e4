package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Places of the fields of kernel.step, which a test holds to it.
const (
	potential = 8 * iota
	accumulator
	drive
	level
	reset
	refractory
	fired
	start
	neurons
	right
	left
	bound
	lowest
	highest
	floor
	shift
	digits
	subtract
	active
	saturated
	spikes
	resting
	discarded
	biased
	ticks
	stride
	rowBytes
	changed
	rare
	period
	other
	digitTable
)

// digitBytes are those of a digit: a shift, 8 bytes of zero, and -1 for a digit that is
// subtracted, else 0.
const digitBytes = 32

func field(args reg.Register, at int) Mem { return Mem{Base: args, Disp: at} }

func load(args reg.Register, at int) reg.GPVirtual {
	r := GP64()
	MOVQ(field(args, at), r)
	return r
}

// update512 advances neurons, sixteen at a time, and stops in front of the first
// sixteen of which an input is out of bounds.
func update512() {
	TEXT("updateAVX512", NOSPLIT, "func(s **int32) int")
	Doc("updateAVX512 advances neurons and returns how many: it stops where an input is out of",
		"bounds, after a multiple of sixteen.")
	args := Load(Param("s"), GP64())
	n, i := load(args, neurons), load(args, start)
	vector := func(at int) reg.VecVirtual {
		v := ZMM()
		VPBROADCASTD(field(args, at), v)
		return v
	}
	most, low, high, least, one := vector(bound), vector(lowest), vector(highest), vector(
		floor), ZMM()
	constant(1, one)
	rightBy, leftBy, shiftBy := XMM(), XMM(), XMM()
	VMOVQ(field(args, right), rightBy)
	VMOVQ(field(args, left), leftBy)
	VMOVQ(field(args, shift), shiftBy)
	subtracts := K()
	flag := load(args, subtract)
	KMOVW(flag.As32(), subtracts)

	Label("sixteen")
	all := sixteenOf(n, i, "done")

	at := func(name int) Mem {
		return Mem{Base: load(args, name), Index: i, Scale: 4}
	}
	input, size, over := ZMM(), ZMM(), K()
	VMOVDQU32_Z(at(accumulator), all, input)
	VPSRAD(rightBy, input, input)
	VPABSD(input, size)
	VPCMPUD(Imm(6), most, size, over)
	KORTESTW(over, over)
	JNZ(LabelRef("done"))
	VPSLLD(leftBy, input, input)

	old, v := ZMM(), ZMM()
	VMOVDQU32_Z(at(potential), all, old)
	decay512(args, old, v, shiftBy)

	more := ZMM()
	VMOVDQU32_Z(at(drive), all, more)
	counters := load(args, refractory)
	TESTQ(counters, counters)
	JNZ(LabelRef("refractory"))
	VPADDD(input, v, v)
	VPADDD(more, v, v)
	JMP(LabelRef("integrated"))
	Label("refractory")
	{
		r, rests, takes, some := ZMM(), K(), K(), K()
		words := YMM()
		where := Mem{Base: counters, Index: i, Scale: 2}
		VMOVDQU16_Z(where, all, words)
		VPMOVZXWD(words, r)
		VPTESTMD(r, r, rests)
		KANDNW(all, rests, takes)
		VPADDD(input, v, takes, v)
		VPADDD(more, v, takes, v)
		count512(rests, args, resting)
		VPTESTMD(input, input, rests, some)
		count512(some, args, discarded)
		VPTESTMD(more, more, rests, some)
		count512(some, args, biased)
		VPSUBD(one, r, rests, r)
		VPMOVDW(r, words)
		VMOVDQU16(words, all, where)
	}
	Label("integrated")
	kept, out := ZMM(), K()
	VPMAXSD(low, v, kept)
	VPMINSD(high, kept, kept)
	VPCMPD(Imm(4), v, kept, out)
	rarely512(out, args, "held")
	VPMAXSD(least, kept, kept)

	fires, changed, bar := K(), K(), ZMM()
	VMOVDQU32_Z(at(level), all, bar)
	VPCMPGTD(bar, kept, all, fires)
	VPCMPD(Imm(4), old, kept, all, changed)
	KORW(fires, changed, changed)
	count512(changed, args, active)
	bits := count512(fires, args, spikes)
	MOVW(bits.As16(), Mem{Base: load(args, fired), Index: half(i), Scale: 1})

	back, reset512 := ZMM(), ZMM()
	VMOVDQU32_Z(at(reset), all, back)
	VPSUBD(back, kept, subtracts, back)
	VPMAXSD(low, back, reset512)
	VPMINSD(high, reset512, reset512)
	VPCMPD(Imm(4), back, reset512, fires, out)
	rarely512(out, args, "back")
	VMOVDQA32(reset512, fires, kept)
	VMOVDQU32(kept, all, at(potential))
	zero := ZMM()
	VPXORD(zero, zero, zero)
	VMOVDQU32(zero, all, at(accumulator))
	ADDQ(Imm(16), i)
	JMP(LabelRef("sixteen"))

	Label("done")
	CMPQ(i, n)
	CMOVQGT(n, i)
	Store(i, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// half is the place of a bit per neuron for a place of bytes.
func half(i reg.Register) reg.GPVirtual {
	h := GP64()
	MOVQ(i, h)
	SHRQ(Imm(3), h)
	return h
}

// rarely512 adds the number of bits of a mask, which are few, to the saturated ones.
func rarely512(k reg.Register, args reg.Register, name string) {
	KORTESTW(k, k)
	JZ(LabelRef(name))
	count512(k, args, saturated)
	Label(name)
}

// count512 adds the number of bits of a mask to a field and returns the mask.
func count512(k reg.Register, args reg.Register, at int) reg.GPVirtual {
	bits, n := GP64(), GP64()
	KMOVW(k, bits.As32())
	POPCNTQ(bits, n)
	ADDQ(n, field(args, at))
	return bits
}

// decay512 brings what is left of old to v: all of it, or less a part of a power of two
// where there is a shift, or the sum of digits. A product with a factor of 12 bits below
// the point is formed in halves, the upper bits of the magnitude and the lower twelve,
// so that 32 bits hold each.
func decay512(args reg.Register, old, v reg.VecVirtual, shiftBy reg.VecVirtual) {
	count := load(args, digits)
	CMPQ(count, Imm(0))
	JG(LabelRef("digits"))
	JL(LabelRef("leak"))
	VMOVDQA64(old, v)
	JMP(LabelRef("decayed"))

	Label("leak")
	up, part := ZMM(), ZMM()
	ones := ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VPSRAD(Imm(31), old, up)
	VPXORD(ones, up, up)
	VPADDD(up, old, v)
	VPSRAD(shiftBy, v, part)
	VPSUBD(part, v, v)
	JMP(LabelRef("decayed"))

	Label("digits")
	size, upper, lower, sumUpper, sumLower := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VPABSD(old, size)
	VPSRLD(Imm(12), size, upper)
	VPSLLD(Imm(20), size, lower)
	VPSRLD(Imm(20), lower, lower)
	VPXORD(sumUpper, sumUpper, sumUpper)
	VPXORD(sumLower, sumLower, sumLower)
	digit := GP64()
	LEAQ(field(args, digitTable), digit)
	Label("digit")
	by, sign, t := XMM(), ZMM(), ZMM()
	VMOVQ(Mem{Base: digit}, by)
	VPBROADCASTD(Mem{Base: digit, Disp: 16}, sign)
	for _, h := range [...][2]reg.VecVirtual{{upper, sumUpper}, {lower, sumLower}} {
		VPSLLD(by, h[0], t)
		VPXORD(sign, t, t)
		VPSUBD(sign, t, t)
		VPADDD(t, h[1], h[1])
	}
	ADDQ(Imm(digitBytes), digit)
	DECQ(count)
	JNZ(LabelRef("digit"))
	VPSRLD(Imm(12), sumLower, sumLower)
	VPADDD(sumLower, sumUpper, v)
	below := ZMM()
	VPSRAD(Imm(31), old, below)
	VPXORD(below, v, v)
	VPSUBD(below, v, v)
	Label("decayed")
}

// sixteenOf gives the mask of the next sixteen of n neurons from neuron i on, or of those
// that are left; without any it goes to a label.
func sixteenOf(n, i reg.GPVirtual, end string) reg.Register {
	rest, mask, all := GP64(), GP64(), K()
	MOVQ(n, rest)
	SUBQ(i, rest)
	JLE(LabelRef(end))
	MOVL(U32(0xffff), mask.As32())
	CMPQ(rest, Imm(16))
	JGE(LabelRef("whole"))
	MOVL(U32(1), mask.As32())
	SHLXL(rest.As32(), mask.As32(), mask.As32())
	DECL(mask.As32())
	Label("whole")
	KMOVW(mask.As32(), all)
	return all
}
