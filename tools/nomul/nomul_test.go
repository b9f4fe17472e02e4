package nomul

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"
)

// TestAnalyzer runs the pass over testdata, whose comments say what is refused.
func TestAnalyzer(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the standard library")
	}
	a := New()
	require.NoError(t, a.Flags.Set("packages", "allowed, refused"))
	require.NoError(t, a.Flags.Set("assembly", "allowed/assembly"))
	// Together, so that what they import is read once.
	analysistest.Run(t, analysistest.TestData(), a,
		"allowed",
		"allowed/assembly",
		"unguarded",
		"refused/operators",
		"refused/reals",
		"refused/multipliers",
		"refused/imports",
		"refused/carrier",
		"refused/reached",
		"refused/unreadable",
		"refused/assembly")
}

func TestImportFlag(t *testing.T) {
	c := &checker{guarded: []string{"m/core"}, imports: split("fmt, math/bits,lib/v2/...,")}
	for path, want := range map[string]bool{
		"fmt": true, "fmt/sub": false, "math": false, "math/bits": true,
		"lib": false, "lib/v2": true, "lib/v2/queue": true, "lib/v22": false,
		"m/core": true, "m/core/sub": true, "m/corelib": false, "": false,
	} {
		require.Equal(t, want, c.allowed(path), path)
	}
}

func TestDefaultsAreLists(t *testing.T) {
	require.Equal(t, []string{"adder/fixedpoint", "adder/core", "adder/router"},
		split(DefaultPackages))
	require.Contains(t, split(DefaultImports), "math/bits")
	require.NotContains(t, split(DefaultImports), "math")
	require.Equal(t, []string{"adder/core/kernel"}, split(DefaultAssembly))
}
