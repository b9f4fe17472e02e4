package chip

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/compiler/ir/irtest"
	"adder/fault"
	"adder/internal/draws"
	"adder/layout"
)

// breakOrSkip puts an image on a chip with faults of a kind; a mesh on which it cannot run is
// no test.
func breakOrSkip(t *rapid.T, img *layout.Image, s fault.Spec) *Chip {
	b, _, err := fault.Apply(img, s)
	if refusal := new(fault.Refusal); errors.As(err, &refusal) {
		t.Skip(err)
	}
	require.NoError(t, err)
	c, err := LoadBroken(b)
	require.NoError(t, err)
	return c
}

// TestBrokenCycleEqualsFast: faults of each kind, and of all together, are the same in both
// engines, in spikes, potentials, all counts and final state.
func TestBrokenCycleEqualsFast(t *testing.T) {
	draws.Less(t, 6)
	for _, kind := range irtest.FaultKinds() {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				cycleEqualsFast(t, breakOrSkip(t, drawImage(t), irtest.Faults(t, kind)))
			})
		})
	}
}
