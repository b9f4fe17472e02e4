// Package random draws the random numbers of trainings in floating point: the same in every release
// of Go.
package random

import (
	"math/bits"
	"math/rand/v2"
)

// Purposes of random draws.
const (
	Weights = iota
	Order
)

// Draws is a source of random numbers for one purpose. It takes only the raw
// words of PCG-DXSM, whose sequence is fixed, and reduces them itself, so that
// a seed gives the same network in every release of Go.
type Draws struct{ pcg *rand.PCG }

// New returns the draws for the given purpose and layer or epoch.
func New(seed uint64, purpose, index int) Draws {
	return Draws{rand.NewPCG(seed, uint64(purpose)<<32|uint64(index))}
}

// below returns an integer in 0..n-1. Its bias is n/2^64.
func (d Draws) below(n int) int {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(hi)
}

// Symmetric returns a number uniform in -bound..bound.
func (d Draws) Symmetric(bound float64) float32 {
	unit := float64(d.pcg.Uint64()>>11) / (1 << 53)
	return float32((float64(2*unit) - 1) * bound)
}

// Shuffle sets order to a random permutation of 0..len(order)-1.
func Shuffle(order []int, d Draws) {
	for i := range order {
		j := d.below(i + 1)
		order[i] = order[j]
		order[j] = i
	}
}
