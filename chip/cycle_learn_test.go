package chip

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/layout"
	"adder/router"
)

// learner is a chip of one core whose rows learn from host input, with a winner
// per tick and normalisation after the sample.
func learner(inputs, neurons int) *layout.Image {
	img := line(1,
		profileText("adder", map[string]any{"neuron_idle": "1 cycle", "learning_update": "3 cycles",
			"draw": "0 cycles"}))
	cfg := &img.Cores[0].Config
	*cfg = core.Config{Widths: cfg.Widths, Groups: []core.Group{{
		Count: int32(neurons), DecayV: 4000, Refractory: 2,
		Theta:  core.Theta{Adaptive: true, Plus: 9000, Decay: 12},
		Winner: core.Winner{Arbiter: core.ArbiterFair},
	}}}
	routes := router.Routes{Start: []int32{0}}
	for i := range inputs {
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i)})
		cfg.Rows = append(cfg.Rows, core.Row{Format: core.Plastic, WeightBits: 16,
			Count: int32(neurons), Exclude: -1, Offset: int64(i * neurons)})
		for n := range neurons {
			cfg.Plastic = append(cfg.Plastic, uint16(3000+(i*37+n*91)%4000))
		}
		routes.Dests, routes.Start = append(routes.Dests,
			router.Dest{Axon: int32(i)}), append(routes.Start, int32(i+1))
	}
	for n := range neurons {
		cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 150), append(cfg.Bias,
			0), append(cfg.Reset, 0)
		cfg.V0, cfg.ID, cfg.Target = append(cfg.V0, 0), append(cfg.ID,
			uint32(n)), append(cfg.Target, int32(inputs*3500))
	}
	cfg.Plasticity = []core.Plasticity{{
		Rows: int32(inputs), Rule: core.RulePostPre, LTP: 4, LTD: 8, Max: 65535,
		Pre: core.Trace{Length: 4}, Post: core.Trace{Length: 4},
		Norm: core.Norm{Kind: core.NormL1, Shift: 4},
	}}
	img.Routes.Ports[0].Routes = routes
	img.Routes.Neurons[0] = router.Routes{Start: make([]int32, neurons+1)}
	img.Input.Shape = []int32{int32(inputs)}
	img.Populations[0].Shape, img.Populations[0].Segments[0].Count = []int32{int32(neurons)}, int32(
		neurons)
	img.Readout.Classes, img.Encoder.Ticks = int32(neurons), 12
	return img
}

// TestCycleLearnsAsFast: in learning mode the engines leave the same behind, and
// what is written takes time.
func TestCycleLearnsAsFast(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	opts := Options{Learn: true, Seed: 5, Spikes: []int{0}, Potentials: []int{0}}
	fast := c.NewFast(opts)
	require.ErrorContains(t, fast.SetLearned(nil), "learned state of 0 cores: line has 1")
	require.NoError(t, fast.SetLearned(fast.Learned()))
	l := &ledger{}
	cycle, err := c.NewCycle(opts, l)
	require.NoError(t, err)
	plain, err := c.NewCycle(Options{Seed: 5}, nil)
	require.NoError(t, err)
	var settled, updates int64
	for number := range uint64(6) {
		sample := &Sample{Number: number, Spikes: noise(30, 12, 0.1+0.1*float64(number))}
		want, err := fast.Run(t.Context(), sample)
		require.NoError(t, err)
		*l = *newLedger(t, c)
		got, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		l.requireUpdates(got, sample.Spikes)
		still, err := plain.Run(t.Context(), sample)
		require.NoError(t, err)
		require.Zero(t, still.Cycles.Settle)
		requireTimes(t, c, got.Cycles, 12)
		settled += got.Cycles.Settle
		updates += got.Counts.Core.LearningUpdates
		got.Cycles = nil
		require.Equal(t, want, got)
		require.Equal(t, fast.Learned(), cycle.run.Learned())
	}
	require.Positive(t, updates)
	require.Positive(t, settled)
}

// TestLearningByTick: what a sample costs at its end falls to its last tick, so
// that a longer run tells the earlier ones alike.
func TestLearningByTick(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	train := noise(30, 12, 0.4)
	var runs [][]Counts
	for ticks := 2; ticks <= 12; ticks++ {
		o, err := c.NewFast(Options{Learn: true, Seed: 5, ByTick: true, Ticks: ticks}).Run(
			t.Context(), &Sample{Spikes: train})
		require.NoError(t, err)
		var bins []Counts
		for bin := range o.Attribution.Bins() {
			bins = append(bins, o.Attribution.OfBin(bin))
		}
		once, err := c.NewFast(Options{Learn: true, Seed: 5, Ticks: ticks}).Run(t.Context(),
			&Sample{Spikes: train})
		require.NoError(t, err)
		require.Equal(t, once.Counts, o.Counts)
		runs = append(runs, bins)
	}
	ends := 0
	for k := range runs[1:] {
		short, long := runs[k], runs[k+1]
		last := len(short) - 1
		require.Equal(t, long[:last], short[:last], "%d ticks", last+1)
		if short[last] != long[last] {
			ends++
		}
	}
	require.Positive(t, ends, "there is work at the end")
}

// TestDrawsFollowSeedAndSample: a chip's draws are those of its seed and of the
// sample's number, whatever the engine ran before.
func TestDrawsFollowSeedAndSample(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	train := noise(30, 12, 0.4)
	learn := func(f *Fast, number uint64) Learned {
		before := f.Learned()
		_, err := f.Run(t.Context(), &Sample{Number: number, Spikes: train})
		require.NoError(t, err)
		after := f.Learned()
		require.NoError(t, f.SetLearned(before))
		return after
	}
	one := c.NewFast(Options{Learn: true, Seed: 5})
	first, second := learn(one, 1), learn(one, 2)
	require.Equal(t, first, learn(one, 1))
	require.NotEqual(t, first, second, "another sample draws anew")
	other := c.NewFast(Options{Learn: true, Seed: 6})
	require.NotEqual(t, first, learn(other, 1), "another seed draws anew")
	require.Equal(t, second, learn(c.NewFast(Options{Learn: true, Seed: 5}), 2))
}
