package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAddLines: what the members of sets add to the sums of their ticks is what a loop over
// single weights does, for lines of every length, for more lines than sums of 16 bits hold.
func TestAddLines(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(9, 9))
		for count := 1; count <= LineBlocks*Block; count += 1 + rng.IntN(7) {
			compareLines(t, set, rng, count, 1+rng.IntN(1500))
		}
		compareLines(t, set, rng, 70, 30_000)
	})
}

func compareLines(t *testing.T, set Set, rng *rand.Rand, count, numbers int) {
	ticks, width := 1+rng.IntN(5), (count+Block-1)&^(Block-1)
	due, stride := drawDue(rng, numbers, ticks), count+rng.IntN(9)
	lines := Lines{Weights: make([]int16, 8*width)}
	for i, w := range weightsOf(rng, len(lines.Weights)) {
		lines.Weights[i] = int16(w)
	}
	for word := range due.Words {
		for i := range 64 {
			if word%3 > 0 && rng.IntN(5) > 0 {
				lines.Put(word<<6+i, rng.IntN(8)*width)
			}
		}
	}
	sums := make([]int32, stride*ticks)
	for n := range sums {
		sums[n] = int32(rng.Uint32()) >> 4
	}
	want := slices.Clone(sums)
	for k := range ticks {
		for _, i := range Plain.List(nil, due.At(k), 0) {
			at := slices.Index(lines.Words, i>>6)
			if at < 0 || lines.Members[at]>>(i&63)&1 == 0 {
				continue
			}
			for n := range count {
				want[k*stride+n] += int32(lines.Weights[int(lines.At[at<<6+int(i&63)])<<2+n])
			}
		}
	}
	set.AddLines(sums, stride, count, &lines, due)
	require.Equal(t, want, sums, "%d neurons", count)
}
