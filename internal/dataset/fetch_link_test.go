package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPartsAreNoLinks: a link that stands where a part is kept leads nowhere.
func TestPartsAreNoLinks(t *testing.T) {
	dir := t.TempDir()
	other, part := filepath.Join(dir, "other"), filepath.Join(dir, "part")
	require.NoError(t, os.WriteFile(other, []byte("precious"), 0o644))
	if err := os.Symlink(other, part); err != nil {
		t.Skip("this system makes no links: ", err)
	}
	_, err := sizeOf(part)
	require.ErrorContains(t, err, "is no regular file: remove it")
	_, err = openAt(part, 3)
	require.ErrorContains(t, err, "is no regular file: remove it")
	out, err := openAt(part, 0)
	require.NoError(t, err)
	_, err = out.WriteString("new")
	require.NoError(t, err)
	require.NoError(t, out.Close())
	content, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, "precious", string(content))

	out, err = openAt(part, 2)
	require.NoError(t, err)
	_, err = out.WriteString("xt")
	require.NoError(t, err)
	require.NoError(t, out.Close())
	content, err = os.ReadFile(part)
	require.NoError(t, err)
	require.Equal(t, "next", string(content))
}
