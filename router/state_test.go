package router

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestStateGoesOn: a mesh that is given the state of another one after a burst does with a
// second burst what that does, and has the same state at once, whatever is still on its way
// back.
func TestStateGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, timing, forest, parcels := drawParcels(t)
		timing.DropWhenFull = rapid.Bool().Draw(t, "drops")
		for d := range timing.Gaps {
			gap := rapid.SampledFrom([]int64{0, 0, 2, 9, 300}).Draw(t, "gap")
			timing.Gaps[d] = min(gap, wire(timing.Links[d]))
		}
		near := rapid.SampledFrom([]int64{1, days}).Draw(t, "near")
		begin := func(s *script) {
			s.begin(m, timing, forest, newRing())
			s.mesh = newClocked(m, timing, forest, s, newRing(), near)
		}
		one := &script{parcels: slices.Clone(parcels[:len(parcels)/2])}
		begin(one)
		one.send(0)
		start := one.mesh.now + rapid.Int64Range(1, 300).Draw(t, "idle")
		one.mesh.Start(start)
		state := one.mesh.State()
		other := &script{}
		begin(other)
		require.NoError(t, other.mesh.SetState(&state))
		require.Equal(t, state, other.mesh.State())
		one.parcels = slices.Clone(parcels[len(parcels)/2:])
		other.parcels = slices.Clone(one.parcels)
		one.send(start)
		other.send(start)
		require.Equal(t, one.parcels, other.parcels)
		require.Equal(t, one.mesh.Load(), other.mesh.Load())
		require.Equal(t, one.mesh.State(), other.mesh.State())
	})
}
