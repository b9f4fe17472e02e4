package outside_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// TestFolder: a folder that is there is returned, any other skips the test.
func TestFolder(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "mnist"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "onnx"), nil, 0o644))
	for _, c := range []struct{ name, variable, folder, want string }{
		{"there", root, "mnist", filepath.Join(root, "mnist")},
		{"no such folder", root, "nir", ""},
		{"a file", root, "onnx", ""},
		{"unset", "", "mnist", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(outside.Variable, c.variable)
			var got string
			require.True(t, t.Run("use", func(t *testing.T) { got = outside.Folder(t, c.folder) }))
			require.Equal(t, c.want, got)
		})
	}
}
