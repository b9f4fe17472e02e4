package shipped

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestNamesAndPaths(t *testing.T) {
	f := &Files{What: "recipe", Folder: "book", MaxBytes: 4, FS: fstest.MapFS{
		"book/soup.yaml": {Data: []byte("salt")}, "book/bread.yaml": {Data: []byte("rye")},
		"book/notes.txt": {},
	}}
	require.Equal(t, []string{"bread", "soup"}, f.Names())
	file, text, err := f.Read("soup")
	require.NoError(t, err)
	require.Equal(t, "soup.yaml salt", file+" "+string(text))

	own := filepath.Join(t.TempDir(), "own.yaml")
	require.NoError(t, os.WriteFile(own, []byte("too much of it"), 0o600))
	file, text, err = f.Read(own)
	require.NoError(t, err)
	require.Equal(t, own, file)
	require.Len(t, text, 5, "one byte more than may be")

	for name, want := range map[string]string{
		"cake":        `recipe "cake" is not shipped: use one of bread, soup, or the path of a .yaml file`,
		own + ".none": "give a shipped recipe (bread, soup) or an existing file",
		t.TempDir():   "is a directory",
	} {
		_, _, err := f.Read(name)
		require.ErrorContains(t, err, want)
	}
}
