package quantise

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestConstants fixes the constants of the published experiment, and a few more.
func TestConstants(t *testing.T) {
	c := NewConstants(255, 65280)
	require.EqualValues(t, 3315, c.Level("threshold", 13))
	require.EqualValues(t, 13, c.Level("theta per win", 0.05))
	require.EqualValues(t, 165446, c.LevelFraction("theta fall", 0.0099))
	require.EqualValues(t, 4055, c.Leak("membrane", 100))
	require.EqualValues(t, 4096, c.Leak("none", 0))
	require.EqualValues(t, 23, c.Shift("theta", 1e7))
	require.EqualValues(t, 0, c.Shift("none", 0))
	require.EqualValues(t, 4, c.Shift("traces", 20))
	require.EqualValues(t, 12, c.Length("box", 12.4))
	require.EqualValues(t, 13, c.Offset("offset", 0.05))
	require.EqualValues(t, 7, c.Rate("potentiation", 1e-2))
	require.EqualValues(t, 240<<7, c.Inhibition("inhibition", 120))
	require.EqualValues(t, 5117952, c.SumTarget("sum", 78.4))
	require.EqualValues(t, 1275*1275, c.LengthTarget("length", 5))
	require.EqualValues(t, 16256, c.SquareStep("step", 0.25))

	type row struct {
		name, register string
		have, error    float64
	}
	var rows []row
	for _, k := range c.List() {
		rows = append(rows, row{k.Name, k.Register, round(k.Have, 3), round(k.Error(), 5)})
	}
	require.Equal(t, []row{
		{"threshold", "3315", 13, 0},
		{"theta per win", "13", 0.051, 0.01961},
		{"theta fall", "165446/65536", 0.01, 0},
		{"membrane", "4055/4096", 99.402, -0.00598},
		{"theta", "x >> 23", 8388607.5, -0.16114},
		{"traces", "x >> 4", 15.495, -0.22527},
		{"box", "12", 12, -0.03226},
		{"offset", "13", 0.051, 0.01961},
		{"potentiation", "2^-7", 0.008, -0.21875},
		{"inhibition", "240 << 7", 120.471, 0.00392},
		{"sum", "5117952", 78.4, 0},
		{"length", "1625625 = length squared", 5, 0},
		{"step", "16256", 0.25, -0.00002},
	}, rows)
}

// round keeps so many decimals.
func round(x float64, decimals int) float64 {
	unit := math.Pow(10, float64(decimals))
	return math.Round(x*unit) / unit
}

// TestConstantsStayClose draws constants and bounds what integers do to them.
func TestConstantsStayClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewConstants(255, 65280)
		c.Level("level", rapid.Float64Range(1, 1000).Draw(t, "level"))
		c.Inhibition("inhibition", rapid.Float64Range(1, 2000).Draw(t, "inhibition"))
		c.Leak("leak", rapid.Float64Range(2, 300).Draw(t, "leak"))
		c.Rate("rate", rapid.Float64Range(1e-4, 0.5).Draw(t, "rate"))
		c.Shift("shift", rapid.Float64Range(8, 1e8).Draw(t, "shift"))
		bounds := []float64{0.5 / 255, 1. / 128, 0.04, 0.415, 0.43}
		for i, k := range c.List() {
			require.LessOrEqual(t, math.Abs(k.Error()), bounds[i], k.Name)
		}
	})
}
