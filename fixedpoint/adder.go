package fixedpoint

// Limit returns the largest magnitude of a symmetric signed register of the given
// width, 2^(bits-1)-1. bits is 1 to 64; Limit(1) is 0.
func Limit(bits uint) int64 {
	return int64(1)<<(bits-1) - 1
}

// Saturate clips x to [-Limit(bits), Limit(bits)] and reports whether it clipped.
// The range is symmetric, so negating a saturated value never overflows: the most
// negative two's complement code is not used. bits is 1 to 64.
func Saturate(x int64, bits uint) (int64, bool) {
	limit := Limit(bits)
	if x > limit {
		return limit, true
	}
	if x < -limit {
		return -limit, true
	}
	return x, false
}

// Wrap keeps the low bits of x and sign-extends them: the value of a two's complement register of
// that width after x is written to it. bits is 1 to 64.
func Wrap(x int64, bits uint) int64 {
	unused := (64 - bits) & 63
	return x << unused >> unused
}
