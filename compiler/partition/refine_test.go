package partition

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/testnets"
)

// TestRefineBringsStraysHome cuts two groups of neurons that hear two groups
// of sources, but for a few that are in the part of the others, and refines
// the cut: by swaps, since both parts are full.
func TestRefineBringsStraysHome(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	chip.Core.Neurons = 32
	net := testnets.Sparse(chip, 1, 64, 8, 8)
	w := &net.Projections[0].Weights
	w.Target, w.Value, w.Start = nil, nil, []int64{0}
	for s := range 64 {
		for target := range 64 {
			if s%2 == target%2 && (s/2+target/2)%3 == 0 {
				w.Target, w.Value = append(w.Target, int32(target)), append(w.Value, 1)
			}
		}
		w.Start = append(w.Start, int64(len(w.Target)))
	}
	c := newCutter(net, chip)
	halves := cut{}
	for i := range 2 {
		var neurons []int32
		for n := range int32(64) {
			if (n%2 == int32(i)) != (n == 10 || n == 21) {
				neurons = append(neurons, n)
			}
		}
		halves.parts = append(halves.parts,
			Part{Pieces: []Piece{{0, neurons}}, Load: c.weigh(0, neurons)})
	}
	better := c.refined(0, halves)
	require.Greater(t, axonsOf(&halves), 64)
	require.Equal(t, 64, axonsOf(&better))
	for i := range better.parts {
		require.Empty(t, better.parts[i].Load.exceeds(&chip.Core))
	}
}
