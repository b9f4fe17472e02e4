package chip

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/layout"
)

// without is a profile that leaves out some figures.
func without(t *testing.T, p *profile.Profile, keys ...string) *profile.Profile {
	text := p.Text()
	for _, key := range keys {
		line := regexp.MustCompile(`(?m)^ *` + key + `:.*\n`)
		require.True(t, line.Match(text), key)
		text = line.ReplaceAll(text, nil)
	}
	out, err := profile.Parse("less.yaml", text)
	require.NoError(t, err)
	return out
}

// TestFiguresOfTimeThatAreAbsent: what an image does not have may be left out, and changes no
// time; a figure that it depends on is named, and the fast engine does without.
func TestFiguresOfTimeThatAreAbsent(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	img := layered("adder", 5, 4, 3)
	loaded := func(p *profile.Profile) *Chip {
		copied := *img
		copied.Chip = layout.Chip{Name: p.Name, Profile: p.Text()}
		c, err := Load(&copied)
		require.NoError(t, err)
		return c
	}
	require.Empty(t, loaded(on).Untimed(true))
	fewer := loaded(without(t, on, "others_step", "learning_update", "delay_write"))
	require.Empty(t, fewer.Untimed(false))
	require.Equal(t, []string{"timing.core.learning_update"}, fewer.Untimed(true))
	_, err = fewer.NewCycle(Options{Ticks: 4}, nil)
	require.NoError(t, err)

	bare := loaded(without(t, on, "neuron_update", "base", "per_hop", "per_border", "barrier"))
	require.Equal(t, []string{"timing.barrier", "timing.core.neuron_update"}, bare.Untimed(false))
	_, err = bare.NewCycle(Options{Ticks: 4}, nil)
	var untimed *NotTimedError
	require.ErrorAs(t, err, &untimed)
	require.ErrorContains(t, err, "states no timing.barrier, timing.core.neuron_update")
	require.NotNil(t, bare.NewFast(Options{Ticks: 4}))
}
