package encode

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
	"adder/spike"
)

// uniform is an element's 32-bit number in a tick, put together bit by bit from the
// documented planes.
func uniform(seed, sample uint64, element, tick int) uint64 {
	u := uint64(0)
	for k := range uint64(32) {
		plane := fixedpoint.NewSource(seed).Draw(sample, uint64(element)*64+k, uint64(tick/64),
			fixedpoint.PurposeEncoder)
		u = u<<1 | plane>>(tick%64)&1
	}
	return u
}

// checkThresholds compares a train with the numbers of its elements and ticks.
func checkThresholds(t *rapid.T, c Config, threshold func(x, largest uint8) uint64) {
	x := rapid.SliceOfN(rapid.Uint8(), 1, 5).Draw(t, "x")
	c.Ticks = rapid.IntRange(1, 100).Draw(t, "ticks")
	c.Seed = rapid.Uint64().Draw(t, "seed")
	sample := rapid.Uint64().Draw(t, "sample")
	train, _ := encode(t, c, sample, x)
	for i, value := range x {
		limit := threshold(value, brightest(x))
		for tick := range c.Ticks {
			require.Equal(t, uniform(c.Seed, sample, i, tick) < limit, train.Get(tick, i),
				"element %d, tick %d", i, tick)
		}
	}
}

func TestPoissonDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkThresholds(t, Config{Kind: KindPoisson, Intensity: 700}, func(x, _ uint8) uint64 {
			return uint64(math.Round(-math.Expm1(-0.7*float64(x)/fullScale) * probabilityOne))
		})
	})
}

func TestBernoulliDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkThresholds(t, Config{Kind: KindBernoulli}, func(x, largest uint8) uint64 {
			if largest == 0 {
				return 0
			}
			return uint64(x) << 32 / uint64(largest)
		})
	})
}

// TestPoissonThresholds compares the table with the standard library's exponential.
func TestPoissonThresholds(t *testing.T) {
	for _, intensity := range []float64{0.01, 8, 128, 1000, 64000} {
		e := mustNew(t, Config{Kind: KindPoisson, Intensity: intensity}).(*Poisson)
		for x := range levels {
			p := -math.Expm1(-intensity / 1000 * float64(x) / fullScale)
			require.InDelta(t, p, float64(e.threshold[x]>>32)/probabilityOne, 1.01/probabilityOne,
				"%g Hz, x = %d", intensity, x)
		}
	}
}

func TestExpNegative(t *testing.T) {
	require.Equal(t, 1.0, expNegative(0))
	for z := 1e-12; z < 64; z *= 1.37 {
		require.InEpsilon(t, math.Exp(-z), expNegative(z), 1e-12, "z = %g", z)
	}
	require.Zero(t, expNegative(1e300))
}

// chiSquareLimit is exceeded by chance about once in 10^6 (normal approximation, 5
// sigma).
func chiSquareLimit(degrees int) float64 {
	return float64(degrees) + 5*math.Sqrt(2*float64(degrees))
}

// TestPoissonStatistics compares the spikes of elements and of ticks, and pairs of
// successive spikes, with independent ones.
func TestPoissonStatistics(t *testing.T) {
	const samples, ticks = 400, 100
	x := []uint8{16, 64, 128, 200, 255}
	for _, kind := range []string{KindPoisson, KindBernoulli} {
		e := mustNew(t, Config{Kind: kind, Ticks: ticks, Seed: 11})
		perTick := make([][ticks]int, len(x))
		pairs := make([]int, len(x))
		out := new(spike.Train)
		for sample := range uint64(samples) {
			e.Encode(sample, x, out)
			for tick := range ticks {
				out.Each(tick, func(i int) {
					perTick[i][tick]++
					if tick > 0 && out.Get(tick-1, i) {
						pairs[i]++
					}
				})
			}
		}
		for i, value := range x {
			p := float64(value) / fullScale
			if kind == KindPoisson {
				p = -math.Expm1(-0.128 * p)
			} else if value == fullScale {
				require.Equal(t, samples*(ticks-1), pairs[i])
				continue
			}
			chi, total := 0.0, 0
			for _, n := range perTick[i] {
				d := float64(n) - samples*p
				chi += d * d / (samples * p * (1 - p))
				total += n
			}
			require.Less(t, chi, chiSquareLimit(ticks), "%s %d", kind, value)
			require.Greater(t, chi, float64(ticks)-5*math.Sqrt(2*ticks), "%s %d: too regular", kind,
				value)
			require.InDelta(t, p, float64(total)/(samples*ticks),
				5*math.Sqrt(p*(1-p)/(samples*ticks)), "%s %d", kind, value)
			require.InDelta(t, p*p, float64(pairs[i])/(samples*(ticks-1)),
				8*p*math.Sqrt((1-p)/(samples*(ticks-1))), "%s %d: pairs", kind, value)
		}
	}
}

// TestKeysMatter checks that samples, seeds and elements have their own draws.
func TestKeysMatter(t *testing.T) {
	x := make([]uint8, 64)
	for i := range x {
		x[i] = 128
	}
	x[0] = fullScale
	for _, kind := range []string{KindPoisson, KindPoissonRenewal, KindBernoulli} {
		c := Config{Kind: kind, Intensity: 500}
		base, _ := encode(t, c, 0, x)
		other, _ := encode(t, c, 1, x)
		require.False(t, base.Equal(other), "%s: sample", kind)
		c.Seed = 1
		other, _ = encode(t, c, 0, x)
		require.False(t, base.Equal(other), "%s: seed", kind)
		require.NotEqual(t, ticksOf(base, 2), ticksOf(base, 3), "%s: element", kind)
	}
}
