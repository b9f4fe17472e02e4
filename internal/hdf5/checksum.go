package hdf5

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// verify checks the checksum in the last four bytes of b.
func verify(b []byte, addr uint64) error {
	body := b[:len(b)-4]
	if want, got := binary.LittleEndian.Uint32(b[len(b)-4:]), lookup3(body); want != got {
		return fmt.Errorf("offset %#x: checksum %#08x does not match %#08x: the file is damaged",
			addr, got, want)
	}
	return nil
}

// lookup3 is Bob Jenkins' hash of that name (lookup3.c, hashlittle with initial
// value 0), which HDF5 uses as the checksum of its metadata.
func lookup3(b []byte) uint32 {
	a := 0xdeadbeef + uint32(len(b))
	bb, c := a, a
	for len(b) > 12 {
		a += binary.LittleEndian.Uint32(b)
		bb += binary.LittleEndian.Uint32(b[4:])
		c += binary.LittleEndian.Uint32(b[8:])
		a, bb, c = mix(a, bb, c)
		b = b[12:]
	}
	if len(b) == 0 {
		return c
	}
	var tail [12]byte
	copy(tail[:], b)
	a += binary.LittleEndian.Uint32(tail[:])
	bb += binary.LittleEndian.Uint32(tail[4:])
	c += binary.LittleEndian.Uint32(tail[8:])
	return final(a, bb, c)
}

func mix(a, b, c uint32) (uint32, uint32, uint32) {
	a -= c
	a ^= bits.RotateLeft32(c, 4)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 6)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 8)
	b += a
	a -= c
	a ^= bits.RotateLeft32(c, 16)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 19)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 4)
	b += a
	return a, b, c
}

func final(a, b, c uint32) uint32 {
	c ^= b
	c -= bits.RotateLeft32(b, 14)
	a ^= c
	a -= bits.RotateLeft32(c, 11)
	b ^= a
	b -= bits.RotateLeft32(a, 25)
	c ^= b
	c -= bits.RotateLeft32(b, 16)
	a ^= c
	a -= bits.RotateLeft32(c, 4)
	b ^= a
	b -= bits.RotateLeft32(a, 14)
	c ^= b
	c -= bits.RotateLeft32(b, 24)
	return c
}

// fletcher32 is HDF5's checksum of chunk data: 16-bit big-endian words, a last single byte counting
// as the high half of a word.
func fletcher32(b []byte) uint32 {
	var s1, s2 uint32
	for len(b) > 0 {
		// 360 words keep both sums within 32 bits.
		n := min(len(b), 720)
		part := b[:n]
		b = b[n:]
		for ; len(part) >= 2; part = part[2:] {
			s1 += uint32(part[0])<<8 | uint32(part[1])
			s2 += s1
		}
		if len(part) == 1 {
			s1 += uint32(part[0]) << 8
			s2 += s1
		}
		s1 = s1&0xffff + s1>>16
		s2 = s2&0xffff + s2>>16
	}
	s1 = s1&0xffff + s1>>16
	s2 = s2&0xffff + s2>>16
	return s2<<16 | s1
}
