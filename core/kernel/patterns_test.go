package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSpread: the sets of all ticks have the sources whose byte's pattern spikes in them,
// for any number of either, and nothing else is written.
func TestSpread(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(9, 9))
		for range 100 {
			count, ticks := 1+rng.IntN(300), 1+rng.IntN(64)
			words := (count + 63) / 64
			patterns := make(Patterns, (ticks+7)/8)
			for p := range patterns {
				for v := range patterns[p] {
					patterns[p][v] = uint8(rng.Uint32())
				}
			}
			values := make([]uint8, count)
			for i := range values {
				values[i] = uint8(rng.Uint32())
			}
			sets := make([]uint64, words*ticks+1)
			sets[words*ticks] = 7
			if !set.Spread(sets, words, ticks, patterns, values) {
				require.Equal(t, make([]uint64, words*ticks), sets[:words*ticks])
				continue
			}
			for k := range ticks {
				for i := range words * 64 {
					want := i < count && patterns[k/8][values[min(i, count-1)]]>>(k%8)&1 == 1
					require.Equal(t, want, sets[k*words+i/64]>>(i%64)&1 == 1, "source %d, tick %d",
						i, k)
				}
			}
			require.EqualValues(t, 7, sets[words*ticks])
		}
	})
}
