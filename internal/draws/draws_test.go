package draws

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Less holds for its test alone, and never leaves a property without a draw.
func TestLess(t *testing.T) {
	count := func(t *testing.T) int {
		n := 0
		rapid.Check(t, func(*rapid.T) { n++ })
		return n
	}
	all := count(t)
	require.Equal(t, all, Number())
	t.Run("a fifth", func(t *testing.T) {
		Less(t, 5)
		require.Equal(t, max(all/5, 1), count(t))
	})
	t.Run("one", func(t *testing.T) {
		Less(t, 1e6)
		require.Equal(t, 1, count(t))
		require.Equal(t, 1, Number())
	})
	require.Equal(t, all, count(t))
}
