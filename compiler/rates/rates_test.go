package rates

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/convert"
	"adder/compiler/testnets"
)

// TestRatesByHand estimates the rates of two ReLUs that see 4 and 8 times their
// input.
func TestRatesByHand(t *testing.T) {
	net := testnets.TwoReLUs(4, 8)
	c := convert.Options{Calibration: [][]float64{{0.5, 1}, {-1, 2}}, InputPeak: 0.5, Ticks: 3}
	scales := []convert.LayerScale{{Layer: "relu", Lambda: 4}}
	rates, err := Estimate(t.Context(), net, scales, c)
	require.NoError(t, err)
	require.Equal(t, []float64{0.125, 0.5}, rates.Input, "inputs are cut to 0..1")
	require.Equal(t, map[string][]float64{"relu": {0.25, 1}}, rates.Layers,
		"2 and 8, 0 and 16 against 4")
	// Two thirds of 4 are said for 2, 4 for 8 and 4 for 16.
	require.InDelta(t, (2.0/3+4+12)/(2+8+16), scales[0].RateError, 1e-12)

	scales = []convert.LayerScale{{Layer: "relu", Lambda: 16, Channels: []float64{2, 16}}}
	c.InputPeak, c.Ticks = 0, 0
	rates, err = Estimate(t.Context(), net, scales, c)
	require.NoError(t, err)
	require.Equal(t, []float64{0.25, 1}, rates.Input)
	require.Equal(t, map[string][]float64{"relu": {0.5, 0.75}}, rates.Layers)
	require.Zero(t, scales[0].RateError)

	got, err := appendRates([]int64{7}, []float64{0.5, 0, 2}, 3)
	require.NoError(t, err)
	require.Equal(t, []int64{7, Full / 2, 1, 2 * Full}, got, "no source weighs nothing")
	_, err = appendRates(nil, []float64{-1}, 1)
	require.ErrorContains(t, err, "-1 spikes per tick")
}
