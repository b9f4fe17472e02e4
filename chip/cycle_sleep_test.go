package chip

import (
	"slices"
	"testing"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCoresThatSleepTakeTheirTime: times and counts are those of an engine in which no
// core sleeps, on networks that hear something at first and then little.
func TestCoresThatSleepTakeTheirTime(t *testing.T) {
	slept := 0
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		c, err := Load(img)
		require.NoError(t, err)
		opts := everything(img, false)
		sleepy, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		sleepless, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		sleepless.sleep.off = true
		inputs, ticks := int(img.Input.Shape[0]), int(img.Encoder.Ticks)
		for number := range uint64(2) {
			train := drawTrain(t, inputs, ticks)
			for tick := 2; tick < ticks; tick++ {
				if rapid.IntRange(0, 5).Draw(t, "spikes") > 0 {
					clear(train.Row(tick))
				}
			}
			sample := &Sample{Number: number, Spikes: train}
			want, err := sleepless.Run(t.Context(), sample)
			require.NoError(t, err)
			got, err := sleepy.Run(t.Context(), sample)
			require.NoError(t, err)
			require.Equal(t, want, got)
			requireSameState(t, sleepless.run.cores, sleepy.run.cores)
			slept += int(slices.Max(append(sleepy.sleep.since, 0)))
		}
	})
	if draws.Number() >= 25 {
		require.Positive(t, slept)
	}
}
