package chip

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/layout"
)

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
	fewer := loaded(profiletest.Variant(t, "adder", profiletest.Fields{
		"others_step": nil, "learning_update": nil, "delay_write": nil,
	}))
	require.Empty(t, fewer.Untimed(false))
	require.Equal(t, []string{"timing.core.learning_update"}, fewer.Untimed(true))
	_, err = fewer.NewCycle(Options{Ticks: 4}, nil)
	require.NoError(t, err)

	bare := loaded(profiletest.Variant(t, "adder", profiletest.Fields{
		"neuron_update": nil, "barrier": nil,
	}))
	require.Equal(t, []string{"timing.barrier", "timing.core.neuron_update"}, bare.Untimed(false))
	_, err = bare.NewCycle(Options{Ticks: 4}, nil)
	var untimed *NotTimedError
	require.ErrorAs(t, err, &untimed)
	require.ErrorContains(t, err, "states no timing.barrier, timing.core.neuron_update")
	require.NotNil(t, bare.NewFast(Options{Ticks: 4}))
}
