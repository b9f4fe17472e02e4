package dataset

import (
	"math/bits"
	"math/rand/v2"
)

// stream is a source of random integers for one sample. It takes only the raw
// words of PCG-DXSM, whose sequence is fixed, and reduces them itself, so that
// a seed gives the same picture in every release of Go.
type stream struct{ pcg *rand.PCG }

// newStream returns the stream of one key; other keys give unrelated streams.
func newStream(seed, key uint64) stream { return stream{rand.NewPCG(seed, key)} }

// below returns an integer in 0..n-1. Its bias is n/2^64.
func (s stream) below(n int) int {
	hi, _ := bits.Mul64(s.pcg.Uint64(), uint64(n))
	return int(hi)
}

// within returns an integer in -r..r, all equally likely.
func (s stream) within(r int) int { return s.below(2*r+1) - r }

// bell returns an integer in -r..r with most weight in the middle: the mean of
// three uniform draws, standard deviation r/3.
func (s stream) bell(r int) int {
	return (s.within(r) + s.within(r) + s.within(r)) / 3
}

// between returns an integer in lo..hi, all equally likely.
func (s stream) between(lo, hi int) int { return lo + s.below(hi-lo+1) }
