package wholefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// link makes a link, or skips the test where there are none.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip("this system makes no links: ", err)
	}
}

// TestDanglingLinks are followed to the file that is not there yet.
func TestDanglingLinks(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "below"), 0o777))
	first, second, file := filepath.Join(dir, "first"), filepath.Join(dir, "below",
		"second"), filepath.Join(dir, "file")
	link(t, filepath.Join("below", "second"), first)
	link(t, filepath.Join("..", "file"), second)
	require.NoError(t, Check(first))
	require.NoFileExists(t, file)
	require.NoError(t, Write(first, text("new")))
	require.Equal(t, "new", content(t, file))
	for _, path := range []string{first, second} {
		info, err := os.Lstat(path)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeSymlink)
	}
	circle := filepath.Join(dir, "circle")
	link(t, circle, circle)
	require.ErrorContains(t, Write(circle, text("x")), "in a circle")
	require.ErrorContains(t, Check(circle), "in a circle")
}

// TestPermissionsStay: a file that is private stays so.
func TestPermissionsStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	before, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, Write(path, text("new")))
	after, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, before.Mode(), after.Mode())
}

func TestLongNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if f, err := os.Create(path); err != nil {
		t.Skip("this system's names are shorter: ", err)
	} else {
		require.NoError(t, f.Close())
	}
	require.NoError(t, Check(path))
	require.NoError(t, Write(path, text("new")))
	require.Equal(t, "new", content(t, path))
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	require.NoError(t, Check(path))
	require.Empty(t, listed(t, dir))
	require.ErrorIs(t, Check(filepath.Join(dir, "none", "a")), os.ErrNotExist)
	require.NoError(t, Check(os.DevNull))
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	require.NoError(t, Check(path))
	if os.Link(path, filepath.Join(dir, "b")) == nil {
		require.ErrorContains(t, Check(path), "2 names (hard links)")
	}
}

// TestSweep removes what killed writers left, and nothing that is being written.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, prefix+"1-0"+suffix)
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o644))
	f, err := os.Open(left)
	require.NoError(t, err)
	known := free(f)
	require.NoError(t, f.Close())
	if !known {
		t.Skip("this system does not say who writes a file")
	}
	writing, err := Create(filepath.Join(dir, "a"))
	require.NoError(t, err)
	defer writing.Abort()
	sweep(dir, time.Now().Add(-time.Minute))
	require.FileExists(t, left, "it is young")
	sweep(dir, time.Now().Add(time.Minute))
	require.NoFileExists(t, left)
	require.NoError(t, text("whole")(writing))
	require.NoError(t, writing.Commit())
	require.Equal(t, []string{"a"}, listed(t, dir))
}

// TestCheckTakesFolders: files are written into a folder that is there, whatever it holds.
func TestCheckTakesFolders(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "below"), 0o777))
	require.NoError(t, Check(dir))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left of the try")
}
