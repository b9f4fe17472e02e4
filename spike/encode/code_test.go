package encode

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/spike"
)

func TestQuantiserRoundsAsONNXDoes(t *testing.T) {
	q := Quantiser{Bits: 3, Scale: 0.5, Zero: 2}
	for u, want := range map[float64]int32{
		0: 2, 0.5: 3, 0.25: 2, 0.75: 4, 1.25: 4, -0.25: 2, -0.75: 0, -1: 0, -9: 0, 2.5: 7, 2.75: 7,
		9:           7,
		math.Inf(1): 7, math.Inf(-1): 0, // and ties to even, before the zero is added
	} {
		require.Equal(t, want, q.Level(u), "level of %g", u)
	}
	require.EqualValues(t, 2, q.Level(math.NaN()))
	require.EqualValues(t, 7, q.Top())
}

// TestCodesOfAllLevels decodes what is sent: radix by doubling, level by counting.
func TestCodesOfAllLevels(t *testing.T) {
	for _, test := range []struct {
		kind    string
		radix   int32
		counted int32
	}{{KindRadix, 2, 5}, {KindLevel, 1, 31}} {
		e := mustNew(t, Config{Kind: test.kind, Bits: 5}).(*Coded)
		require.EqualValues(t, test.counted, e.Config().Ticks)
		levels := make([]int32, 32)
		for a := range levels {
			levels[a] = int32(a)
		}
		out := spike.NewTrain(3, 70)
		e.EncodeLevels(levels, out)
		require.Equal(t, 32, out.Sources())
		for a := range levels {
			v := int32(0)
			for tick := range out.Ticks() {
				v *= test.radix
				if out.Get(tick, a) {
					v++
				}
			}
			require.EqualValues(t, a, v, "%s", test.kind)
		}
	}
}

func TestLevelsOfBytes(t *testing.T) {
	e := mustNew(t, Config{Kind: KindRadix, Bits: 4}).(*Coded)
	x, levels := allValues(), make([]int32, 256)
	e.Levels(x, levels)
	for v, level := range levels {
		require.EqualValues(t, (v*15+127)/255, level, "byte %d: no byte lies halfway", v)
	}
	fromBytes, fromLevels := new(spike.Train), new(spike.Train)
	require.Equal(t, Work{}, e.Encode(0, x, fromBytes))
	e.EncodeLevels(levels, fromLevels)
	require.True(t, fromBytes.Equal(fromLevels))
	require.Panics(t, func() { e.Levels(x, levels[1:]) })
}

func TestCodeRefused(t *testing.T) {
	for want, c := range map[string]Config{
		"encoder radix: 32 ticks for 4 bits: it takes 4, which follow from the code": {
			Kind: KindRadix, Ticks: 32},
		"encoder level: 4 ticks for 4 bits: it takes 15": {
			Kind: KindLevel, Ticks: 4},
		"encoder radix: 17 bits: want 1 to 16": {
			Kind: KindRadix, Bits: 17},
		"encoder radix: -1 bits: want 1 to 16": {
			Kind: KindRadix, Bits: -1},
		"encoder level: a zero of 16: want 0 to 15": {
			Kind: KindLevel, Zero: 16},
		"encoder radix: a zero of -1: want 0 to 15": {
			Kind: KindRadix, Zero: -1},
		"encoder radix: a scale of -0.5: want more than 0": {
			Kind: KindRadix, Scale: -0.5},
		"encoder rate: a scale of 1 and a zero of 0: radix and level alone": {
			Kind: KindRate, Scale: 1},
	} {
		_, err := New(c)
		require.ErrorContains(t, err, want)
	}
	last := mustNew(t, Config{Kind: KindLevel, Bits: 16})
	require.Equal(t, 65535, last.Config().Ticks)
	require.InDelta(t, 1, last.Peak(), 1e-9)
}

// TestLevelsStayInside draws settings: a level is within its bits, and no lower for a
// larger number.
func TestLevelsStayInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Quantiser{Bits: rapid.IntRange(1, 16).Draw(t, "bits"),
			Scale: rapid.Float64Range(1e-6, 1e6).Draw(t, "scale")}
		q.Zero = rapid.IntRange(0, int(q.Top())).Draw(t, "zero")
		u, more := rapid.Float64().Draw(t, "u"), rapid.Float64Min(0).Draw(t, "more")
		a, b := q.Level(u), q.Level(u+more)
		require.GreaterOrEqual(t, a, int32(0))
		require.LessOrEqual(t, b, q.Top())
		require.LessOrEqual(t, a, b)
		require.EqualValues(t, q.Zero, q.Level(0))
	})
}
