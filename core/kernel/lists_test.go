package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSumLists: the sums of lists are those of a loop over single weights, for every width and
// for lists from none to more rows than 16 bits hold the sum of.
func TestSumLists(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(9, 9))
		for width := range 300 {
			rows := &Rows{Weights: weightsOf(rng, width+3000)}
			for range 40 {
				rows.Offsets = append(rows.Offsets, uint32(rng.IntN(3000)))
			}
			var list, ends []int32
			ticks, stride := 1+rng.IntN(4), width+rng.IntN(4)
			for range ticks {
				for range []int{0, 1, 13, 255, 256, 300}[rng.IntN(6)] {
					list = append(list, int32(rng.IntN(40)))
				}
				ends = append(ends, int32(len(list)))
			}
			sums, want := make([]int32, stride*ticks), make([]int32, stride*ticks)
			from := int32(0)
			for k, end := range ends {
				for n := range stride {
					sums[k*stride+n] = 7
					if want[k*stride+n] = 7; n < width {
						want[k*stride+n] = 0
					}
				}
				for _, i := range list[from:end] {
					for n := range width {
						want[k*stride+n] += int32(uint8(rows.Weights[int(rows.Offsets[i])+n]) ^ 128)
					}
				}
				from = end
			}
			set.SumLists(sums, stride, width, rows, list, ends)
			require.Equal(t, want, sums, "%d neurons", width)
		}
	})
}
