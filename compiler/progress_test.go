package compiler

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/layout"
)

// TestProgress: what is done never shrinks, and calibration tells of every
// sample.
func TestProgress(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	var stages []string
	heard, last := 0, -1.0
	_, err = Compile(context.Background(), perceptron(2, 3, 4), Options{
		Chip: chip, Encoder: layout.Encoder{Kind: "rate", Ticks: 8},
		Conversion: convert.Options{Calibration: [][]float64{{1, 1}, {0, 1}, {1, 0}}},
		Progress: func(pass string, done float64) {
			require.GreaterOrEqual(t, done, last)
			require.Less(t, done, 1.0)
			last = done
			heard++
			if len(stages) == 0 || stages[len(stages)-1] != pass {
				stages = append(stages, pass)
			}
		},
	})
	require.NoError(t, err)
	var names []string
	for i := range passes {
		names = append(names, passes[i].name)
	}
	require.Equal(t, names, stages)
	require.Equal(t, len(passes)+3, heard)
}
