package energy

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPriceUnits(t *testing.T) {
	for text, want := range map[string]float64{"47 fJ": 0.047, "2.3 pJ": 2.3, "1.5 nJ": 1500,
		"0 pJ": 0} {
		pj, err := parsePrice(text)
		require.NoError(t, err)
		require.InDelta(t, want, pj, 1e-12)
	}
}
