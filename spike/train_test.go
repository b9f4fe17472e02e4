package spike

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyTrain draws a size and a train with its spikes as [ticks][sources] bytes.
func anyTrain(t *rapid.T) (*Train, []uint8) {
	sources, ticks := rapid.IntRange(0, 200).Draw(t, "sources"), rapid.IntRange(0, 20).Draw(t,
		"ticks")
	flat := rapid.SliceOfN(rapid.Uint8Range(0, 1), sources*ticks, sources*ticks).Draw(t, "spikes")
	train := NewTrain(sources, ticks)
	for i, value := range flat {
		if value != 0 {
			train.Set(i/sources, i%sources)
		}
	}
	return train, flat
}

// TestTrainModel compares every way of reading a train with a plain array.
func TestTrainModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		train, flat := anyTrain(t)
		sources := train.Sources()
		total := 0
		counts := make([]int32, sources)
		for tick := range train.Ticks() {
			want := []int32{}
			for source, value := range flat[tick*sources:][:sources] {
				require.Equal(t, value == 1, train.Get(tick, source))
				if value == 1 {
					want = append(want, int32(source))
					counts[source]++
				}
			}
			require.Equal(t, want, train.AppendTick(tick, []int32{}))
			visited := []int32{}
			train.Each(tick, func(source int) { visited = append(visited, int32(source)) })
			require.Equal(t, want, visited)
			require.Equal(t, len(want), train.CountTick(tick))
			total += len(want)
		}
		require.Equal(t, total, train.Count())
		got := make([]int32, sources)
		train.AddCounts(got)
		require.Equal(t, counts, got)
	})
}

func TestTrainBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		train, flat := anyTrain(t)
		require.Equal(t, append([]uint8{7}, flat...), train.AppendBytes([]uint8{7}))

		other := NewTrain(train.Sources(), train.Ticks())
		require.NoError(t, other.SetBytes(flat))
		require.True(t, train.Equal(other))

		if len(flat) > 0 {
			other.Row(0)[0] ^= 1
			require.False(t, train.Equal(other))
		}
	})
}

func TestSetBytesRefuses(t *testing.T) {
	train := NewTrain(2, 2)
	train.Set(0, 0)
	require.ErrorContains(t, train.SetBytes(make([]uint8, 3)),
		"3 values for 2 ticks of 2 sources, want 4")
	require.Zero(t, train.Count())
	require.ErrorContains(t, train.SetBytes([]uint8{1, 0, 0, 2}), "value 2 at tick 1, source 1")
	require.Zero(t, train.Count())
}

// TestResizeReuses checks that a train of another size starts empty and that one
// that fits allocates nothing.
func TestResizeReuses(t *testing.T) {
	train := NewTrain(100, 10)
	for tick := range 10 {
		train.Set(tick, 99)
	}
	train.Resize(70, 12)
	require.Zero(t, train.Count())
	require.Equal(t, 70, train.Sources())
	require.Equal(t, 12, train.Ticks())
	require.Len(t, train.Row(11), 2)
	require.False(t, train.Equal(NewTrain(71, 12)), "the size is part of a train")

	require.Zero(t, testing.AllocsPerRun(10, func() {
		train.Resize(100, 10)
		train.Resize(70, 12)
	}))
}

func TestTrainPanicsOutside(t *testing.T) {
	train := NewTrain(70, 2)
	for _, at := range [][2]int{{0, 70}, {0, 127}, {0, -1}, {2, 0}, {-1, 0}} {
		require.Panics(t, func() { train.Set(at[0], at[1]) }, "%v", at)
		require.Panics(t, func() { train.Get(at[0], at[1]) }, "%v", at)
	}
	require.Panics(t, func() { NewTrain(-1, 1) })
	require.Panics(t, func() { NewTrain(1, -1) })
}

func TestRaster(t *testing.T) {
	train := NewTrain(4, 8)
	for _, at := range [][2]int{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {0, 1}, {4, 2}, {7, 3}} {
		train.Set(at[0], at[1])
	}
	require.Equal(t, "####    \n#       \n    #   \n       #\n", Raster(train, 10, 80))
	require.Equal(t, "+:  \n  ..\n", Raster(train, 2, 4))
	require.Empty(t, Raster(train, 0, 10))
	require.Empty(t, Raster(NewTrain(0, 5), 10, 10))
}

// BenchmarkAppendTick asks what it costs to list the spikes of a tick, at 15 of 784.
func BenchmarkAppendTick(b *testing.B) {
	train := NewTrain(784, 1)
	for i := range 15 {
		train.Set(0, i*51)
	}
	var dst []int32
	b.ReportAllocs()
	for b.Loop() {
		dst = train.AppendTick(0, dst[:0])
	}
}
