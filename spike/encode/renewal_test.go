package encode

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
	"adder/spike"
)

// renewalRow is what 20,000 draws of BindsNET 0.3.3's poisson encoder gave for 100
// ticks of 1 ms: the count per sample, the share of silent samples and the probability
// of a spike in ticks 1, 4, 8 and 16, counted from 1. The last of 32 Hz was given as
// 0.0; here it is the probability of an interval of 16.
type renewalRow struct {
	rate           float64
	mean, variance float64
	silent         float64
	at             [4]float64
}

var renewalRows = []renewalRow{
	{8, 0.011, 0.011, 0.989, [4]float64{}},
	{16, 1.012, 0.012, 0, [4]float64{}},
	{32, 2.77, 0.20, 0, [4]float64{0, 0, 0, .0013}},
	{64, 5.97, 0.50, 0, [4]float64{0, .0002, .013, .095}},
	{128, 12.42, 1.76, 0, [4]float64{.0036, .062, .153, .131}},
	{255, 25.1, 6.30, 0, [4]float64{.098, .263, .253, .251}},
	{1000, 73.1, 19.3, 0, [4]float64{.736, .736, .736, .736}},
}

func TestRenewalStatistics(t *testing.T) {
	const samples = 20000
	ticks := [4]int{0, 3, 7, 15}
	for _, row := range renewalRows {
		t.Run(fmt.Sprint(row.rate), func(t *testing.T) {
			e := mustNew(t, Config{Kind: KindPoissonRenewal, Intensity: row.rate, Seed: 1})
			out := new(spike.Train)
			sum, squares, silent := 0.0, 0.0, 0.0
			var at [4]float64
			for sample := range uint64(samples) {
				e.Encode(sample, []uint8{fullScale}, out)
				n := float64(out.Count())
				sum, squares = sum+n, squares+n*n
				if n == 0 {
					silent++
				}
				for i, tick := range ticks {
					at[i] += float64(out.CountTick(tick))
				}
			}
			mean := sum / samples
			variance := squares/samples - mean*mean
			// Both sides are samples of 20,000 and the table is rounded.
			deviation := 5 * math.Sqrt(2*row.variance/samples)
			require.InDelta(t, row.mean, mean, deviation+0.005*max(1, row.mean/10), "mean")
			require.InEpsilon(t, row.variance, variance, 0.1+5*math.Sqrt(4/(row.mean*samples)),
				"variance")
			require.InDelta(t, row.silent, silent/samples, 0.005, "silent")
			for i, p := range row.at {
				require.InDelta(t, p, at[i]/samples, 5*math.Sqrt(2*p*(1-p)/samples)+0.001,
					"tick %d", ticks[i]+1)
			}
		})
	}
}

// poissonAtMost is the distribution function of the Poisson distribution.
func poissonAtMost(mean float64, k int) float64 {
	sum := 0.0
	for i := 0; i <= k; i++ {
		logGamma, _ := math.Lgamma(float64(i + 1))
		sum += math.Exp(float64(i)*math.Log(mean) - mean - logGamma)
	}
	return sum
}

// TestIntervalTable compares the tables with the distribution written with
// logarithms.
func TestIntervalTable(t *testing.T) {
	for _, mean := range []float64{1e-6, 0.5, 1, 3.92, 7.8125, 40, 105, 150, 400} {
		const ticks = 100
		table := newIntervalTable(mean, ticks)
		if mean > 300 {
			require.Empty(t, table.below, "mean %g", mean)
			continue
		}
		n := len(table.below)
		require.Zero(t, n&(n+1), "a power of two less one")
		for j, got := range table.below {
			if k := table.first + j; k <= ticks {
				require.InDelta(t, poissonAtMost(mean, k), float64(got)/probabilityOne, 1e-9,
					"mean %g, k = %d", mean, k)
			}
		}
		require.InDelta(t, 0, poissonAtMost(mean, table.first-1), 1e-9, "mean %g", mean)
	}
}

// TestRenewalDefinition follows the documented recipe interval by interval.
func TestRenewalDefinition(t *testing.T) {
	const ticks = 60
	c := Config{Kind: KindPoissonRenewal, Ticks: ticks, Intensity: 300, Seed: 9}
	e := mustNew(t, c).(*Renewal)
	source := fixedpoint.NewSource(c.Seed)
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Uint8(), 1, 4).Draw(t, "x")
		sample := rapid.Uint64().Draw(t, "sample")
		out := new(spike.Train)
		work := e.Encode(sample, x, out)
		draws := int64(0)
		for i, value := range x {
			table := e.intervals[value]
			want := []int{}
			for j, end := uint64(0), 0; len(table.below) > 0 && end <= ticks; j++ {
				u := source.Draw(sample, uint64(i)<<16|j, 0, fixedpoint.PurposeEncoder) >> 32
				k := table.first
				for _, limit := range table.below {
					if u >= limit {
						k++
					}
				}
				draws++
				end += max(k, 1)
				if end <= ticks {
					want = append(want, end-1)
				}
			}
			require.Equal(t, want, ticksOf(out, i), "element %d = %d", i, value)
		}
		require.Equal(t, draws, work.Draws)
	})
}

// TestRenewalMean compares the means, whose float32 roundings show, with exact ones.
func TestRenewalMean(t *testing.T) {
	c := Defaults(KindPoissonRenewal)
	require.Equal(t, 7.8125, meanInterval(255, c))
	rounded := 0
	for x := 1; x < levels; x++ {
		exact := 1000 / (128 * float64(x) / fullScale)
		require.InEpsilon(t, exact, meanInterval(x, c), 3e-7)
		if meanInterval(x, c) != float64(float32(exact)) {
			rounded++
		}
	}
	require.NotZero(t, rounded, "more than the result is rounded")
}

// TestRenewalExtremes runs settings whose intervals are all 1, or never end.
func TestRenewalExtremes(t *testing.T) {
	fast, _ := encode(t, Config{Kind: KindPoissonRenewal, Intensity: 64000, Ticks: 50}, 0,
		[]uint8{255})
	require.Equal(t, 50, fast.Count())
	for _, intensity := range []float64{1e-300, 1e-30, 1e-3} {
		slow, work := encode(t, Config{Kind: KindPoissonRenewal, Intensity: intensity}, 0,
			[]uint8{255})
		require.Zero(t, slow.Count())
		require.Zero(t, work)
	}
}

// TestRenewalInOtherTicks: lambda is in ticks, however long they are.
func TestRenewalInOtherTicks(t *testing.T) {
	for seconds, want := range map[float64]float64{5e-4: 20, 1e-3: 10, 2e-3: 5} {
		require.InDelta(t, want, meanInterval(255, Config{Intensity: 100, TickSeconds: seconds}),
			1e-5)
	}
}

// TestRenewalWork counts, per interval, a draw, a running sum and the comparisons
// that halve the table until nothing is left.
func TestRenewalWork(t *testing.T) {
	e := mustNew(t, Config{Kind: KindPoissonRenewal, Ticks: 100, Seed: 1}).(*Renewal)
	for _, value := range []uint8{40, 128, 255} {
		per := int64(1)
		for left := len(e.intervals[value].below); left > 0; left /= 2 {
			per++
		}
		require.Greater(t, per, int64(1))
		train := new(spike.Train)
		work := e.Encode(3, []uint8{value, value, value}, train)
		require.EqualValues(t, train.Count()+3, work.Draws, "the last interval of each leaves "+
			"the sample")
		require.Equal(t, per*work.Draws, work.Adds)
	}
}
