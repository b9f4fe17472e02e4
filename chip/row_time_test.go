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
			Widths: core.Widths{Potential: 12, Current: 12,
				IndexBits: rapid.SampledFrom([]uint8{0, 1, 10}).Draw(t, "index")},
			Groups: []core.Group{{Count: int32(neurons)}}, ID: make([]uint32, neurons),
			Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
			Reset: make([]int32, neurons), V0: make([]int32, neurons),
		}
		drawRows(t, cfg)
		scatter(t, cfg)
		cfg.Rows = append(cfg.Rows, core.Row{Format: core.Plastic, WeightBits: 16,
			Count: int32(neurons), Exclude: -1})
		cfg.Plastic = make([]uint16, neurons)
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows) - 1)})
		c, err := core.New(cfg)
		require.NoError(t, err)
		cycles := func(name string) profile.Cycles {
			return profile.Cycles(rapid.IntRange(0, 5).Draw(t, name))
		}
		timing := &profile.CoreTiming{
			AxonLookup: cycles("lookup"), RowStart: cycles("start"), MemoryCycle: cycles("memory"),
			DenseStep: cycles("dense"), SparseStep: cycles("sparse"), OthersStep: cycles("others"),
			MemoryWord: rapid.Int64Range(1, 70).Draw(t, "word"),
			Lanes:      rapid.IntRange(1, 9).Draw(t, "lanes"),
		}
		if rapid.Bool().Draw(t, "weights outside") {
			timing = outside(t, timing, cfg)
			c, err = core.New(cfg)
			require.NoError(t, err)
		}
		steps := map[core.RowFormat]profile.Cycles{core.Others: timing.OthersStep}
		for a, time := range rowTimes(timing, cfg) {
			c.ResetCounts()
			c.Deliver(int32(a))
			r := &cfg.Rows[cfg.Axons[a].Row]
			if r.Format == core.Sparse {
				want := int64(timing.AxonLookup+timing.RowStart) + sparseOracle(timing, &cfg.Widths,
					r, cfg.Sparse[r.Offset:][:r.Count])
				require.Equal(t, want, time, "sparse row %+v", r)
				continue
			}
			step, other := steps[r.Format]
			if !other {
				step = timing.DenseStep
			}
			words, groups := int64(0), int64(0)
			for bits := c.Counts().SynapseBits; bits > 0; bits -= timing.MemoryWord {
				words++
			}
			// the lane of an excluded neuron idles
			for run := r.Count; run > 0; run -= int32(timing.Lanes) {
				groups++
			}
			want := int64(timing.AxonLookup+timing.RowStart) + max(words*int64(timing.MemoryCycle),
				groups*int64(step))
			require.Equal(t, want, time, "axon %d of row %+v", a, cfg.Rows[cfg.Axons[a].Row])
		}
	})
}

// outside has the rows that can lie outside of the chip, and gives the times of reading them
// there.
func outside(t *rapid.T, timing *profile.CoreTiming, cfg *core.Config) *profile.CoreTiming {
	last := len(cfg.Rows) - 1 // which learns
	cfg.Rows, cfg.Axons, cfg.Plastic = cfg.Rows[:last], cfg.Axons[:len(cfg.Axons)-1], nil
	cfg.Widths.OffChip = rapid.SampledFrom([]uint16{8, 64}).Draw(t, "word outside")
	p := profile.Profile{Timing: &profile.Timing{Core: *timing},
		OffChip: &profile.OffChip{Word: int(cfg.Widths.OffChip)}}
	p.Timing.Core.OffChipLatency = profile.Cycles(rapid.IntRange(0, 90).Draw(t, "latency"))
	p.Timing.Core.OffChipCycle = profile.Cycles(rapid.IntRange(0, 9).Draw(t, "word time"))
	there := p.RowTiming()
	require.Equal(t, timing.RowStart+p.Timing.Core.OffChipLatency, there.RowStart)
	require.Equal(t, p.Timing.Core.OffChipCycle, there.MemoryCycle)
	return there
}

// scatter adds a sparse row of neurons anywhere.
func scatter(t *rapid.T, cfg *core.Config) {
	row := core.Row{Format: core.Sparse, WeightBits: rapid.SampledFrom([]uint8{4, 8}).Draw(t,
		"bits"), Exclude: -1, Offset: int64(len(cfg.Sparse))}
	for n := range cfg.Neurons() {
		if rapid.Bool().Draw(t, "reached") {
			cfg.Sparse = append(cfg.Sparse, core.Synapse{Neuron: uint16(n), Weight: int16(n&7 - 4)})
			row.Count++
		}
	}
	cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows))})
	cfg.Rows = append(cfg.Rows, row)
}

// sparseOracle reads a row word by word: every turn takes of what is at hand at most one entry per
// bank.
func sparseOracle(timing *profile.CoreTiming, w *core.Widths, r *core.Row,
	entries []core.Synapse) (time int64) {
	index := int64(w.IndexBits)
	if index == 0 {
		index = 16
	}
	entry := int64(r.WeightBits) + index
	for read, taken := int64(0), 0; taken < len(entries); {
		read += timing.MemoryWord
		pending := entries[taken:min(int(read/entry), len(entries))]
		taken += len(pending)
		turns := int64(0)
		for len(pending) > 0 {
			var later []core.Synapse
			busy := map[int]bool{}
			for _, e := range pending {
				if bank := int(e.Neuron) % timing.Lanes; busy[bank] {
					later = append(later, e)
				} else {
					busy[bank] = true
				}
			}
			pending = later
			turns++
		}
		time += max(int64(timing.MemoryCycle), turns*int64(timing.SparseStep))
	}
	return time
}
