package core

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestLanesMatchPlainAdditions adds rows of any start, length and number, with
// many extreme weights, and compares every accumulator.
func TestLanesMatchPlainAdditions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		neurons := rapid.IntRange(1, 200).Draw(t, "neurons")
		cfg := &Config{
			Widths:    Widths{Potential: 32, Current: 2},
			Groups:    []Group{{Count: int32(neurons), DecayV: 4096}},
			Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
			Reset: make([]int32, neurons),
			V0:    make([]int32, neurons), ID: make([]uint32, neurons),
		}
		weight := rapid.OneOf(rapid.Just(int8(-128)), rapid.Just(int8(127)), rapid.Int8())
		for a := range int32(rapid.IntRange(1, 4).Draw(t, "rows")) {
			first := rapid.IntRange(0, neurons-1).Draw(t, "first")
			weights := rapid.SliceOfN(weight, neurons-first, neurons-first).Draw(t, "weights")
			if rapid.Bool().Draw(t, "short") {
				weights = weights[:rapid.IntRange(0, len(weights)).Draw(t, "length")]
			}
			cfg.Rows = append(cfg.Rows, Row{
				WeightBits: 8, First: int32(first), Count: int32(len(weights)),
				Offset: int64(len(cfg.Dense8)),
			})
			cfg.Dense8 = append(cfg.Dense8, weights...)
			cfg.Axons = append(cfg.Axons, Axon{Row: a})
		}
		c, err := New(cfg)
		require.NoError(t, err)
		want := make([]int32, neurons)
		for range rapid.IntRange(0, 3).Draw(t, "rounds") {
			for a, r := range cfg.Rows {
				for range rapid.SampledFrom([]int{0, 1, 7, 255, 256, 300}).Draw(t, "times") {
					c.Deliver(int32(a))
					for i, w := range cfg.Dense8[r.Offset:][:r.Count] {
						want[int(r.First)+i] += int32(w)
					}
				}
			}
		}
		c.flush()
		require.Equal(t, want, c.accumulator)
	})
}

func TestMergeOutlastsItsStamps(t *testing.T) {
	m := makeMerge(2)
	require.True(t, m.first(0))
	require.False(t, m.first(0))
	m.now = math.MaxUint32
	require.True(t, m.first(1))
	m.next()
	require.True(t, m.first(0), "the stamp of the first tick has the same number")
	require.True(t, m.first(1))
	require.False(t, m.first(1))
}
