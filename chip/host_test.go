package chip

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/layout"
)

// TestHostCurrentsAtTheirBounds rounds to nearest, halves away from zero, and
// clips products that neither 32 nor 64 bits hold.
func TestHostCurrentsAtTheirBounds(t *testing.T) {
	const full = math.MaxInt32
	for _, c := range []struct {
		weight     int16
		level, top int32
		exponent   int8
		want       int32
		why        string
	}{
		{1, 1, 1, 30, 1 << 30, "fits"},
		{1, 1, 1, 31, full, "a bit too large"},
		{-1, 1, 1, 31, -full, "a bit too large"},
		{32767, full, full, 16, 32767 << 16, "46 bits and 16 more"},
		{32767, full, full, 17, full, "64 bits with the sign"},
		{32767, full, full, 31, full, "77 bits"},
		{-32768, full, full, 31, -full, "78 bits"},
		{32767, full, full, -31, 0, "divided by 62 bits"},
		{1, 1, 2, 0, 1, "a half"},
		{-1, 1, 2, 0, -1, "a half"},
		{1, 1, 2, -1, 0, "a quarter"},
		{-3, 1, 2, -1, -1, "three quarters"},
	} {
		img := &layout.Image{Host: &layout.HostLayer{Weights: []int16{c.weight},
			WeightExp: c.exponent}}
		got, macs := (&Chip{image: img}).hostCurrents(&Sample{Levels: []int32{c.level},
			MaxLevel: c.top})
		require.Equal(t, []int32{c.want}, got, "%+v", c)
		require.EqualValues(t, 1, macs)
	}
}
