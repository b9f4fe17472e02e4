package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
	"adder/layout"
	"adder/router"
)

// TestPassUnroutedInputs: a core whose bank takes all inputs passes ticks. The host may have
// further inputs that reach no core: their spikes change nothing.
func TestPassUnroutedInputs(t *testing.T) {
	for _, inputs := range []int{70, 75, 200} {
		img := learner(70, 12)
		img.Readout.Kind, img.Input.Shape = layout.ReadoutCount, []int32{int32(inputs)}
		img.Cores[0].Config.Groups[0].Theta.Decay = 0
		routes := &img.Routes.Ports[0].Routes
		for len(routes.Start) <= inputs {
			routes.Start = append(routes.Start, routes.Start[len(routes.Start)-1])
		}
		c, err := Load(img)
		require.NoError(t, err)
		opts := Options{Learn: true, Seed: 5}
		fast := c.NewFast(opts)
		cycle, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		for number := range uint64(3) {
			sample := &Sample{Number: number, Spikes: noise(inputs, 12, 0.05)}
			want, err := cycle.Run(t.Context(), sample)
			require.NoError(t, err)
			got, err := fast.Run(t.Context(), sample)
			require.NoError(t, err)
			require.Equal(t, inputs == 70, fast.cells[0].foresees)
			want.Cycles = nil
			require.Equal(t, want, got)
			require.Equal(t, cycle.run.Learned(), fast.Learned())
		}
	}
}

// TestPaddingIsRefused: rows of a train are open to their writer, who must leave their unused bits
// alone.
func TestPaddingIsRefused(t *testing.T) {
	c, err := Load(learner(70, 12))
	require.NoError(t, err)
	train := noise(70, 12, 0.05)
	train.Row(3)[1] |= 1 << 6
	_, err = c.NewFast(Options{}).Run(t.Context(), &Sample{Number: 4, Spikes: train})
	require.EqualError(t, err, "sample 4 has a spike of a source beyond the last of 70: leave the "+
		"unused bits of its rows 0")
}

// drawRivals draws a chip whose first core learns from the host's spikes, most with neurons that
// compete and receive each other's spikes, and whose second core receives theirs.
func drawRivals(t *rapid.T) *layout.Image {
	neurons := rapid.IntRange(1, 70).Draw(t, "neurons")
	first := learner(rapid.SampledFrom([]int{33, 64, 70, 128}).Draw(t, "inputs"), neurons)
	img := line(2, first.Chip.Profile)
	img.Input, img.Populations[0], img.Cores[0] = first.Input, first.Populations[0], first.Cores[0]
	img.Encoder.Ticks = rapid.SampledFrom([]int32{1, 12, 64, 65, 130}).Draw(t, "ticks")
	img.Routes.Ports = first.Routes.Ports
	cfg := &img.Cores[0].Config
	g := &cfg.Groups[0]
	g.Theta = core.Theta{}
	if rapid.Bool().Draw(t, "adapts") {
		g.Theta = core.Theta{Adaptive: true, Plus: 30}
	}
	g.Winner.Alone = rapid.Bool().Draw(t, "alone")
	g.Winner.LateralReset = rapid.Bool().Draw(t, "lateral reset")
	if rapid.IntRange(0, 3).Draw(t, "apart") == 0 {
		g.Winner = core.Winner{}
	}
	g.Refractory = rapid.SampledFrom([]uint16{0, 1, 5}).Draw(t, "refractory")
	loops := rapid.Bool().Draw(t, "loops")
	delay := rapid.SampledFrom([]uint8{0, 0, 1, 3}).Draw(t, "delay")
	other := &img.Cores[1].Config
	other.Threshold[0], other.ID[0], other.Axons = 3, uint32(neurons), nil
	routes := router.Routes{Start: []int32{0}}
	for n := range int32(neurons) {
		cfg.Threshold[n] = rapid.SampledFrom([]int32{50, 150, 800, 3000}).Draw(t, "threshold")
		if loops {
			routes.Dests = append(routes.Dests, router.Dest{Axon: int32(len(cfg.Axons))})
			cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows)), Delay: delay})
			cfg.Rows = append(cfg.Rows, core.Row{Format: core.Others, WeightBits: 9, Weight: -200,
				Exclude: n, Count: int32(neurons)})
		}
		other.Axons = append(other.Axons, core.Axon{})
		routes.Dests = append(routes.Dests, router.Dest{Core: 1, Axon: n})
		routes.Start = append(routes.Start, int32(len(routes.Dests)))
	}
	img.Routes.Neurons[0] = routes
	return img
}

// TestPassChangesNothing: an engine that passes ticks computes what the cycle engine does, which
// passes none.
func TestPassChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawRivals(t)
		c, err := Load(img)
		require.NoError(t, err)
		opts := Options{Learn: rapid.Bool().Draw(t, "learn"), Seed: 5}
		fast := c.NewFast(opts)
		cycle, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		for number := range uint64(3) {
			share := rapid.SampledFrom([]float64{0, 0.01, 0.05, 0.3}).Draw(t, "share")
			sample := &Sample{Number: number,
				Spikes: noise(int(img.Input.Shape[0]), int(img.Encoder.Ticks), share)}
			want, err := cycle.Run(t.Context(), sample)
			require.NoError(t, err)
			got, err := fast.Run(t.Context(), sample)
			require.NoError(t, err)
			want.Cycles = nil
			require.Equal(t, want, got)
			require.Equal(t, cycle.Learned(), fast.Learned())
		}
	})
}
