package main

import (
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
