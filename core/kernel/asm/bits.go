package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bits512 lists the bits that are set, sixteen at a time.
func bits512() {
	TEXT("listBitsAVX512", NOSPLIT, "func(list *int32, words *uint64, count int, first int32) int")
	Doc("listBitsAVX512 writes first plus the number of each bit that is set, and returns how",
		"many are. It writes up to fifteen entries more.")
	list := Load(Param("list"), GP64())
	words := Load(Param("words"), GP64())
	count := Load(Param("count"), GP64())
	first := Load(Param("first"), GP32())
	numbers, sixteen := ZMM(), ZMM()
	steps := GLOBL("numbers", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(i)))
	}
	broadcast(first, numbers)
	VPADDD(steps, numbers, numbers)
	constant(16, sixteen)
	start := GP64()
	MOVQ(list, start)
	word, bits := GP64(), GP64()
	Label("word")
	MOVQ(Mem{Base: words}, word)
	ADDQ(Imm(8), words)
	// Where each quarter goes follows from the word alone, not from the quarter before.
	at := []reg.GPVirtual{GP64(), GP64(), GP64()}
	for q, place := range at {
		MOVQ(word, bits)
		SHLQ(Imm(uint64(48-16*q)), bits)
		POPCNTQ(bits, place)
	}
	quarter := GP64()
	MOVQ(word, quarter)
	for q := range 4 {
		k, packed := K(), ZMM()
		KMOVW(quarter.As32(), k)
		VPCOMPRESSD_Z(numbers, k, packed)
		if q == 0 {
			VMOVDQU32(packed, Mem{Base: list})
		} else {
			VMOVDQU32(packed, Mem{Base: list, Index: at[q-1], Scale: 4})
		}
		SHRQ(Imm(16), quarter)
		VPADDD(sixteen, numbers, numbers)
	}
	POPCNTQ(word, bits)
	LEAQ(Mem{Base: list, Index: bits, Scale: 4}, list)
	DECQ(count)
	JNZ(LabelRef("word"))
	SUBQ(start, list)
	SHRQ(Imm(2), list)
	Store(list, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// byteData are the numbers 0 to 63.
var byteData = sync.OnceValue(func() Mem {
	numbers := GLOBL("bytes", RODATA|NOPTR)
	for i := range 64 {
		DATA(i, U8(uint8(i)))
	}
	return numbers
})

// listSets512 lists the bits of sets, a word at a time: up to sixteen members in one go,
// since most sets of spikes have few.
func listSets512() {
	TEXT("listSetsAVX512", NOSPLIT, "func(list, ends *int32, sets *uint64, step, words, "+
		"ticks int, first int32) int")
	Doc("listSetsAVX512 writes first plus the number of each bit that is set, set after set, and",
		"where each set ends. It returns how many bits are, and writes up to 63 entries more.")
	list := Load(Param("list"), GP64())
	ends := Load(Param("ends"), GP64())
	sets := Load(Param("sets"), GP64())
	step := Load(Param("step"), GP64())
	ticks := Load(Param("ticks"), GP64())
	first := Load(Param("first"), GP32())
	begin, next, numbers, start := ZMM(), ZMM(), ZMM(), GP64()
	broadcast(first, begin)
	constant(64, next)
	VMOVDQU64(byteData(), numbers)
	MOVQ(list, start)
	Label("set")
	base, at, left := ZMM(), GP64(), GP64()
	VMOVDQA64(begin, base)
	MOVQ(sets, at)
	Load(Param("words"), left)
	Label("word")
	k, packed, some := K(), ZMM(), ZMM()
	word, members := GP64(), GP64()
	MOVQ(Mem{Base: at}, word)
	ADDQ(Imm(8), at)
	KMOVQ(word, k)
	VPCOMPRESSB_Z(numbers, k, packed)
	POPCNTQ(word, members)
	VPMOVZXBD(packed.AsX(), some)
	VPADDD(base, some, some)
	VMOVDQU32(some, Mem{Base: list})
	CMPQ(members, Imm(16))
	JG(LabelRef("many"))
	Label("listed")
	VPADDD(next, base, base)
	LEAQ(Mem{Base: list, Index: members, Scale: 4}, list)
	DECQ(left)
	JNZ(LabelRef("word"))
	end := GP64()
	MOVQ(list, end)
	SUBQ(start, end)
	SHRQ(Imm(2), end)
	MOVL(end.As32(), Mem{Base: ends})
	ADDQ(Imm(4), ends)
	ADDQ(step, sets)
	DECQ(ticks)
	JNZ(LabelRef("set"))
	Store(end, ReturnIndex(0))
	VZEROUPPER()
	RET()
	Label("many")
	for q := range 3 {
		part := XMM()
		VEXTRACTI32X4(Imm(uint64(q+1)), packed, part)
		VPMOVZXBD(part, some)
		VPADDD(base, some, some)
		VMOVDQU32(some, Mem{Base: list, Disp: 64 * (q + 1)})
	}
	JMP(LabelRef("listed"))
}

// ones512 counts the bits of words, eight at a time.
func ones512() {
	TEXT("countBitsAVX512", NOSPLIT, "func(words *uint64, count int) int")
	Doc("countBitsAVX512 is the number of bits that are set. There is at least one word.")
	words, left := Load(Param("words"), GP64()), Load(Param("count"), GP64()).(reg.GPVirtual)
	sum, n, some := ZMM(), ZMM(), K()
	VPXORQ(sum, sum, sum)
	Label("eight")
	whole := GP64()
	MOVL(U32(0xff), whole.As32())
	CMPQ(left, Imm(8))
	JGE(LabelRef("whole"))
	MOVL(U32(1), whole.As32())
	SHLXL(left.As32(), whole.As32(), whole.As32())
	DECL(whole.As32())
	Label("whole")
	KMOVW(whole.As32(), some)
	VMOVDQU64_Z(Mem{Base: words}, some, n)
	VPOPCNTQ(n, n)
	VPADDQ(n, sum, sum)
	ADDQ(Imm(64), words)
	SUBQ(Imm(8), left)
	JG(LabelRef("eight"))
	Store(sumOfEight(sum), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// sumOfEight adds up the lanes of 64 bits.
func sumOfEight(x reg.VecVirtual) reg.GPVirtual {
	half, quarter, other, sum := YMM(), XMM(), XMM(), GP64()
	VEXTRACTI64X4(Imm(1), x, half)
	VPADDQ(half, x.AsY(), half)
	VEXTRACTI128(Imm(1), half, quarter)
	VPADDQ(half.AsX(), quarter, quarter)
	VPSRLDQ(Imm(8), quarter, other)
	VPADDQ(other, quarter, quarter)
	VMOVQ(quarter, sum)
	return sum.(reg.GPVirtual)
}
