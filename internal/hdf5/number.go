package hdf5

import (
	"encoding/binary"
	"math"
)

// floatLayout has the positions of the parts of a float.
type floatLayout struct {
	sign             int
	expAt, expBits   int
	mantAt, mantBits int
	bias             int
	norm             int // 0 or 1: the leading bit is stored; 2: it is implied
}

var (
	ieee32 = floatLayout{sign: 31, expAt: 23, expBits: 8, mantBits: 23, bias: 127, norm: 2}
	ieee64 = floatLayout{sign: 63, expAt: 52, expBits: 11, mantBits: 52, bias: 1023, norm: 2}
)

// floating reads the properties of a float type.
func (t *Type) floating(c *cursor, bits int) {
	t.Class, t.Signed = ClassFloat, true
	if bits&0x40 != 0 {
		c.fail("VAX floats are not supported")
	}
	c.skip(4) // bit offset and precision: padding is outside the parts below
	l := floatLayout{sign: bits >> 8 & 0xff, norm: bits >> 4 & 3}
	l.expAt, l.expBits = c.u8(), c.u8()
	l.mantAt, l.mantBits = c.u8(), c.u8()
	l.bias = int(c.u32())
	t.float = l
	total := 8 * t.Size
	switch {
	case c.err != nil:
	case t.Size > 16, l.sign >= total, l.expAt+l.expBits > total, l.mantAt+l.mantBits > total,
		l.expBits < 1 || l.expBits > 16, l.mantBits < 1 || l.mantBits > 64,
		l.norm == 2 && l.mantBits > 63, l.norm > 2, l.bias > 1<<16:
		c.fail("a float of %d bytes with %d exponent and %d mantissa bits is not supported", t.Size,
			l.expBits, l.mantBits)
	}
}

// word gives the first eight bytes of an element as a number, in the element's
// byte order, and the eight above them.
func (t Type) word(b []byte) (lo, hi uint64) {
	n := len(b)
	for i := range n {
		v := uint64(b[i])
		at := i
		if t.BigEndian {
			at = n - 1 - i
		}
		if at < 8 {
			lo |= v << (8 * at)
		} else {
			hi |= v << (8 * (at - 8))
		}
	}
	return lo, hi
}

// rawInteger gives the significant bits of an integer element, sign extended to
// 64 bits when the type is signed.
func (t Type) rawInteger(b []byte) uint64 {
	var v uint64
	switch {
	case t.Size == 1:
		v = uint64(b[0])
	case t.Size == 8 && !t.BigEndian:
		v = binary.LittleEndian.Uint64(b)
	default:
		v, _ = t.word(b[:t.Size])
	}
	if t.bits == 64 {
		return v
	}
	v = v >> t.offset & (1<<t.bits - 1)
	if t.Signed && v>>(t.bits-1) != 0 {
		v |= ^uint64(0) << t.bits
	}
	return v
}

// rawFloat gives a float element as float64; only the x87 and wider formats
// are rounded.
func (t Type) rawFloat(b []byte) float64 {
	switch {
	case t.float == ieee32 && t.Size == 4:
		if t.BigEndian {
			return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
		}
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case t.float == ieee64 && t.Size == 8:
		if t.BigEndian {
			return math.Float64frombits(binary.BigEndian.Uint64(b))
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	lo, hi := t.word(b[:t.Size])
	return t.float.value(lo, hi)
}

// value assembles a float of any layout.
func (l floatLayout) value(lo, hi uint64) float64 {
	mant := field(lo, hi, l.mantAt, l.mantBits)
	exp := int(field(lo, hi, l.expAt, l.expBits))
	sign := 1.0
	if field(lo, hi, l.sign, 1) != 0 {
		sign = -1
	}
	point := l.mantBits // bits after the binary point
	if l.norm != 2 {
		point--
	}
	switch {
	case exp == 1<<l.expBits-1:
		if mant&(1<<point-1) == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	case exp == 0:
		exp = 1
	case l.norm == 2:
		mant |= 1 << l.mantBits
	}
	return math.Copysign(math.Ldexp(float64(mant), exp-l.bias-point), sign)
}

// field extracts n bits (at most 64) at bit position at of a 128-bit number.
func field(lo, hi uint64, at, n int) uint64 {
	var v uint64
	if at < 64 {
		v = lo >> at
		if at > 0 {
			v |= hi << (64 - at)
		}
	} else {
		v = hi >> (at - 64)
	}
	if n < 64 {
		v &= 1<<n - 1
	}
	return v
}
