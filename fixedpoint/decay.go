package fixedpoint

import (
	"fmt"
	"iter"
)

const (
	// DecayBits is the number of fractional bits of a decay factor.
	DecayBits = 12
	// DecayOne is the factor that keeps everything.
	DecayOne = 1 << DecayBits
	// MaxDecayDigits is the most signed digits a factor can have: no two
	// neighbouring digits of the thirteen are both nonzero.
	MaxDecayDigits = DecayBits>>1 + 1
)

// Decay keeps a fixed fraction F/4096 of a value with shifts and adds alone. F is
// written in canonical signed digits, the form with the fewest nonzero digits
// (Reitwiesner, "Binary Arithmetic", Advances in Computers 1, 1960), and every
// digit costs one shift and one addition or subtraction.
//
// NewDecay makes one; the zero Decay returns 0. It is small and immutable: pass it by value, and
// copy it out of a slice before a loop over neurons.
type Decay struct {
	shifts  uint64 // shift amounts, the most significant digit's in the low byte
	signs   uint32 // bit i set: digit i is subtracted
	digits  int32  // nonzero digits
	applied uint16 // the factor the digits add up to
}

// NewDecay returns the decay that keeps f/4096 of a value, f from 0 to 4096.
//
// With maxDigits > 0 only the maxDigits most significant signed digits of f are used, as on a chip
// with that many adders in its decay unit; Factor then returns the factor in effect. With maxDigits
// <= 0 the factor is exact.
func NewDecay(f uint16, maxDigits int) (Decay, error) {
	if f > DecayOne {
		return Decay{}, fmt.Errorf("decay factor %d/%d: at most %d/%d can be kept; use a factor "+
			"from 0 to %d",
			f, DecayOne, DecayOne, DecayOne, DecayOne)
	}
	if maxDigits <= 0 || maxDigits > MaxDecayDigits {
		maxDigits = MaxDecayDigits
	}
	plus, minus := signedDigits(uint32(f))
	var d Decay
	for shift := DecayBits; shift >= 0 && int(d.digits) < maxDigits; shift-- {
		d.appendDigit(uint(shift), plus>>shift&1 == 1, minus>>shift&1 == 1)
	}
	return d, nil
}

// signedDigits returns the positions of the digits +1 and -1 of f's canonical
// signed-digit form. Where 3f and f differ, f has a nonzero digit one place below:
// the digit is +1 if 3f has the bit and -1 if f has it.
func signedDigits(f uint32) (plus, minus uint32) {
	triple := f<<1 + f
	differ := triple ^ f
	return (triple & differ) >> 1, (f & differ) >> 1
}

// appendDigit adds the digit at the given place, if there is one.
func (d *Decay) appendDigit(shift uint, plus, minus bool) {
	switch {
	case plus:
		d.applied += 1 << shift
	case minus:
		d.applied -= 1 << shift
		d.signs |= 1 << uint(d.digits)
	default:
		return
	}
	d.shifts |= uint64(shift) << (uint(d.digits) << 3)
	d.digits++
}

// Factor returns the factor F that Apply uses, in 4096ths: the f given to NewDecay
// unless its digits were limited. It is never above 4096.
func (d Decay) Factor() uint16 { return d.applied }

// Adds returns the adder operations of one Apply: one less than the digits of the
// factor, and none for a factor of zero.
func (d Decay) Adds() int {
	return max(int(d.digits)-1, 0)
}

// Digits yields the digits of the factor, the most significant first: the place of each,
// and whether it is subtracted.
func (d Decay) Digits() iter.Seq2[uint, bool] {
	return func(yield func(uint, bool) bool) {
		for i := range uint(d.digits) {
			if !yield(uint(d.shifts>>(i<<3)&0xff), d.signs>>i&1 == 1) {
				return
			}
		}
	}
}

// Leak returns k for a decay that subtracts the 2^-k-th part, rounded away from zero: one whose
// factor has the digits 4096 and -4096/2^k. For others ok is false. Apply(x) is then x -
// (x+2^k-1)>>k for x >= 0 and x - x>>k below, which fast loops compute without a call.
func (d Decay) Leak() (k uint, ok bool) {
	if d.digits != 2 || d.signs != 2 || d.shifts&0xff != DecayBits {
		return 0, false
	}
	return DecayBits - uint(d.shifts>>8&0xff), true
}

// Apply returns x times F/4096 truncated toward zero, sign(x) * (|x|*F >> 12). The
// product is formed exactly, so |x| must be below 2^40; beyond 2^51 it wraps.
func (d Decay) Apply(x int64) int64 {
	if d.applied == DecayOne || x == 0 {
		return x
	}
	return d.sum(x)
}

// sum adds up the digits, the last first, unrolled because it runs for every neuron
// and tick: twice as fast as a loop. The digits add up to at most 4096, so the
// product is below |x| << 12; on the way there sums may wrap below zero, and return.
func (d Decay) sum(x int64) int64 {
	abs, sign := magnitude(x)
	shifts, signs := d.shifts, d.signs
	var product uint64
	switch d.digits {
	case 7:
		product = term(abs, shifts>>48, signs>>6)
		fallthrough
	case 6:
		product += term(abs, shifts>>40, signs>>5)
		fallthrough
	case 5:
		product += term(abs, shifts>>32, signs>>4)
		fallthrough
	case 4:
		product += term(abs, shifts>>24, signs>>3)
		fallthrough
	case 3:
		product += term(abs, shifts>>16, signs>>2)
		fallthrough
	case 2:
		product += term(abs, shifts>>8, signs>>1)
		fallthrough
	case 1:
		product += abs << (shifts & 63) // the leading digit is never negative
	}
	return withSign(product>>DecayBits, sign)
}

// term is one digit's addend: abs shifted by the low byte of shifts, negated if the
// low bit of signs is set.
func term(abs, shifts uint64, signs uint32) uint64 {
	subtract := -uint64(signs & 1)
	return (abs<<(shifts&63) ^ subtract) - subtract
}
