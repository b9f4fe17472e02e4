package fixedpoint

// magnitude splits x into its absolute value and a sign mask, 0 or -1. The
// absolute value is unsigned, so the most negative int64 has one too.
func magnitude(x int64) (abs uint64, sign int64) {
	sign = x >> 63
	return uint64((x ^ sign) - sign), sign
}

// withSign negates abs if the sign mask is -1.
func withSign(abs uint64, sign int64) int64 {
	return (int64(abs) ^ sign) - sign
}

// ShiftStochastic shifts the magnitude of x right by k and rounds at random: the
// k dropped bits are compared with the low k bits of draw, and the magnitude
// grows by one if the dropped bits are greater. k is 0 to 63.
//
// Rounding is unbiased: of the 2^k values of those bits, as many round away from zero as the value
// of the dropped bits. A value whose dropped bits are 0 never changes. The stochastic rounding of
// Gupta et al., "Deep Learning with Limited Numerical Precision", ICML 2015, with a comparator for
// the probability.
func ShiftStochastic(x int64, k uint, draw uint64) int64 {
	abs, sign := magnitude(x)
	k &= 63
	mask := uint64(1)<<k - 1
	dropped, drawn := abs&mask, draw&mask
	// Both are below 2^63, so the borrow of drawn-dropped is its top bit.
	away := (drawn - dropped) >> 63
	return withSign(abs>>k+away, sign)
}
