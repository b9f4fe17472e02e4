package fixedpoint

import (
	"encoding/binary"
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestDrawVectors freezes the function: these draws enter every stored result. With
// seed 0 they are what CPython 3.11, whose hash of bytes is SipHash-1-3, prints
// under PYTHONHASHSEED=0 for hash() of the 23 bytes that Source documents.
func TestDrawVectors(t *testing.T) {
	for _, v := range []struct {
		sample, id, tick uint64
		purpose          Purpose
		want             uint64
	}{
		{0, 0, 0, PurposeEncoder, 0x35997cd66691524e},
		{0, 1, 0, PurposeEncoder, 0xf3ebf877c76f5ff0},
		{1, 0, 0, PurposeEncoder, 0xefe46caefa966ce9},
		{0, 0, 1, PurposeEncoder, 0x4a2f238bf5c6c68c},
		{0, 0, 0, PurposeEscape, 0x850c0af3660779c9},
		{59999, 313599, 349, PurposeRoundLTP, 0x248fe845a8bebab9},
		{math.MaxUint64, 1<<56 - 1, 1<<56 - 1, PurposeShuffle, 0xdcf9f03ed7660f3},
	} {
		require.Equal(t, v.want, NewSource(0).Draw(v.sample, v.id, v.tick, v.purpose), "%+v", v)
	}
}

// sipHash is SipHash-c-d over bytes, written from the paper for comparison.
func sipHash(c, d int, k0, k1 uint64, message []byte) uint64 {
	v := [4]uint64{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
		k1 ^ 0x7465646279746573}
	half := func(a, b, s, t int) {
		v[a] += v[b]
		v[b] = bits.RotateLeft64(v[b], s) ^ v[a]
		v[a] = bits.RotateLeft64(v[a], t)
	}
	rounds := func(n int) {
		for range n {
			half(0, 1, 13, 32)
			half(2, 3, 16, 0)
			half(0, 3, 21, 0)
			half(2, 1, 17, 32)
		}
	}
	padded := append([]byte(nil), message...)
	for len(padded)%8 != 7 {
		padded = append(padded, 0)
	}
	padded = append(padded, byte(len(message)))
	for ; len(padded) > 0; padded = padded[8:] {
		word := binary.LittleEndian.Uint64(padded)
		v[3] ^= word
		rounds(c)
		v[0] ^= word
	}
	v[2] ^= 0xff
	rounds(d)
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}

// TestSipHashReference pins the reference above to the vector of the paper's
// appendix A: SipHash-2-4 of the bytes 00 to 0e under the key 00 to 0f.
func TestSipHashReference(t *testing.T) {
	message := make([]byte, 15)
	for i := range message {
		message[i] = byte(i)
	}
	require.Equal(t, uint64(0xa129ca6149be45e5),
		sipHash(2, 4, 0x0706050403020100, 0x0f0e0d0c0b0a0908, message))
}

func TestDrawIsSipHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, sample := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "sample")
		id, tick := rapid.Uint64().Draw(t, "id"), rapid.Uint64().Draw(t, "tick")
		purpose := Purpose(rapid.Uint8().Draw(t, "purpose"))

		message := binary.LittleEndian.AppendUint64(nil, sample)
		message = append(binary.LittleEndian.AppendUint64(message, tick)[:15], byte(purpose))
		message = binary.LittleEndian.AppendUint64(message, id)[:23]

		source := NewSource(seed)
		require.Equal(t, sipHash(1, 3, seed, 0, message), source.Draw(sample, id, tick, purpose))
		require.Equal(t, source.Draw(sample, id, tick, purpose),
			source.Stream(sample, tick, purpose).Draw(id))
	})
}

// drawAxes are the ways in which draws are laid side by side in a run: each gives
// the i-th draw along one axis with the rest of the key held.
var drawAxes = []struct {
	name string
	draw func(s Source, i uint64) uint64
}{
	{"ids", func(s Source, i uint64) uint64 { return s.Draw(3, i, 7, PurposeEncoder) }},
	{"ticks", func(s Source, i uint64) uint64 { return s.Draw(3, 5, i, PurposeEncoder) }},
	{"samples", func(s Source, i uint64) uint64 { return s.Draw(i, 5, 7, PurposeEncoder) }},
	{"seeds", func(_ Source, i uint64) uint64 {
		return NewSource(i).Draw(3, 5, 7, PurposeEncoder)
	}},
	{"synapses", func(s Source, i uint64) uint64 {
		return s.Draw(3, i%400<<28|i/400, 7, PurposeRoundLTP)
	}},
	{"diagonal", func(s Source, i uint64) uint64 { return s.Draw(i, i, i, PurposeEscape) }},
}

// chiSquareBound is an upper bound for a chi-square value of that many degrees of
// freedom that chance exceeds about once in 10^6 (normal approximation, 5 sigma).
func chiSquareBound(degrees float64) float64 { return degrees + 5*math.Sqrt(2*degrees) }

// TestDrawUniform counts each of the eight bytes of 2^16 draws along each axis into
// 256 cells.
func TestDrawUniform(t *testing.T) {
	const n, cells = 1 << 16, 256
	for _, axis := range drawAxes {
		var counts [8][cells]int
		source := NewSource(42)
		for i := range uint64(n) {
			draw := axis.draw(source, i)
			for lane := range counts {
				counts[lane][byte(draw>>(8*lane))]++
			}
		}
		for lane := range counts {
			chi := 0.0
			for _, count := range counts[lane] {
				diff := float64(count) - n/cells
				chi += diff * diff / (n / cells)
			}
			require.Less(t, chi, chiSquareBound(cells-1), "%s, byte %d", axis.name, lane)
			require.Greater(t, chi, cells-1-5*math.Sqrt(2*(cells-1)),
				"%s, byte %d: too even for chance", axis.name, lane)
		}
	}
}

// TestDrawNeighboursIndependent pairs every draw with the next one along each axis:
// the top four bits of both into 256 cells, and the bits in which they differ.
func TestDrawNeighboursIndependent(t *testing.T) {
	const n, cells = 1 << 16, 256
	for _, axis := range drawAxes {
		var pairs [cells]int
		var differ [64]int
		source := NewSource(7)
		previous := axis.draw(source, 0)
		for i := range uint64(n) {
			draw := axis.draw(source, i+1)
			pairs[previous>>60<<4|draw>>60]++
			for bit := range differ {
				differ[bit] += int((previous ^ draw) >> bit & 1)
			}
			previous = draw
		}
		chi := 0.0
		for _, count := range pairs {
			diff := float64(count) - n/cells
			chi += diff * diff / (n / cells)
		}
		require.Less(t, chi, chiSquareBound(cells-1), axis.name)
		for bit, count := range differ {
			require.InDelta(t, n/2, count, 5.5*math.Sqrt(n)/2, "%s, bit %d", axis.name, bit)
		}
	}
}

// TestDrawAvalanche flips each bit of the key in turn: every bit of the draw must
// flip half of the time.
func TestDrawAvalanche(t *testing.T) {
	const trials = 1 << 12
	inputs := []struct {
		name string
		bits int
		draw func(base, flip uint64) uint64
	}{
		{"seed", 64, func(base, flip uint64) uint64 {
			return NewSource(base^flip).Draw(base, 1, 2, PurposeEncoder)
		}},
		{"sample", 64, func(base, flip uint64) uint64 {
			return NewSource(1).Draw(base^flip, base, 2, PurposeEncoder)
		}},
		{"tick", 56, func(base, flip uint64) uint64 {
			return NewSource(1).Draw(2, base, base^flip, PurposeEncoder)
		}},
		{"purpose", 8, func(base, flip uint64) uint64 {
			return NewSource(1).Draw(2, base, 3, Purpose(base^flip))
		}},
		{"id", 56, func(base, flip uint64) uint64 {
			return NewSource(1).Draw(2, base^flip, base, PurposeEncoder)
		}},
	}
	for _, in := range inputs {
		for bit := range in.bits {
			var flips [64]int
			for base := range uint64(trials) {
				changed := in.draw(base, 0) ^ in.draw(base, 1<<bit)
				for out := range flips {
					flips[out] += int(changed >> out & 1)
				}
			}
			for out, count := range flips {
				if off := math.Abs(float64(count) - trials/2); off > 6*math.Sqrt(trials)/2 {
					t.Errorf("%s bit %d: draw bit %d flips %d of %d times", in.name, bit, out,
						count, trials)
				}
			}
		}
	}
}

// TestPurposesDistinct holds the numbers that enter the draws.
func TestPurposesDistinct(t *testing.T) {
	purposes := []Purpose{PurposeEncoder, PurposeEscape, PurposeArbiter, PurposeRoundLTP,
		PurposeRoundLTD, PurposeRoundNorm, PurposeInit, PurposeShuffle, PurposeTheta, PurposeFault,
		PurposeVary,
		PurposeNeuron, PurposeMesh, PurposePacket, PurposeHost}
	for i, p := range purposes {
		require.Equal(t, Purpose(i+1), p, "a purpose's number never changes")
	}
}

// BenchmarkDraw asks what one draw costs with its whole key, and by id alone from
// a stream.
func BenchmarkDraw(b *testing.B) {
	b.Run("source", func(b *testing.B) {
		b.ReportAllocs()
		source := NewSource(1)
		var sink uint64
		for i := range uint64(b.N) {
			sink += source.Draw(3, i, 7, PurposeEncoder)
		}
		benchSink = int64(sink)
	})
	b.Run("stream", func(b *testing.B) {
		b.ReportAllocs()
		stream := NewSource(1).Stream(3, 7, PurposeEncoder)
		var sink uint64
		for i := range uint64(b.N) {
			sink += stream.Draw(i)
		}
		benchSink = int64(sink)
	})
}
