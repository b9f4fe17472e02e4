package fixedpoint

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestShiftStochasticDistribution goes through every draw for every 9-bit value:
// the results are the two neighbours of x/2^k, the farther one exactly as often as
// the dropped bits say, and they sum to x.
func TestShiftStochasticDistribution(t *testing.T) {
	for k := uint(0); k <= 8; k++ {
		for x := int64(-256); x <= 256; x++ {
			near := x / (1 << k) // toward zero
			var sum int64
			away := 0
			for draw := uint64(0); draw < 1<<k; draw++ {
				got := ShiftStochastic(x, k, draw)
				sum += got
				if got != near {
					away++
					require.Equal(t, max(near, -near)+1, max(got, -got), "x %d, k %d, draw %d", x,
						k, draw)
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
		require.Equal(t, got, ShiftStochastic(x, k, draw&(1<<k-1)),
			"only the low k bits of the draw count")
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
