package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Carry-save sums. Of three bytes of the same bit weight, their exclusive or and twice
// their majority have the same sum, bit by bit, which takes two instructions for 64
// weights. Sums of ones, twos and fours are kept so, and of eight rows a single byte with
// the weight of eight is left for each neuron, which is added to the sums of 16 bits: less
// than three instructions for a row, where adding each takes four. It holds for bytes with
// sign as well as for those without: the signs carry like any other bit.

const (
	// carried is the number of rows that are summed before one is added, as a shift.
	carried = 3
	// carriedRows is the number of rows that sums of 16 bits hold beside seven times what
	// the three bytes hold in the end; carriedShare is what flipping their signs adds, in
	// parts of what it adds for a row.
	carriedRows  = maxRows - 1<<carried
	carriedShare = 7

	// How three bits add up, as tables of VPTERNLOG.
	oddOfThree  = 0x96
	mostOfThree = 0xe8
)

// place is where a row begins, and the flip of its weights.
type place struct{ at, sign reg.GPVirtual }

// take finds the row of a number that is listed so many places behind list.
func (p *pass) take(list reg.Register, behind int) place {
	r := place{at: GP64().(reg.GPVirtual)}
	MOVWLZX(Mem{Base: list, Disp: 2 * behind}, r.at.As32())
	if p.away {
		r.sign = GP64().(reg.GPVirtual)
		MOVL(r.at.As32(), r.sign.As32())
		SHRL(Imm(awayBit), r.sign.As32())
		ADDQ(r.sign, p.taken)
		SHLL(Imm(6), r.sign.As32())
		ANDL(U32(1<<awayBit-1), r.at.As32())
	}
	MOVL(Mem{Base: p.offsets, Index: r.at, Scale: 4}, r.at.As32())
	return r
}

// weightsOf loads the weights of a row for a block or, where they are packed, for two. They are
// bytes without sign where rows may be subtracted.
func (p *pass) weightsOf(r place, line int) reg.VecVirtual {
	w, from := ZMM(), Mem{Base: p.weights, Index: r.at, Scale: 1, Disp: 64 * line}
	if line == p.blocks-1 && !p.packed {
		VMOVDQU8_Z(from, p.mask, w)
	} else {
		VMOVDQU8(from, w)
	}
	if p.away {
		VPXORD(Mem{Base: p.flips, Index: r.sign, Scale: 1}, w, w)
	}
	return w
}

// unsigned turns weights into bytes without sign.
func (p *pass) unsigned(w reg.VecVirtual) { VPXORD(Mem{Base: p.flips}, w, w) }

// carry adds two bytes to kept, which keeps the odd bits of the three, and returns what
// most of them have: twice as much. a is lost.
func carry(kept, a, b reg.VecVirtual) reg.VecVirtual {
	most := ZMM()
	VMOVDQA64(a, most)
	VPTERNLOGD(Imm(mostOfThree), b, kept, most)
	VPTERNLOGD(Imm(oddOfThree), b, a, kept)
	return most
}

// sum adds the listed rows to the sums of 16 bits: eight by eight, and those that are left
// one by one. over is what it adds too much beside 128 for each row.
func (p *pass) sum(list, rows reg.GPVirtual) (over reg.GPVirtual) {
	over = GP64().(reg.GPVirtual)
	count := GP64()
	if !p.away {
		XORQ(over, over)
	}
	MOVQ(rows, count)
	SHRQ(Imm(carried), count)
	JZ(LabelRef("few"))
	kept := make([][carried]reg.VecVirtual, p.lines()) // ones, twos and fours
	for b := range kept {
		for k := range kept[b] {
			kept[b][k] = ZMM()
			VPXORD(kept[b][k], kept[b][k], kept[b][k])
		}
	}
	Label("eight")
	p.sumEight(list, kept)
	ADDQ(Imm(2<<carried), list)
	DECQ(count)
	JNZ(LabelRef("eight"))
	for line, k := range kept {
		p.closeCarry(line, k)
	}
	if !p.away {
		MOVQ(U32(uint32(carriedShare<<p.bias())), over)
	}
	Label("few")
	MOVQ(rows, count)
	ANDQ(Imm(1<<carried-1), count)
	JZ(LabelRef("added"))
	Label("row")
	r := p.take(list, 0)
	for line := range p.lines() {
		p.add(p.weightsOf(r, line), line)
	}
	ADDQ(Imm(2), list)
	DECQ(count)
	JNZ(LabelRef("row"))
	Label("added")
	return over
}

// sumEight adds the next eight rows.
func (p *pass) sumEight(list reg.Register, kept [][carried]reg.VecVirtual) {
	twos, fours := make([]reg.VecVirtual, p.lines()), make([]reg.VecVirtual, p.lines())
	for two := range 4 {
		first, second := p.take(list, 2*two), p.take(list, 2*two+1)
		for b := range p.lines() {
			t := carry(kept[b][0], p.weightsOf(first, b), p.weightsOf(second, b))
			if two&1 == 0 {
				twos[b] = t
				continue
			}
			f := carry(kept[b][1], twos[b], t)
			if two == 1 {
				fours[b] = f
				continue
			}
			eight := carry(kept[b][2], fours[b], f)
			p.add(eight, b)
		}
	}
}

// closeCarry makes of sums of eights sums of ones, with what is kept of fours, twos and ones.
func (p *pass) closeCarry(line int, kept [carried]reg.VecVirtual) {
	for k := carried - 1; k >= 0; k-- {
		for _, s := range p.pairsOf(line) {
			VPADDW(s.all, s.all, s.all)
			VPADDW(s.odd, s.odd, s.odd)
		}
		p.add(kept[k], line)
	}
}

// pairsOf are the sums of a line.
func (p *pass) pairsOf(line int) []pair {
	if !p.packed {
		return p.pairs[line : line+1]
	}
	return p.pairs[2*line : min(2*line+2, p.blocks)]
}

// add adds the weights of a line, which are lost, to its sums of 16 bits.
func (p *pass) add(w reg.VecVirtual, line int) {
	if !p.away {
		p.unsigned(w)
	}
	pairs := p.pairsOf(line)
	if len(pairs) == 2 {
		high := ZMM()
		VPSRLW(Imm(4), w, high)
		VPANDD(p.low, high, high)
		add512(high, pairs[1])
	}
	if p.packed {
		VPANDD(p.low, w, w)
	}
	add512(w, pairs[0])
}
