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

// ticker advances sixteen neurons by many ticks.
type ticker struct {
	args                           reg.Register
	sums, fires, changes, seldom   reg.GPVirtual
	count                          reg.GPVirtual
	all                            reg.Register
	old, more, bar, back, counters reg.VecVirtual
	low, high, least, one, zero    reg.VecVirtual
	rightBy, leftBy, shiftBy       reg.VecVirtual
	subtracts                      reg.Register
}

// updateTicks512 advances neurons by many ticks, sixteen neurons at a time, whose state
// stays in registers from the first tick to the last. Inputs are known to be in bounds,
// and so is what a reset leaves. Neurons that keep all of their potential, take inputs as
// they are and do not rest have a loop of their own.
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
	t := ticker{args: args, low: vector(lowest), high: vector(highest), least: vector(floor),
		one: ZMM(), zero: ZMM(), rightBy: XMM(), leftBy: XMM(), shiftBy: XMM(), subtracts: K()}
	constant(1, t.one)
	VPXORD(t.zero, t.zero, t.zero)
	VMOVQ(field(args, right), t.rightBy)
	VMOVQ(field(args, left), t.leftBy)
	VMOVQ(field(args, shift), t.shiftBy)
	flag := load(args, subtract)
	KMOVW(flag.As32(), t.subtracts)

	Label("sixteen")
	t.all = sixteenOf(n, i, "done")
	at := func(name int) Mem { return Mem{Base: load(args, name), Index: i, Scale: 4} }
	t.old, t.more, t.bar, t.back, t.counters = ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU32_Z(at(potential), t.all, t.old)
	VMOVDQU32_Z(at(drive), t.all, t.more)
	VMOVDQU32_Z(at(level), t.all, t.bar)
	VMOVDQU32_Z(at(reset), t.all, t.back)
	resting512(args, i, t.all, t.counters, true)
	t.sums, t.fires, t.changes = load(args, accumulator), load(args, fired), load(args, changed)
	t.seldom, t.count = load(args, rare), load(args, ticks)
	LEAQ(Mem{Base: t.sums, Index: i, Scale: 4}, t.sums)
	eighth := half(i)
	ADDQ(eighth, t.fires)
	ADDQ(eighth, t.changes)

	special := load(args, refractory)
	for _, name := range []int{digits, right, left} {
		ORQ(field(args, name), special)
	}
	JZ(LabelRef("plain"))
	t.tick("general", true)
	Label("advanced")
	VMOVDQU32(t.old, t.all, at(potential))
	resting512(args, i, t.all, t.counters, false)
	ADDQ(Imm(16), i)
	JMP(LabelRef("sixteen"))
	t.tick("plain", false)
	JMP(LabelRef("advanced"))
	Label("done")
	VZEROUPPER()
	RET()
}

// tick is a loop over ticks. In general there are decays, shifts and refractory neurons.
func (t *ticker) tick(name string, general bool) {
	Label(name)
	next, row := load(t.args, stride), load(t.args, rowBytes)
	Label(name + "_tick")
	input, v := ZMM(), ZMM()
	VMOVDQU32_Z(Mem{Base: t.sums}, t.all, input)
	VMOVDQU32(t.zero, t.all, Mem{Base: t.sums})
	if general {
		VPSRAD(t.rightBy, input, input)
		VPSLLD(t.leftBy, input, input)
		decay512(t.args, t.old, v, t.shiftBy)
		rested := load(t.args, refractory)
		TESTQ(rested, rested)
		JNZ(LabelRef("refractory"))
		VPADDD(t.more, input, input)
		VPADDD(input, v, v)
	} else {
		VPADDD(t.more, input, input)
		VPADDD(input, t.old, v)
	}
	Label(name + "_integrated")
	above, below := K(), K()
	VPCMPGTD(t.high, v, above)
	VPCMPGTD(v, t.low, below)
	KORTESTW(above, below)
	JNZ(LabelRef(name + "_held"))
	Label(name + "_kept")
	VPMAXSD(t.least, v, v)
	fire, change, after := K(), K(), ZMM()
	VPCMPGTD(t.bar, v, t.all, fire)
	VPCMPD(Imm(4), t.old, v, t.all, change)
	KORW(fire, change, change)
	KMOVW(fire, Mem{Base: t.fires})
	KMOVW(change, Mem{Base: t.changes})
	VMOVDQA32(t.back, after)
	VPSUBD(t.back, v, t.subtracts, after)
	VMOVDQA32(v, t.old)
	VMOVDQA32(after, fire, t.old)
	if general {
		VPBROADCASTD(field(t.args, period), fire, t.counters)
	}
	ADDQ(next, t.sums)
	ADDQ(row, t.fires)
	ADDQ(row, t.changes)
	ADDQ(Imm(rareBytes), t.seldom)
	DECQ(t.count)
	JNZ(LabelRef(name + "_tick"))
	JMP(LabelRef(name + "_end"))

	Label(name + "_held")
	VPMAXSD(t.low, v, v)
	VPMINSD(t.high, v, v)
	KORW(above, below, above)
	addCount(above, t.seldom, rareSaturated)
	JMP(LabelRef(name + "_kept"))
	if general {
		t.rest(input, v)
		JMP(LabelRef(name + "_integrated"))
	}
	Label(name + "_end")
}

// rest integrates where neurons may be refractory.
func (t *ticker) rest(input, v reg.VecVirtual) {
	Label("refractory")
	rests, takes, some := K(), K(), K()
	VPTESTMD(t.counters, t.counters, rests)
	KANDNW(t.all, rests, takes)
	VPADDD(input, v, takes, v)
	VPADDD(t.more, v, takes, v)
	addCount(rests, t.seldom, rareResting)
	VPTESTMD(input, input, rests, some)
	addCount(some, t.seldom, rareDiscarded)
	VPTESTMD(t.more, t.more, rests, some)
	addCount(some, t.seldom, rareBiased)
	VPSUBD(t.one, t.counters, rests, t.counters)
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
