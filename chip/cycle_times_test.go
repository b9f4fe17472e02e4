package chip

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/layout"
	"adder/spike"
)

// oneSpike runs an image of one input that spikes in its first tick.
func oneSpike(t *testing.T, img *layout.Image) *Outcome {
	c, err := Load(img)
	require.NoError(t, err)
	e, err := c.NewCycle(Options{}, nil)
	require.NoError(t, err)
	train := spike.NewTrain(1, int(img.Encoder.Ticks))
	train.Set(0, 0)
	o, err := e.Run(t.Context(), &Sample{Spikes: train})
	require.NoError(t, err)
	return o
}

// TestDelayTakesTimeByHand: a spike that is held costs a look-up and a write when its
// packet comes, and a read, a look-up and its row when it is due.
func TestDelayTakesTimeByHand(t *testing.T) {
	img := line(1, profileText("adder", map[string]any{
		"axon_lookup": "3 cycles", "row_start": "4 cycles", "dense_step": "5 cycles",
		"neuron_update": "20 cycles", "neuron_idle": "20 cycles",
		"update_fill": "9 cycles", "delay_write": "50 cycles", "delay_read": "70 cycles",
		"spike_out": "6 cycles", "reset_write": "0 cycles",
		"base": "2 cycles", "per_hop": "0 cycles", "early_start": false,
	}))
	img.Encoder.Ticks, img.Cores[0].Config.Axons[0].Delay = 3, 1
	o := oneSpike(t, img)
	require.Equal(t, []int64{3 + 50 + 9 + 20 + 2, 70 + 3 + 4 + 5 + 9 + 20 + 6 + 2, 9 + 20 + 2},
		o.Cycles.ByTick)
	require.Equal(t, []int64{3 + 50 + 70 + 3 + 4 + 5 + 3*(9+20) + 6}, o.Cycles.Busy)
}

// TestDrawsTakeTimeByHand: draws are made beside the slots, so that an update takes as
// long as the longer of the two.
func TestDrawsTakeTimeByHand(t *testing.T) {
	for _, c := range []struct {
		draw   string
		length int64
	}{{"7 cycles", 9 + 20}, {"29 cycles", 29}, {"40 cycles", 40}} {
		img := line(1, profileText("adder", map[string]any{
			"neuron_update": "20 cycles", "neuron_idle": "20 cycles", "update_fill": "9 cycles",
			"draw": c.draw, "base": "2 cycles",
		}))
		cfg := &img.Cores[0].Config
		cfg.Threshold[0], cfg.Groups[0].Escape = 0, 1
		// a draw in each tick, which hardly ever fires
		cfg.Escape = []core.EscapeTable{{Probability: []uint32{1}}}
		img.Encoder.Ticks = 4
		o := oneSpike(t, img)
		require.EqualValues(t, 4, o.Counts.Core.Draws)
		require.Zero(t, o.Counts.Core.Spikes)
		require.Equal(t, c.length+2, o.Cycles.ByTick[3], "draw %s", c.draw)
	}
}

// TestUpdateWithoutSlots: a core whose neurons are all outside their window fills no
// pipeline.
func TestUpdateWithoutSlots(t *testing.T) {
	img := line(1,
		profileText("adder", map[string]any{"update_fill": "9 cycles", "base": "10 cycles"}))
	img.Cores[0].Config.Groups[0].Depth, img.Populations[0].Depth = 1, 1
	o := oneSpike(t, img)
	require.Equal(t, []int64{10, 9 + 2 + 10}, o.Cycles.ByTick)
}
