package fixedpoint

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestShiftsExhaustive(t *testing.T) {
	for k := uint(0); k <= 13; k++ {
		divisor := big.NewInt(1 << k)
		for x := int64(-1 << 11); x <= 1<<11; x++ {
			truncated := new(big.Int).Quo(big.NewInt(x), divisor).Int64()
			floored := new(big.Int).Div(big.NewInt(x), divisor).Int64()
			if ShiftMag(x, k) != truncated || ShiftFloor(x, k) != floored || ShiftSigned(x, -int(k)) != floored {
				t.Fatalf("%d by %d: magnitude %d, want %d; floor %d, signed %d, want %d", x, k,
					ShiftMag(x, k), truncated, ShiftFloor(x, k), ShiftSigned(x, -int(k)), floored)
			}
			if left := new(big.Int).Mul(big.NewInt(x), divisor).Int64(); ShiftSigned(x, int(k)) != left {
				t.Fatalf("ShiftSigned(%d, %d) = %d, want %d", x, k, ShiftSigned(x, int(k)), left)
			}
		}
	}
}

func TestShiftsAtTheEnds(t *testing.T) {
	require.Equal(t, int64(math.MinInt64), ShiftMag(math.MinInt64, 0))
	require.Equal(t, int64(-1), ShiftMag(math.MinInt64, 63))
	require.Equal(t, int64(0), ShiftMag(math.MinInt64, 64), "every bit is shifted out")
	require.Equal(t, int64(0), ShiftMag(-1, 1))
	require.Equal(t, int64(-1), ShiftFloor(-1, 100), "the sign fills")
	require.Equal(t, int64(-1), ShiftSigned(-3, -7))
	require.Equal(t, int64(-384), ShiftSigned(-3, 7))
}

// TestShiftStochasticDistribution goes through every draw for every 9-bit value:
// the results are the two neighbours of x/2^k, the farther one exactly as often as
// the dropped bits say, and they sum to x.
func TestShiftStochasticDistribution(t *testing.T) {
	for k := uint(0); k <= 8; k++ {
		for x := int64(-256); x <= 256; x++ {
			near := ShiftMag(x, k)
			var sum int64
			away := 0
			for draw := uint64(0); draw < 1<<k; draw++ {
				got := ShiftStochastic(x, k, draw)
				sum += got
				if got != near {
					away++
					require.Equal(t, max(near, -near)+1, max(got, -got), "x %d, k %d, draw %d", x, k, draw)
					require.Equal(t, x < 0, got < 0, "x %d, k %d, draw %d", x, k, draw)
				}
			}
			require.Equal(t, x, sum, "k %d: the rounded values of all draws must sum to x", k)
			require.Equal(t, int(max(x, -x)&(1<<k-1)), away, "x %d, k %d", x, k)
		}
	}
}

func TestShiftStochasticProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int64().Draw(t, "x")
		k := rapid.UintRange(0, 63).Draw(t, "k")
		draw := rapid.Uint64().Draw(t, "draw")
		got := ShiftStochastic(x, k, draw)

		abs := new(big.Int).Abs(big.NewInt(x))
		modulus := new(big.Int).Lsh(big.NewInt(1), k)
		want, dropped := new(big.Int).QuoRem(abs, modulus, new(big.Int))
		drawn := new(big.Int).Mod(new(big.Int).SetUint64(draw), modulus)
		if dropped.Cmp(drawn) > 0 {
			want.Add(want, big.NewInt(1))
		}
		if x < 0 {
			want.Neg(want)
		}
		require.Equal(t, want.Int64(), got)
		require.Equal(t, got, ShiftStochastic(x, k, draw&(1<<k-1)), "only the low k bits of the draw count")
		if x != math.MinInt64 {
			require.Equal(t, -got, ShiftStochastic(-x, k, draw), "odd in x")
		}
	})
}

// TestShiftStochasticWithSource checks the mean with the draws the emulator uses:
// 2^16 roundings of 5/16 away from zero within five standard deviations.
func TestShiftStochasticWithSource(t *testing.T) {
	const n = 1 << 16
	stream := NewSource(1).Stream(0, 0, PurposeRoundLTP)
	up := 0
	for id := uint64(0); id < n; id++ {
		up += int(ShiftStochastic(5, 4, stream.Draw(id)))
	}
	p := 5.0 / 16
	require.InDelta(t, p*n, float64(up), 5*math.Sqrt(n*p*(1-p)))
}

// BenchmarkShiftStochastic asks what rounding one weight update costs, draw not
// included.
func BenchmarkShiftStochastic(b *testing.B) {
	b.ReportAllocs()
	var sink int64
	for i := range uint64(b.N) {
		sink += ShiftStochastic(int64(i&0xffff)-0x8000, 8, i)
	}
	benchSink = sink
}
