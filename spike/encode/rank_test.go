package encode

import (
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/spike"
)

// TestRankOrderTable is worked by hand: with the dimmest at 51, times are
// 100 * 51/x, rounded up.
func TestRankOrderTable(t *testing.T) {
	train, _ := encode(t, Config{Kind: KindRankOrder}, 0, []uint8{0, 255, 204, 102, 60, 51, 52})
	for i, want := range [][]int{{}, {19}, {24}, {49}, {84}, {}, {98}} {
		require.Equal(t, want, ticksOf(train, i), "element %d", i)
	}
}

// TestRankOrderArrays compares the encoder with the array program that defines it,
// written operation by operation in float32.
func TestRankOrderArrays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anySample(t)
		ticks := rapid.IntRange(1, 150).Draw(t, "ticks")
		intensity := rapid.SampledFrom([]float64{128, 1, 255, 77.7}).Draw(t, "intensity")

		datum := make([]float32, len(x))
		largest := float32(0)
		for i, value := range x {
			datum[i] = float32(value) / 255
			datum[i] *= float32(intensity)
			largest = max(largest, datum[i])
		}
		times := make([]float32, len(x))
		latest := float32(0)
		for i := range datum {
			datum[i] /= largest
			if datum[i] != 0 && largest != 0 {
				times[i] = 1 / datum[i]
			}
			latest = max(latest, times[i])
		}
		scale := float32(ticks) / latest

		train, _ := encode(t, Config{Kind: KindRankOrder, Ticks: ticks, Intensity: intensity}, 0, x)
		for i := range times {
			want := []int{}
			times[i] *= scale
			k := int(times[i])
			if float32(k) < times[i] {
				k++
			}
			if x[i] != 0 && 0 < k && k < ticks {
				want = append(want, k-1)
			}
			require.Equal(t, want, ticksOf(train, i), "element %d = %d", i, x[i])
		}
	})
}

// TestRankOrderRounding holds that float32 matters, and where: it moves the spikes
// of some elements whose exact time is an integer, and no others.
func TestRankOrderRounding(t *testing.T) {
	e := mustNew(t, Config{Kind: KindRankOrder})
	out := new(spike.Train)
	moved := 0
	for dim := 1; dim < levels; dim++ {
		for value := dim + 1; value < levels; value++ {
			e.Encode(0, []uint8{255, uint8(dim), uint8(value)}, out)
			exact := []int{}
			if k := (100*dim + value - 1) / value; k < 100 {
				exact = append(exact, k-1)
			}
			if got := ticksOf(out, 2); !slices.Equal(exact, got) {
				require.Zero(t, 100*dim%value, "dimmest %d, element %d: tick %d", dim, value, got)
				moved++
			}
		}
	}
	require.NotZero(t, moved)
}

func TestRankStrictTable(t *testing.T) {
	train, _ := encode(t, Config{Kind: KindRankOrderStrict, Ticks: 4}, 0,
		[]uint8{9, 0, 200, 9, 255, 200, 1, 3})
	// order: 255 (4), 200 (2), 200 (5), 9 (0), 9 (3), 3 (7), 1 (6): floor(k*4/7)
	for i, want := range map[int]int{4: 0, 2: 0, 5: 1, 0: 1, 3: 2, 7: 2, 6: 3} {
		require.Equal(t, []int{want}, ticksOf(train, i), "element %d", i)
	}
	require.Equal(t, 7, train.Count())
}

// TestRankStrictSort compares with a stable sort.
func TestRankStrictSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anySample(t)
		ticks := rapid.IntRange(1, 150).Draw(t, "ticks")
		train, _ := encode(t, Config{Kind: KindRankOrderStrict, Ticks: ticks}, 0, x)
		var order []int
		for i, value := range x {
			if value != 0 {
				order = append(order, i)
			}
		}
		sort.SliceStable(order, func(a, b int) bool { return x[order[a]] > x[order[b]] })
		for rank, i := range order {
			require.Equal(t, []int{rank * ticks / len(order)}, ticksOf(train, i))
		}
		for tick := range ticks {
			require.InDelta(t, float64(len(order))/float64(ticks), train.CountTick(tick), 1)
		}
	})
}
