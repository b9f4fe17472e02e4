package casefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/casefile"
	"adder/compiler/fit"
	"adder/internal/npz"
	"adder/internal/outside"
)

// TestHostileTexts are refused before the parser sees them, or by what they say.
func TestHostileTexts(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("[", 65000): "nested deeper than 32",
		"a: &a [1]\nb: [*a, *a]\n": "anchors and aliases",
		strings.Replace(two, "name:", "ticks: 4294967301\nname:", 1): "ticks: 4294967301: write " +
			"1 to 1073741823",
		strings.Replace(two, "name:", "ticks: -1\nname:", 1): "ticks: -1: write 1 to " +
			"1073741823",
	} {
		_, err := casefile.Parse([]byte(text))
		require.ErrorContains(t, err, want)
	}
}

// TestFound opens the files that were found.
func TestFound(t *testing.T) {
	folder := filepath.Join(outside.Folder(t, "finds"), "hostile")
	for file, want := range map[string]string{
		"alias_bomb_case.yaml": "anchors and aliases",
		"case_ticks_wrap.yaml": "ticks: 4294967301: write 1 to 1073741823",
	} {
		_, err := casefile.Open(filepath.Join(folder, file))
		require.ErrorContains(t, err, want)
	}
}

// TestFilesStayInTheFolder: a case that comes from elsewhere names no file of the user's.
func TestFilesStayInTheFolder(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "case")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "below"), 0o777))
	write := func(path string) {
		w, err := npz.Create(path)
		require.NoError(t, err)
		require.NoError(t, npz.Write(w, "w", []int{1, 1}, []uint8{3}))
		require.NoError(t, w.Close())
	}
	write(filepath.Join(dir, "out.npz"))
	write(filepath.Join(folder, "in.npz"))
	write(filepath.Join(folder, "below", "in.npz"))
	open := func(name string) error {
		path := filepath.Join(folder, "case.yaml")
		text := "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 2, dv: " +
			"0}]\nconnections: [{from: input, to: a, file: " + name + ", array: w, delay: 1}]\n"
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		c, err := casefile.Open(path)
		require.NoError(t, err)
		_, err = c.Network(loihi(t), fit.Widths(loihi(t)))
		return err
	}
	require.NoError(t, open("in.npz"))
	require.NoError(t, open("below/in.npz"))
	require.NoError(t, open("below/../in.npz"))
	require.ErrorContains(t, open("../out.npz"), "put the file into the folder of the case file")
	require.ErrorContains(t, open(filepath.Join(dir, "out.npz")),
		"put the file into the folder of the case file")
	if err := os.Symlink(filepath.Join(dir, "out.npz"),
		filepath.Join(folder, "link.npz")); err == nil {
		require.ErrorContains(t, open("link.npz"), "is a link out of the folder")
	}
}
