package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTakeParts: every set does to words what the plain loop does, and that stays in bounds.
func TestTakeParts(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(8, 8))
		for count := range 200 {
			words, draws := make([]uint16, count), make([]uint64, (count+3)/4)
			for i := range words {
				words[i] = []uint16{0, 65535, 1 << rng.IntN(16), uint16(rng.Uint32())}[rng.IntN(4)]
			}
			for i := range draws {
				draws[i] = rng.Uint64()
			}
			p := &Parts{Shift: uint(1 + rng.IntN(16)), Give: rng.IntN(2) == 0,
				Low: uint16(rng.IntN(300)), High: []uint16{65535, 65280, 30000}[rng.IntN(3)]}
			mine, changed := slices.Clone(words), make([]uint64, (count+63)/64)
			before := slices.Clone(words)
			want := Plain.TakeParts(words, draws, p, changed)
			other := make([]uint64, len(changed))
			require.Equal(t, want, set.TakeParts(mine, draws, p, other))
			require.Equal(t, words, mine)
			require.Equal(t, changed, other)
			for i, w := range words {
				require.True(t, w >= p.Low && w <= p.High)
				require.Equal(t, w>>8 != before[i]>>8, changed[i>>6]>>(i&63)&1 == 1)
			}
		}
	})
	words := []uint16{1000, 1000, 0, 64, 65535}
	needed := Plain.TakeParts(words, []uint64{63<<16 | 39, 0}, &Parts{Shift: 6, High: 65535},
		make([]uint64, 1))
	require.Equal(t, []uint16{984, 985, 0, 63, 64511}, words) // 40 bits of 1000 are dropped
	require.EqualValues(t, 2, needed)
}
