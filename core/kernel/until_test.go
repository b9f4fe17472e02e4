package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestUpdateUntil: what ticks do until a neuron fires is what the plain loop does, and the
// tick in which one does leaves nothing behind.
func TestUpdateUntil(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rapid.Check(t, func(t *rapid.T) {
			c, s := drawNeurons(t)
			count, mine := len(s.Potential), s.clone()
			plain, n := NewNeurons(Plain, c, s), NewNeurons(set, c, mine)
			size := rapid.SampledFrom([]int32{0, 1, 1000, 1 << 12}).Draw(t, "input size")
			u := Until{Stride: count + rapid.IntRange(0, 3).Draw(t, "beside"),
				Ticks: rapid.IntRange(1, 6).Draw(t, "ticks")}
			total := u.Stride * u.Ticks
			u.Sums = rapid.SliceOfN(rapid.Int32Range(-size, size), total, total).Draw(t, "sums")
			if !n.Bounded(int64(size)) {
				t.Skip("inputs are out of bounds")
			}
			kept := slices.Clone(u.Sums)
			for range 2 { // the second one ends where the first did, or goes on
				var want Done
				ticks := 0
				for ; ticks < u.Ticks; ticks++ {
					before := slices.Clone(s.Potential)
					input := slices.Clone(kept[ticks*u.Stride:][:count])
					done := plain.Update(input, nil, make([]uint64, (count+63)/64))
					if done.Spikes > 0 {
						copy(s.Potential, before)
						break
					}
					want.Add(&done)
				}
				require.Equal(t, ticks, n.UpdateUntil(&u))
				require.Equal(t, s.Potential, mine.Potential)
				require.Equal(t, kept, u.Sums)
				require.Equal(t, [2]int64{want.Active, want.Saturated}, [2]int64{u.Active, u.Saturated})
			}
		})
	})
}
