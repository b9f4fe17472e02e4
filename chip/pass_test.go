package chip

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/layout"
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
