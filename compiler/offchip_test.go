package compiler

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/layout"
)

// TestWeightsOutsideOfTheChip: a memory outside of the chip holds the rows of all cores, each
// from a whole word on; what is more does not fit, and is named with its need.
func TestWeightsOutsideOfTheChip(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	chip := *adder
	chip.Core.Neurons, chip.Weights.SharedRows, chip.Weights.PlasticBits = 16, false, 0
	compile := func(memory int64) (*Result, error) {
		chip.OffChip = &profile.OffChip{Memory: memory, Word: 64}
		chip.Core.SynapseMemory = memory
		samples := make([][]float64, 4)
		for i := range samples {
			samples[i] = []float64{0.1, 0.5, 0.9, float64(i) / 4, 1}
		}
		return Compile(t.Context(), perceptron(5, 40, 3), Options{Chip: &chip, WeightBits: 8,
			Conversion: convert.Options{Calibration: samples},
			Encoder:    layout.Encoder{Kind: "rate", Ticks: 8}})
	}
	// 5 rows of 14, 13 and 13 bytes, and 40 of 3: 2, 2, 2 and 1 words of 64 bits
	const need = (5*(2+2+2) + 40) * 64
	made, err := compile(need)
	require.NoError(t, err)
	require.Len(t, made.Image.Cores, 4)
	for _, placed := range made.Image.Cores {
		require.EqualValues(t, 64, placed.Config.Widths.OffChip)
	}
	_, err = compile(need - 64)
	var misfit *fit.Error
	require.True(t, errors.As(err, &misfit), "%v", err)
	require.Equal(t, fit.LimitOffChip, misfit.Limits[0].Limit)
	require.EqualValues(t, need, misfit.Limits[0].Need)
	require.EqualValues(t, need-64, misfit.Limits[0].Have)
}
