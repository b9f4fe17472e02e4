package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/fixedpoint"
)

// TestDraws: the draws of any number of ids are those of one at a time, whatever stands above
// the bits of an id that count, and nothing else is written.
func TestDraws(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(11, 11))
		for n := range 70 {
			stream := fixedpoint.NewSource(rng.Uint64()).Stream(rng.Uint64(), rng.Uint64(),
				fixedpoint.PurposeRoundLTD)
			base := rng.Uint64() & rng.Uint64()
			ids, draws := make([]uint64, n), make([]uint64, n+1)
			for i := range ids {
				ids[i] = rng.Uint64() >> rng.IntN(64)
			}
			draws[n] = 7
			set.Draws(stream, base, ids, draws[:n])
			for i, id := range ids {
				require.Equal(t, stream.Draw(base|id), draws[i], "id %d of %d", i, n)
			}
			require.EqualValues(t, 7, draws[n])
		}
	})
}

// TestBelow: numbers that are built bit by bit from the draws are compared with thresholds as
// integers, for any number of elements and of open numbers, and the draws are those that the
// last undecided number needs.
func TestBelow(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(12, 12))
		for n := range 40 {
			stream := fixedpoint.NewSource(rng.Uint64()).Stream(3, rng.Uint64(),
				fixedpoint.PurposeEncoder)
			ids, thresholds := make([]uint64, n), make([]uint64, n)
			fired, open := make([]uint64, n+1), ^uint64(0)>>rng.IntN(64)
			for i := range ids {
				ids[i] = uint64(rng.IntN(1<<20)) << 6
				thresholds[i] = []uint64{0, 1, 1<<32 - 1, 1 << 31, uint64(rng.Uint32())}[rng.IntN(5)] << 32
			}
			fired[n] = 7
			draws := set.Below(stream, open, ids, thresholds, fired[:n])
			for i := range ids {
				want, took := belowNumbers(stream, open, ids[i], thresholds[i]>>32)
				require.Equal(t, want, fired[i], "element %d of %d", i, n)
				draws -= took
			}
			require.Zero(t, draws)
			require.EqualValues(t, 7, fired[n])
		}
	})
}

// belowNumbers is Below for one element, number by number.
func belowNumbers(stream fixedpoint.Stream, open, id, threshold uint64) (fired uint64, draws int64) {
	var numbers [64]uint64
	for k := range uint64(32) {
		for t := range numbers {
			numbers[t] = numbers[t]<<1 | stream.Draw(id+k)>>t&1
		}
	}
	var needs []int64
	for t, number := range numbers {
		if open>>t&1 == 0 {
			continue
		}
		if number < threshold {
			fired |= 1 << t
		}
		need := int64(0) // bits until the number differs, or none of the threshold is left
		for k := 31; k >= 0 && threshold&(1<<(k+1)-1) != 0; k-- {
			need++
			if (number^threshold)>>k&1 == 1 {
				break
			}
		}
		needs = append(needs, need)
	}
	if len(needs) > 0 {
		draws = slices.Max(needs)
	}
	return fired, draws
}
