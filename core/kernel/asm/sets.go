package main

import (
	"fmt"
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// setBlocks is the number of blocks of 64 sums that one pass over the sets holds in
// registers.
const setBlocks = 4

// awayBit marks the number of a row that is taken away.
const awayBit = 15

// Parameters of a pass over sets: those of the sums, what its rows are, and those of the
// sets. start is what all ticks begin with, nil for nothing.
const (
	sumsOfSets = "sums *int32, stride int, ticks int, start *int32, count int"
	setsOfSets = "sets *uint64, base *uint64, step int, words int, list *uint16, mask uint64"
)

// pass is a pass over sets: the rows of the members of a set are added to the sums of its
// tick, for one tick after the other, or, with away, taken away where they are in a base,
// whose sums a tick begins with, and not in the set. All blocks but the last one are whole:
// mask has a bit per neuron of that. Numbers are listed first, so that no branch depends on
// where they lie.
//
// Weights of 4 bits are packed: lines of 64 bytes hold those of two blocks, the first one's in
// the low halves of bytes. Lines are whole, whatever the mask.
type pass struct {
	blocks       int
	away, packed bool
	weights      reg.Register
	offsets      reg.Register // where that of number 0 would be
	mask         reg.Register
	flips, taken reg.GPVirtual
	low          reg.VecVirtual // of bytes, where they are packed
	pairs        []pair
}

// lines is the number of loads of 64 bytes that a row takes.
func (p *pass) lines() int {
	if p.packed {
		return (p.blocks + 1) / 2
	}
	return p.blocks
}

// bias is what a weight without sign is too large by, as a shift.
func (p *pass) bias() int {
	if p.packed {
		return 3
	}
	return 7
}

func (p *pass) write() {
	sums := Load(Param("sums"), GP64())
	ticks := Load(Param("ticks"), GP64())
	sets := Load(Param("sets"), GP64())
	mask := Load(Param("mask"), GP64())
	p.mask = K()
	KMOVQ(mask, p.mask)
	p.weights, p.offsets = Load(Param("weights"), GP64()), Load(Param("offsets"), GP64())
	first := Load(Param("first"), GP64())
	SHLQ(Imm(2), first)
	SUBQ(first, p.offsets)
	p.number()
	order := newOrder()
	for range p.blocks {
		p.pairs = append(p.pairs, pair{ZMM(), ZMM()})
	}
	p.flips, p.taken = GP64().(reg.GPVirtual), GP64().(reg.GPVirtual)
	if p.packed {
		LEAQ(packedFlipData(), p.flips)
		p.low = ZMM()
		constant(0x0f0f0f0f, p.low)
	} else {
		LEAQ(flipData(), p.flips)
	}

	Label("tick")
	if p.away {
		begin(sums)
	}
	left, list := p.list(sets)
	TESTQ(left, left)
	JZ(LabelRef("summed"))
	now := GP64().(reg.GPVirtual)
	Label("chunk")
	takeRows(left, now, carriedRows)
	if p.away {
		XORQ(p.taken, p.taken)
	}
	for _, s := range p.pairs {
		VPXORD(s.all, s.all, s.all)
		VPXORD(s.odd, s.odd, s.odd)
	}
	over := p.sum(list, now)
	bias := ZMM()
	SHLQ(Imm(uint64(p.bias())), now)
	if p.away {
		SUBQ(p.taken, now)
	} else {
		ADDQ(over, now)
	}
	broadcast(now.As32(), bias)
	for k, s := range p.pairs {
		flushBlock(sums, 256*k, s, bias, order, p.mask, k == p.blocks-1)
	}
	TESTQ(left, left)
	JNZ(LabelRef("chunk"))

	Label("summed")
	nextTick(sums, sets, ticks)
}

// begin adds what all ticks begin with to the sums of one.
func begin(sums reg.Register) {
	start, at, left := GP64(), GP64(), GP64().(reg.GPVirtual)
	Load(Param("start"), start)
	TESTQ(start, start)
	JZ(LabelRef("begun"))
	MOVQ(sums, at)
	Load(Param("count"), left)
	Label("begin")
	whole, all, x := GP64(), K(), ZMM()
	MOVL(U32(0xffff), whole.As32())
	CMPQ(left, Imm(16))
	JGE(LabelRef("beginning"))
	MOVL(U32(1), whole.As32())
	SHLXL(left.As32(), whole.As32(), whole.As32())
	DECL(whole.As32())
	Label("beginning")
	KMOVW(whole.As32(), all)
	VMOVDQU32_Z(Mem{Base: start}, all, x)
	VPADDD_Z(Mem{Base: at}, x, all, x)
	VMOVDQU32(x, all, Mem{Base: at})
	ADDQ(Imm(64), start)
	ADDQ(Imm(64), at)
	SUBQ(Imm(16), left)
	JG(LabelRef("begin"))
	Label("begun")
}

// sets512 sums rows that all begin at the first of the neurons.
func sets512(blocks int, away, packed bool) {
	name, item, rows := "addSets", "int8", "rows"
	if packed {
		name, item, rows = "addPackedSets", "uint8", "packed rows"
	}
	suffix, what := "", "."
	if away {
		suffix, what = "Base", ", beside a base."
	}
	name = fmt.Sprintf("%s%d%sAVX512", name, blocks, suffix)
	TEXT(name, NOSPLIT, "func("+sumsOfSets+
		", weights *"+item+", offsets *uint32, first int64, "+setsOfSets+")")
	Doc(fmt.Sprintf("%s adds the %s of sets to %d sums of each tick%s", name, rows, 64*blocks, what))
	p := pass{blocks: blocks, away: away, packed: packed}
	p.write()
}

// flipData are what turns a weight into a byte without sign: 128 more than it, or 127 less
// it, which takes it away.
var flipData = sync.OnceValue(func() Mem { return flips("flips", signs) })

// packedFlipData are those of packed weights: 8 more, or 7 less.
var packedFlipData = sync.OnceValue(func() Mem { return flips("packedFlips", 0x88888888) })

func flips(name string, signs uint32) Mem {
	bytes := GLOBL(name, RODATA|NOPTR)
	for i := range 32 {
		flip := signs
		if i >= 16 {
			flip = ^flip
		}
		DATA(4*i, U32(flip))
	}
	return bytes
}

// number writes the numbers of all members that a set may have to the first half of list,
// those of the base with the bit of what is taken away.
func (p *pass) number() {
	list, words := GP64(), GP64()
	Load(Param("list"), list)
	Load(Param("words"), words)
	var base reg.Register
	if p.away {
		base = Load(Param("base"), GP64())
	}
	numbers, step, bit := ZMM(), ZMM(), ZMM()
	VMOVDQU16(shortData(), numbers)
	constant(32<<16|32, step)
	constant(1<<(awayBit+16)|1<<awayBit, bit)
	Label("number")
	for half := range 2 {
		n := ZMM()
		VMOVDQA64(numbers, n)
		if p.away {
			k := K()
			KMOVD(Mem{Base: base, Disp: 4 * half}, k)
			VPADDW(bit, numbers, k, n)
		}
		VMOVDQU16(n, Mem{Base: list, Disp: 64 * half})
		VPADDW(step, numbers, numbers)
	}
	if p.away {
		ADDQ(Imm(8), base)
	}
	ADDQ(U32(128), list)
	DECQ(words)
	JNZ(LabelRef("number"))
}

// shortData are the numbers 0 to 31.
var shortData = sync.OnceValue(func() Mem {
	numbers := GLOBL("shorts", RODATA|NOPTR)
	for i := range 32 {
		DATA(2*i, U16(uint16(i)))
	}
	return numbers
})

// list lists a set, or what it and the base differ in, in the second half of list, and
// returns how many numbers that are and where.
func (p *pass) list(sets reg.Register) (count, list reg.GPVirtual) {
	numbers, words := GP64(), GP64()
	count, list = GP64().(reg.GPVirtual), GP64().(reg.GPVirtual)
	place := GP64()
	XORQ(place, place)
	var base reg.Register
	if p.away {
		base = Load(Param("base"), GP64())
	}
	Load(Param("list"), numbers)
	Load(Param("words"), words)
	MOVQ(words, list)
	SHLQ(Imm(7), list)
	ADDQ(numbers, list)
	MOVQ(list, count)
	Label("list")
	word, low, members := GP64(), GP64(), GP64()
	MOVQ(Mem{Base: sets, Index: place, Scale: 8}, word)
	if p.away {
		XORQ(Mem{Base: base, Index: place, Scale: 8}, word)
	}
	MOVL(word.As32(), low.As32())
	POPCNTQ(word, members)
	for half := range 2 {
		k, n := K(), ZMM()
		VMOVDQU16(Mem{Base: numbers, Disp: 64 * half}, n)
		KMOVD(word.As32(), k)
		VPCOMPRESSW_Z(n, k, n)
		if half == 0 {
			VMOVDQU16(n, Mem{Base: count})
			SHRQ(Imm(32), word)
			POPCNTL(low.As32(), low.As32())
		} else {
			VMOVDQU16(n, Mem{Base: count, Index: low, Scale: 2})
		}
	}
	LEAQ(Mem{Base: count, Index: members, Scale: 2}, count)
	INCQ(place)
	ADDQ(U32(128), numbers)
	DECQ(words)
	JNZ(LabelRef("list"))
	SUBQ(list, count)
	SHRQ(Imm(1), count)
	return count, list
}

// nextTick steps to the sums and sets of the next tick, and returns behind the last one.
func nextTick(sums, sets, ticks reg.Register) {
	for _, by := range []struct {
		name string
		to   reg.Register
	}{{"stride", sums}, {"step", sets}} {
		bytes := GP64()
		Load(Param(by.name), bytes)
		ADDQ(bytes, by.to)
	}
	DECQ(ticks)
	JNZ(LabelRef("tick"))
	VZEROUPPER()
	RET()
}
