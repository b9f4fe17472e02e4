package encode

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestRateTable is worked by hand: accumulators start at a half and 255 is one spike.
func TestRateTable(t *testing.T) {
	x := []uint8{0, 255, 127, 128, 51, 1}
	train, _ := encode(t, Config{Kind: KindRate, Ticks: 8}, 0, x)
	for i, want := range [][]int{
		{},
		{0, 1, 2, 3, 4, 5, 6, 7},
		{1, 3, 5, 7}, // 127/255 is short of a half by 1/510
		{0, 2, 4, 6},
		{2, 7}, // 0.5 + 3*0.2 and 0.5 + 8*0.2
		{},
	} {
		require.Equal(t, want, ticksOf(train, i), "x = %d", x[i])
	}
}

// TestRateExact compares the spikes of every value with the rational
// floor(1/2 + t*x/255), over more ticks than a run has.
func TestRateExact(t *testing.T) {
	const ticks = 1000
	train, _ := encode(t, Config{Kind: KindRate, Ticks: ticks}, 0, allValues())
	for x := range levels {
		count := 0
		for tick := range ticks {
			if train.Get(tick, x) {
				count++
			}
			require.Equal(t, (fullScale+2*(tick+1)*x)/(2*fullScale), count, "x = %d, tick %d", x,
				tick)
		}
	}
}

// TestRateIntensity compares other intensities with exact arithmetic.
func TestRateIntensity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		intensity := float64(rapid.IntRange(1, 1500).Draw(t, "intensity"))
		ticks := rapid.IntRange(1, 300).Draw(t, "ticks")
		x := rapid.Uint8().Draw(t, "x")
		train, _ := encode(t, Config{Kind: KindRate, Ticks: ticks, Intensity: intensity}, 0,
			[]uint8{x})

		share := big.NewRat(int64(intensity)*int64(x), 1000*fullScale)
		if share.Cmp(big.NewRat(1, 1)) > 0 {
			share.SetInt64(1)
		}
		want, _ := new(big.Rat).Mul(share, big.NewRat(int64(ticks), 1)).Float64()
		// The increment is rounded to 2^-32, which can only decide a sum that is a half.
		require.InDelta(t, want, train.Count(), 0.5+1e-6)
	})
}
