package encode

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/spike"
)

func TestDirectLevels(t *testing.T) {
	for bits := 1; bits <= maxBits; bits++ {
		e := mustNew(t, Config{Kind: KindDirect, Bits: bits}).(*Direct)
		require.EqualValues(t, math.Pow(2, float64(bits))-1, e.MaxLevel())
		got := make([]int32, levels)
		e.Levels(allValues(), got)
		for x, level := range got {
			want := math.Round(float64(x) * float64(e.MaxLevel()) / fullScale)
			require.EqualValues(t, want, level, "%d bits, x = %d", bits, x)
		}
	}
	e := mustNew(t, Config{Kind: KindDirect}).(*Direct)
	require.Panics(t, func() { e.Levels(make([]uint8, 3), make([]int32, 2)) })
}

func TestDirectHasNoSpikes(t *testing.T) {
	out := spike.NewTrain(3, 3)
	out.Set(1, 1)
	mustNew(t, Config{Kind: KindDirect}).Encode(0, allValues(), out)
	require.Zero(t, out.Count())
	require.Equal(t, 256, out.Sources())
	require.Equal(t, 32, out.Ticks())
}
