//go:build amd64 && !purego

package kernel

import "adder/fixedpoint"

// draws draws for the first ids and returns how many.
func (s Set) draws(stream fixedpoint.Stream, base uint64, ids, draws []uint64) int {
	n, state := len(ids), stream.State()
	switch {
	case s == AVX512 && n > 0:
		_ = draws[n-1]
		drawAVX512(&draws[0], &ids[0], n, base, &state[0])
		return n
	case s == AVX2 && n >= 4:
		n &^= 3
		_ = draws[n-1]
		drawAVX2(&draws[0], &ids[0], n, base, &state[0])
		return n
	}
	return 0
}

// below compares for all elements or for none.
func (s Set) below(stream fixedpoint.Stream, open uint64, ids, thresholds,
	fired []uint64) (draws int64, ok bool) {
	if s != AVX512 || len(ids) == 0 {
		return 0, false
	}
	n, state := len(ids), stream.State()
	_, _ = thresholds[n-1], fired[n-1]
	return int64(belowAVX512(&fired[0], &ids[0], &thresholds[0], n, open, &state[0])), true
}
