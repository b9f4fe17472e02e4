package chip

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/router"
)

// TestMovedFeedsKnowAllSources: a feed of one run becomes a table when its entries are moved,
// and the last of its sources, whom nobody hears, spike as well.
func TestMovedFeedsKnowAllSources(t *testing.T) {
	f := feed{sources: 12}
	f.form([]router.Run{{Count: 8}})
	require.NotNil(t, f.runs)
	f.move([]int32{7, 6, 5, 4, 3, 2, 1, 0})
	require.Nil(t, f.runs)
	for s := range int32(12) {
		if s < 8 {
			require.Equal(t, []int32{7 - s}, slices.Clone(f.of(s)))
			continue
		}
		require.Empty(t, f.of(s))
	}
}
