package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func listed(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func text(words string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, words)
		return err
	}
}

func TestFilesAreWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	require.NoError(t, Write(path, text("one")))
	failed := errors.New("the pen broke")
	require.ErrorIs(t, Write(path, func(w io.Writer) error {
		_ = text("half")(w)
		return failed
	}), failed)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "one", string(content))

	require.NoError(t, Write(path, text("two")))
	content, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "two", string(content))
	require.Equal(t, []string{"a.txt"}, listed(t, dir))
}

// Two writers of one file do not meet before their renames.
func TestAbortAndCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	first, err := Create(path)
	require.NoError(t, err)
	second, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, text("first")(first))
	second.Abort()
	require.NoFileExists(t, path)
	require.NoError(t, first.Commit())
	first.Abort()
	require.ErrorIs(t, first.Commit(), os.ErrClosed)
	require.Equal(t, []string{"a.txt"}, listed(t, dir))
}

func TestFoldersThatDoNotTakeAFile(t *testing.T) {
	dir := t.TempDir()
	_, err := Create(filepath.Join(dir, "none", "a.txt"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "a.txt")
	require.Error(t, Write(dir, text("a folder has this name")))
	require.Empty(t, listed(t, dir))
	parent := filepath.Dir(dir)
	for _, name := range listed(t, parent) {
		require.False(t, strings.HasPrefix(name, prefix), name)
	}
}

// Files are for everyone whom the user's mask lets read them, as files are.
func TestPermissionsFollowTheMask(t *testing.T) {
	dir := t.TempDir()
	plain, whole := filepath.Join(dir, "plain"), filepath.Join(dir, "whole")
	f, err := os.Create(plain)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, Write(whole, text("")))
	a, err := os.Stat(plain)
	require.NoError(t, err)
	b, err := os.Stat(whole)
	require.NoError(t, err)
	require.Equal(t, a.Mode(), b.Mode())
}

// TestLinksAndDevicesStay writes through a link and to a device.
func TestLinksAndDevicesStay(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.txt"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o644))
	if err := os.Symlink(file, link); err != nil {
		t.Skip("this system makes no links: ", err)
	}
	require.NoError(t, Write(link, text("new")))
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "new", string(content))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)

	before, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.NoError(t, Write(os.DevNull, text("nothing")))
	f, err := Create(os.DevNull)
	require.NoError(t, err)
	f.Abort()
	after, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.Equal(t, before.Mode(), after.Mode())
	require.Equal(t, []string{"a.txt", "link"}, listed(t, dir))
}
