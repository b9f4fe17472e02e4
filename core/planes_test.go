package core

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlanes: the digits of planes say in how many of the sets each number is.
func TestPlanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var planes []uint64
	for _, ticks := range []int{0, 1, 3, 32, MaxSets} {
		words := 1 + rng.IntN(20)
		sets := make([]uint64, ticks*words)
		for i := range sets {
			sets[i] = rng.Uint64() | rng.Uint64()
		}
		planes = Planes(planes, sets, words)
		for i := range words << 6 {
			got, want := 0, 0
			for p := 0; p*words < len(planes); p++ {
				got += int(planes[p*words+i>>6]>>(i&63)&1) << p
			}
			for k := range ticks {
				want += int(sets[k*words+i>>6] >> (i & 63) & 1)
			}
			require.Equal(t, want, got, "%d ticks, number %d", ticks, i)
		}
	}
}
