package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/spike"
	"adder/spike/encode"
)

// TestLevelsOf reads levels from trains of two ticks of a window and the ticks of a code,
// the first of which is the last of the window.
func TestLevelsOf(t *testing.T) {
	radix := spike.NewTrain(3, 4) // 2 ticks of a window, 3 bits
	radix.Set(1, 0)
	radix.Set(3, 0) // 101
	radix.Set(2, 2) // 010
	require.Equal(t, []int32{5, 0, 2}, LevelsOf(radix, encode.KindRadix, 3, 3))
	level := spike.NewTrain(2, 4) // 2 bits
	level.Set(1, 1)
	level.Set(2, 1)
	require.Equal(t, []int32{0, 2}, LevelsOf(level, encode.KindLevel, 2, 2))
	maximum := spike.NewTrain(4, 2) // windows of two neurons, of which the second fires
	maximum.Set(0, 1)
	maximum.Set(1, 3)
	require.Equal(t, []int32{2, 1}, LevelsOf(maximum, encode.KindRadix, 2, 2))
}
