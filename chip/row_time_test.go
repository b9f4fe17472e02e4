package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/core"
)

// TestRowTimesFollowTheCounts: a packet takes the time of the memory words that
// hold the bits which the core counts as read, or that of the groups of lanes
// for the additions which it counts, whichever is longer.
func TestRowTimesFollowTheCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		neurons := rapid.IntRange(1, 40).Draw(t, "neurons")
		cfg := &core.Config{
			Widths: core.Widths{Potential: 12, Current: 12, IndexBits: rapid.SampledFrom([]uint8{0, 1, 10}).Draw(t, "index")},
			Groups: []core.Group{{Count: int32(neurons)}}, ID: make([]uint32, neurons),
			Threshold: make([]int32, neurons), Bias: make([]int32, neurons), Reset: make([]int32, neurons), V0: make([]int32, neurons),
		}
		drawRows(t, cfg)
		cfg.Rows = append(cfg.Rows, core.Row{Format: core.Plastic, WeightBits: 16, Count: int32(neurons), Exclude: -1})
		cfg.Plastic = make([]uint16, neurons)
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows) - 1)})
		c, err := core.New(cfg)
		require.NoError(t, err)
		cycles := func(name string) profile.Cycles { return profile.Cycles(rapid.IntRange(0, 5).Draw(t, name)) }
		timing := &profile.CoreTiming{
			AxonLookup: cycles("lookup"), RowStart: cycles("start"), MemoryCycle: cycles("memory"),
			DenseStep: cycles("dense"), SparseStep: cycles("sparse"), OthersStep: cycles("others"),
			MemoryWord: rapid.Int64Range(1, 70).Draw(t, "word"), Lanes: rapid.IntRange(1, 9).Draw(t, "lanes"),
		}
		steps := map[core.RowFormat]profile.Cycles{core.Sparse: timing.SparseStep, core.Others: timing.OthersStep}
		for a, time := range rowTimes(timing, cfg) {
			c.ResetCounts()
			c.Deliver(int32(a))
			step, other := steps[cfg.Rows[cfg.Axons[a].Row].Format]
			if !other {
				step = timing.DenseStep
			}
			words, groups := int64(0), int64(0)
			for bits := c.Counts().SynapseBits; bits > 0; bits -= timing.MemoryWord {
				words++
			}
			for adds := c.Counts().SynapticAdds; adds > 0; adds -= int64(timing.Lanes) {
				groups++
			}
			want := int64(timing.AxonLookup+timing.RowStart) + max(words*int64(timing.MemoryCycle), groups*int64(step))
			require.Equal(t, want, time, "axon %d of row %+v", a, cfg.Rows[cfg.Axons[a].Row])
		}
	})
}
