package ir

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
)

// TestDrawByThePage holds draws to the vector of docs/neurocore.md.
func TestDrawByThePage(t *testing.T) {
	require.Equal(t, uint64(0x248fe845a8bebab9), draw(0, 59999, 313599, 349, forPost))
}

// TestDrawIsThatOfTheHardware: two readings of section 8 are one function, and so are
// their roundings.
func TestDrawIsThatOfTheHardware(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint64()
		seed, sample, id, tick := u.Draw(t, "seed"), u.Draw(t, "sample"), u.Draw(t, "id"), u.Draw(t,
			"tick")
		p := rapid.ByteRange(1, 9).Draw(t, "purpose")
		d := draw(seed, sample, id, tick, purpose(p))
		require.Equal(t, fixedpoint.NewSource(seed).Draw(sample, id, tick, fixedpoint.Purpose(p)),
			d)
		x, k := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "x"), rapid.UintRange(0, 40).Draw(t,
			"shift")
		require.Equal(t, fixedpoint.ShiftStochastic(x, k, d), stoch(x, k, d))
	})
}

// TestDigitsAreThoseOfTheHardware: factors limited to some digits.
func TestDigitsAreThoseOfTheHardware(t *testing.T) {
	for f := range uint16(4097) {
		for digits := range 9 {
			d, err := fixedpoint.NewDecay(f, digits)
			require.NoError(t, err)
			require.EqualValues(t, d.Factor(), applied(f, digits), "factor %d, %d digits", f,
				digits)
		}
	}
}
