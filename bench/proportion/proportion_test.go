package proportion

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestOfByHand: for 81 of 263 Wilson's bounds follow from the formula with z = 1.96; of
// none and all the inner end is z^2 / (n + z^2).
func TestOfByHand(t *testing.T) {
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{
		{0, 10, 0, 0.27753},
		{10, 10, 0.72247, 1},
		{5, 10, 0.23659, 0.76341},
		{81, 263, 0.25530, 0.36621},
		{9793, 10000, 0.97633, 0.98191},
		{0, 0, 0, 1},
	} {
		got := Of(c.right, c.n)
		require.InDelta(t, c.low, got.Low, 2e-5, "%d of %d", c.right, c.n)
		require.InDelta(t, c.high, got.High, 2e-5, "%d of %d", c.right, c.n)
	}
}

// TestAgreementByHand: two classifiers that never differ leave z^2 / (n + z^2) on either
// side, worked out from Tango's statistic with no discordant pair.
func TestAgreementByHand(t *testing.T) {
	for _, n := range []float64{1, 20, 200, 10000} {
		got := Pairs{Samples: n}.Interval()
		want := z * z / (n + z*z)
		require.InDelta(t, want, got.High, 1e-12)
		require.InDelta(t, -want, got.Low, 1e-12)
	}
}

// TestIntervalIsTheSetOfAcceptedDifferences holds the bisection and the closed form of the
// nuisance parameter to a likelihood that is maximised by search.
func TestIntervalIsTheSetOfAcceptedDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "samples")
		first := rapid.IntRange(0, n).Draw(t, "first")
		second := rapid.IntRange(0, n-first).Draw(t, "second")
		p := Pairs{Samples: float64(n), First: float64(first), Second: float64(second)}
		got := p.Interval()
		require.LessOrEqual(t, got.Low, p.Difference())
		require.GreaterOrEqual(t, got.High, p.Difference())
		for _, d := range []float64{-0.7, -0.2, -0.005, 0.001, 0.04, 0.5} {
			statistic := searchedScore(p, d)
			if math.Abs(math.Abs(statistic)-z) < 0.02 {
				continue // too close to the boundary for a search
			}
			require.Equal(t, math.Abs(statistic) < z, got.Contains(d),
				"difference %g, statistic %g", d, statistic)
		}
		other := Pairs{Samples: p.Samples, First: p.Second, Second: p.First}.Interval()
		require.InDelta(t, -got.High, other.Low, 1e-9, "the order of the two only turns the sign")
	})
}

// searchedScore maximises the likelihood of the pairs by ternary search.
func searchedScore(p Pairs, d float64) float64 {
	log := func(k, x float64) float64 {
		if k == 0 {
			return 0
		}
		return k * math.Log(x)
	}
	likelihood := func(q float64) float64 {
		return log(p.First, q+d) + log(p.Second, q) + log(p.Samples-p.First-p.Second, 1-2*q-d)
	}
	low, high := max(0, -d), (1-d)/2
	for range 200 {
		a, b := low+(high-low)/3, high-(high-low)/3
		if likelihood(a) < likelihood(b) {
			low = a
		} else {
			high = b
		}
	}
	q := (low + high) / 2
	return (p.First - p.Second - p.Samples*d) / math.Sqrt(p.Samples*(2*q+d-d*d))
}

func TestCount(t *testing.T) {
	got := Count([]bool{true, true, false, false, true}, []bool{true, false, true, true, true})
	require.Equal(t, Pairs{Samples: 5, First: 1, Second: 2}, got)
	require.InDelta(t, -0.2, got.Difference(), 1e-15)
}

// TestNeeded: the number that is named decides, half of it does not, and a difference
// that lies on the margin is never decided.
func TestNeeded(t *testing.T) {
	const margin = 0.005
	scaled := func(p Pairs, n float64) Interval {
		return Pairs{Samples: n, First: p.First * n / p.Samples,
			Second: p.Second * n / p.Samples}.Interval()
	}
	decided := func(i Interval) bool { return i.Low >= -margin || i.High < -margin }
	for _, p := range []Pairs{{200, 1, 1}, {200, 0, 2}, {1000, 4, 8}, {100, 0, 0}, {200, 10, 3}} {
		n := p.Needed(margin)
		require.Positive(t, n)
		require.True(t, decided(scaled(p, float64(n))), "%v: %d samples", p, n)
		require.False(t, decided(scaled(p, float64(n)/2)), "%v: %d samples", p, n)
	}
	require.Zero(t, Pairs{Samples: 1000, Second: 5}.Needed(margin))
	require.Zero(t, Pairs{}.Needed(margin))
}
