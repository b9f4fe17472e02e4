package bench

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
)

// TestEnergyPage: docs/energy.md lists every event that a table may price.
func TestEnergyPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "energy.md"))
	require.NoError(t, err)
	for _, e := range energy.Events() {
		require.Contains(t, string(page), "`"+e.Name+"`")
	}
}
