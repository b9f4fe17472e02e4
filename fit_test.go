package adder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder"
)

// TestFit: the cores of a network that fits are those of its image, and chips that are for fit
// alone say so.
func TestFit(t *testing.T) {
	path, remove := model()
	defer remove()
	fits, err := adder.Fit(t.Context(), path, adder.FitOptions{Chips: []string{"adder", "odin"}})
	require.NoError(t, err)
	require.Len(t, fits, 2)
	require.True(t, fits[0].Fits)
	require.Equal(t, digitsImage(t).Cores(), *fits[0].Cores)
	require.True(t, fits[0].Exact)
	require.False(t, fits[1].Fits)
	require.False(t, fits[1].Exact)
	for _, l := range fits[1].Limits {
		require.NotEmpty(t, l.Help)
	}
	_, err = adder.Fit(t.Context(), "m.txt", adder.FitOptions{})
	require.ErrorContains(t, err, "a model ends in .onnx, .nir or .snn")
	_, err = adder.Fit(t.Context(), path, adder.FitOptions{Chips: []string{"none"}})
	require.ErrorContains(t, err, "not shipped")
}
