package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What a draw of fixedpoint does to its id: the low 56 bits count, and the length of the
// message, 23 bytes, stands above them.
const (
	idMask    = 1<<56 - 1
	lastBlock = 23 << 56
	finish    = 0xff
)

// sip draws for as many ids as a register has lanes.
type sip struct {
	// start is the state of a stream in every lane; mask, last and final are the
	// constants above.
	start             [4]reg.VecVirtual
	mask, last, final reg.VecVirtual
	register          func() reg.VecVirtual
	// rotate turns every lane to the left, xor writes a ^ b to its last operand.
	rotate func(bits uint64, v reg.VecVirtual)
	xor    func(a, b, to Op)
	copy   func(from, to Op)
}

// newSip loads the state of a stream from memory.
func newSip(s sip, state reg.Register) *sip {
	spread := func(value uint64) reg.VecVirtual {
		c, v := GP64(), s.register()
		MOVQ(U64(value), c)
		VMOVQ(c, v.AsX())
		VPBROADCASTQ(v.AsX(), v)
		return v
	}
	for i := range s.start {
		s.start[i] = s.register()
		VPBROADCASTQ(Mem{Base: state, Disp: 8 * i}, s.start[i])
	}
	s.mask, s.last, s.final = spread(idMask), spread(lastBlock), spread(finish)
	return &s
}

// draw returns the draws of words: ids that have the length above them.
func (s *sip) draw(words reg.VecVirtual) reg.VecVirtual {
	v := [4]reg.VecVirtual{s.register(), s.register(), s.register(), s.register()}
	for i := range 3 {
		s.copy(s.start[i], v[i])
	}
	s.xor(words, s.start[3], v[3])
	s.round(v)
	s.xor(words, v[0], v[0])
	s.xor(s.final, v[2], v[2])
	for range 3 {
		s.round(v)
	}
	s.xor(v[1], v[0], v[0])
	s.xor(v[3], v[2], v[2])
	s.xor(v[2], v[0], v[0])
	return v[0]
}

// round is the SipRound.
func (s *sip) round(v [4]reg.VecVirtual) {
	VPADDQ(v[1], v[0], v[0])
	VPADDQ(v[3], v[2], v[2])
	s.rotate(13, v[1])
	s.rotate(16, v[3])
	s.xor(v[0], v[1], v[1])
	s.xor(v[2], v[3], v[3])
	s.rotate(32, v[0])
	VPADDQ(v[3], v[0], v[0])
	VPADDQ(v[1], v[2], v[2])
	s.rotate(21, v[3])
	s.rotate(17, v[1])
	s.xor(v[0], v[3], v[3])
	s.xor(v[2], v[1], v[1])
	s.rotate(32, v[2])
}

// sip512 draws eight at a time.
func sip512(state reg.Register) *sip {
	return newSip(sip{
		register: ZMM,
		rotate:   func(bits uint64, v reg.VecVirtual) { VPROLQ(Imm(bits), v, v) },
		xor:      func(a, b, to Op) { VPXORQ(a, b, to) },
		copy:     func(from, to Op) { VMOVDQA64(from, to) },
	}, state)
}

// sip256 draws four at a time.
func sip256(state reg.Register) *sip {
	high := YMM()
	return newSip(sip{
		register: YMM,
		rotate: func(bits uint64, v reg.VecVirtual) {
			VPSRLQ(Imm(64-bits), v, high)
			VPSLLQ(Imm(bits), v, v)
			VPOR(high, v, v)
		},
		xor:  func(a, b, to Op) { VPXOR(a, b, to) },
		copy: func(from, to Op) { VMOVDQA(from, to) },
	}, state)
}

// lanesLeft masks the first of eight lanes that are left.
func lanesLeft(left reg.Register) reg.Register {
	lanes, some, eight := GP64(), K(), GP64()
	MOVQ(U32(8), eight)
	CMPQ(left, eight)
	CMOVQLT(left, eight)
	MOVQ(I32(-1), lanes)
	SHLXQ(eight, lanes, lanes)
	XORQ(I32(-1), lanes)
	KMOVB(lanes.As32(), some)
	return some
}

const drawSignature = "func(draws *uint64, ids *uint64, count int, base uint64, state *uint64)"

// draws512 draws for ids, eight at a time.
func draws512() {
	TEXT("drawAVX512", NOSPLIT, drawSignature)
	Pragma("noescape")
	Doc("drawAVX512 draws for ids or-ed with base. There is at least one.")
	out := Load(Param("draws"), GP64())
	ids := Load(Param("ids"), GP64())
	left := Load(Param("count"), GP64())
	base, bits := ZMM(), Load(Param("base"), GP64())
	s := sip512(Load(Param("state"), GP64()))
	VMOVQ(bits, base.AsX())
	VPBROADCASTQ(base.AsX(), base)
	Label("eight")
	some, words := lanesLeft(left), ZMM()
	VMOVDQU64_Z(Mem{Base: ids}, some, words)
	VPORQ(base, words, words)
	VPANDQ(s.mask, words, words)
	VPORQ(s.last, words, words)
	VMOVDQU64(s.draw(words), some, Mem{Base: out})
	ADDQ(Imm(64), ids)
	ADDQ(Imm(64), out)
	SUBQ(Imm(8), left)
	JG(LabelRef("eight"))
	VZEROUPPER()
	RET()
}

// draws256 draws for ids, four at a time.
func draws256() {
	TEXT("drawAVX2", NOSPLIT, drawSignature)
	Pragma("noescape")
	Doc("drawAVX2 draws for ids or-ed with base, a multiple of four and not none.")
	out := Load(Param("draws"), GP64())
	ids := Load(Param("ids"), GP64())
	left := Load(Param("count"), GP64())
	base, bits := YMM(), Load(Param("base"), GP64())
	s := sip256(Load(Param("state"), GP64()))
	VMOVQ(bits, base.AsX())
	VPBROADCASTQ(base.AsX(), base)
	Label("four")
	words := YMM()
	VPOR(Mem{Base: ids}, base, words)
	VPAND(s.mask, words, words)
	VPOR(s.last, words, words)
	VMOVDQU(s.draw(words), Mem{Base: out})
	ADDQ(Imm(32), ids)
	ADDQ(Imm(32), out)
	SUBQ(Imm(4), left)
	JG(LabelRef("four"))
	VZEROUPPER()
	RET()
}

// below512 compares numbers drawn in bit planes with thresholds, eight elements at a time.
func below512() {
	TEXT("belowAVX512", NOSPLIT, "func(fired *uint64, ids *uint64, thresholds *uint64, count int, "+
		"open uint64, state *uint64) int")
	Pragma("noescape")
	Doc("belowAVX512 writes the open numbers of elements that are below their thresholds, and",
		"returns how many draws that took. There is at least one element.")
	out := Load(Param("fired"), GP64())
	ids := Load(Param("ids"), GP64())
	bounds := Load(Param("thresholds"), GP64())
	left := Load(Param("count"), GP64())
	all, bits := ZMM(), Load(Param("open"), GP64())
	s := sip512(Load(Param("state"), GP64()))
	VMOVQ(bits, all.AsX())
	VPBROADCASTQ(all.AsX(), all)
	drawn, one := GP64(), ZMM()
	XORQ(drawn, drawn)
	c := GP64()
	MOVQ(U32(1), c)
	VMOVQ(c, one.AsX())
	VPBROADCASTQ(one.AsX(), one)
	Label("eight")
	some, words, bound, open, fired := lanesLeft(left), ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU64_Z(Mem{Base: ids}, some, words)
	VMOVDQU64_Z(Mem{Base: bounds}, some, bound)
	VPANDQ(s.mask, words, words)
	VPORQ(s.last, words, words)
	VMOVDQA64(all, open)
	VPXORQ(fired, fired, fired)
	Label("plane")
	live, count := K(), GP64()
	VPTESTMQ(bound, bound, live)
	VPTESTMQ(open, open, live, live)
	KMOVB(live, count.As32())
	POPCNTQ(count, count)
	JZ(LabelRef("decided")) // POPCNT sets the flag
	ADDQ(count, drawn)
	plane, high, now := s.draw(words), ZMM(), ZMM()
	VPADDQ(one, words, words)
	VPSRAQ(Imm(63), bound, high) // all ones where the threshold's bit is 1
	VPANDNQ(high, plane, now)
	VPTERNLOGQ(Imm(0xf8), now, open, fired)  // fired |= open & now
	VPTERNLOGQ(Imm(0x90), high, plane, open) // open &^= plane ^ high
	VPSLLQ(Imm(1), bound, bound)
	JMP(LabelRef("plane"))
	Label("decided")
	VMOVDQU64(fired, some, Mem{Base: out})
	ADDQ(Imm(64), ids)
	ADDQ(Imm(64), bounds)
	ADDQ(Imm(64), out)
	SUBQ(Imm(8), left)
	JG(LabelRef("eight"))
	Store(drawn, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
