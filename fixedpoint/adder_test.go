package fixedpoint

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// bigWrap is two's complement by arithmetic modulo 2^bits.
func bigWrap(x *big.Int, bits uint) *big.Int {
	modulus := new(big.Int).Lsh(big.NewInt(1), bits)
	half := new(big.Int).Rsh(modulus, 1)
	wrapped := new(big.Int).Mod(new(big.Int).Add(x, half), modulus)
	return wrapped.Sub(wrapped, half)
}

// bigSaturate clips to the symmetric range.
func bigSaturate(x *big.Int, bits uint) (*big.Int, bool) {
	limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
	limit.Sub(limit, big.NewInt(1))
	if x.CmpAbs(limit) <= 0 {
		return x, false
	}
	if x.Sign() < 0 {
		return limit.Neg(limit), true
	}
	return limit, true
}

func TestLimit(t *testing.T) {
	for bits := uint(1); bits <= 64; bits++ {
		want := new(big.Int).Lsh(big.NewInt(1), bits-1)
		want.Sub(want, big.NewInt(1))
		require.Equal(t, want.Int64(), Limit(bits), "bits %d", bits)
	}
	require.Equal(t, int64(127), Limit(8))
	require.Equal(t, int64(math.MaxInt64), Limit(64))
}

// TestSumsExhaustive adds every pair of operands of every width up to 10 bits, the
// code -2^(bits-1) included, and compares with big integers.
func TestSumsExhaustive(t *testing.T) {
	for bits := uint(1); bits <= 10; bits++ {
		low, high := -int64(1)<<(bits-1), Limit(bits)
		wraps, clips, flags := sumTable(bits, low, high)
		for a := low; a <= high; a++ {
			for b := low; b <= high; b++ {
				at := a + b - 2*low
				sum, clipped := Saturate(a+b, bits)
				if sum != clips[at] || clipped != flags[at] || Wrap(a+b, bits) != wraps[at] {
					t.Fatalf(
						"%d bits: %d + %d: saturated %d (%t), want %d (%t); wrapped %d, want %d",
						bits, a, b,
						sum, clipped, clips[at], flags[at], Wrap(a+b, bits), wraps[at])
				}
			}
		}
	}
}

// sumTable gives the big-integer answers for every sum of two operands.
func sumTable(bits uint, low, high int64) (wraps, clips []int64, flags []bool) {
	for sum := 2 * low; sum <= 2*high; sum++ {
		clip, flag := bigSaturate(big.NewInt(sum), bits)
		wraps = append(wraps, bigWrap(big.NewInt(sum), bits).Int64())
		clips = append(clips, clip.Int64())
		flags = append(flags, flag)
	}
	return wraps, clips, flags
}

// TestOneOperandExhaustive runs every 14-bit value through every width up to 12.
func TestOneOperandExhaustive(t *testing.T) {
	for bits := uint(1); bits <= 12; bits++ {
		for x := int64(-1 << 13); x <= 1<<13; x++ {
			clip, flag := bigSaturate(big.NewInt(x), bits)
			got, clipped := Saturate(x, bits)
			if got != clip.Int64() || clipped != flag {
				t.Fatalf("Saturate(%d, %d) = %d, %t; want %s, %t", x, bits, got, clipped, clip,
					flag)
			}
			if want := bigWrap(big.NewInt(x), bits).Int64(); Wrap(x, bits) != want {
				t.Fatalf("Wrap(%d, %d) = %d, want %d", x, bits, Wrap(x, bits), want)
			}
		}
	}
}

func TestSumsMatchBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.UintRange(1, 63).Draw(t, "bits")
		operand := rapid.Int64Range(-1<<62, 1<<62-1)
		a, b := operand.Draw(t, "a"), operand.Draw(t, "b")
		sum := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		clip, flag := bigSaturate(sum, bits)
		got, clipped := Saturate(a+b, bits)
		require.Equal(t, clip.Int64(), got)
		require.Equal(t, flag, clipped)
		require.Equal(t, bigWrap(sum, bits).Int64(), Wrap(a+b, bits))
	})
}

// TestWrapIsOrderFree holds the property accumulators rely on: wrapping after each
// addition, in any order, equals wrapping once at the end.
func TestWrapIsOrderFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.UintRange(2, 32).Draw(t, "bits")
		terms := rapid.SliceOfN(rapid.Int64Range(-1<<30, 1<<30), 1, 40).Draw(t, "terms")
		shuffled := rapid.Permutation(terms).Draw(t, "shuffled")
		var total, one, other int64
		for i := range terms {
			total += terms[i]
			one = Wrap(one+terms[i], bits)
			other = Wrap(other+shuffled[i], bits)
		}
		require.Equal(t, Wrap(total, bits), one)
		require.Equal(t, one, other)
	})
}
