package ir

import (
	"encoding/binary"
	"math/bits"
)

// purpose is the purpose of a draw (docs/neurocore.md, section 8).
type purpose byte

const (
	forEscape  purpose = 2
	forArbiter purpose = 3
	forPost    purpose = 4
	forPre     purpose = 5
	forNorm    purpose = 6
	forTheta   purpose = 9
)

// draw implements section 8 of docs/neurocore.md independently: the 23 bytes of the message, hashed
// by SipHash-1-3 as in its paper.
func draw(seed, sample, id, tick uint64, p purpose) uint64 {
	var message [24]byte
	var word [8]byte
	binary.LittleEndian.PutUint64(message[0:], sample)
	binary.LittleEndian.PutUint64(word[:], tick)
	copy(message[8:15], word[:7])
	message[15] = byte(p)
	binary.LittleEndian.PutUint64(word[:], id)
	copy(message[16:23], word[:7])
	message[23] = 23 // the length, where the paper puts it
	var key [16]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return sipHash13(key, message[:])
}

// sipHash13 hashes a message that is padded to whole words, its length in the last
// byte: a round for each word and three at the end.
func sipHash13(key [16]byte, message []byte) uint64 {
	k0, k1 := binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])
	const start = "somepseudorandomlygeneratedbytes"
	var v [4]uint64
	for i, k := range [4]uint64{k0, k1, k0, k1} {
		v[i] = binary.BigEndian.Uint64([]byte(start[8*i:])) ^ k
	}
	for ; len(message) > 0; message = message[8:] {
		m := binary.LittleEndian.Uint64(message)
		v[3] ^= m
		sipRound(&v)
		v[0] ^= m
	}
	v[2] ^= 0xff
	for range 3 {
		sipRound(&v)
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}

// sipRound is SipRound, half a round at a time.
func sipRound(v *[4]uint64) {
	half := func(a, b, c, d, s, t int) {
		v[a] += v[b]
		v[c] += v[d]
		v[b] = bits.RotateLeft64(v[b], s) ^ v[a]
		v[d] = bits.RotateLeft64(v[d], t) ^ v[c]
		v[a] = bits.RotateLeft64(v[a], 32)
	}
	half(0, 1, 2, 3, 13, 16)
	half(2, 1, 0, 3, 17, 21)
}

// stoch is stochastic rounding of x / 2^k by the draw d (section 1).
func stoch(x int64, k uint, d uint64) int64 {
	unit := uint64(1) << k
	sign, abs := int64(1), uint64(x)
	if x < 0 {
		sign, abs = -1, uint64(-x)
	}
	rounded := abs / unit
	if abs%unit > d%unit {
		rounded++
	}
	return sign * int64(rounded)
}
