package hdf5

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// written is a tree of every kind of member, with a group of many links and a long string.
func written() Tree {
	many := Tree{}
	for i := range 700 {
		many[fmt.Sprintf("node %d", i)] = Text(fmt.Sprintf("text %d", i))
	}
	return Tree{
		"version": Text("1.0"), "empty": Tree{}, "many": many,
		"long":   Text(strings.Repeat("long ", 30000)),
		"nested": Tree{"deeper": Tree{"float": Floats{Values: []float32{-1.5}}}},
		"edges":  Texts{Shape: []int{2, 2}, Values: []string{"input", "a.b", "", "größer"}},
		"floats": Floats{Shape: []int{2, 3}, Values: []float32{1, -2, 3.25, 1e-30, 0, 7}},
		"ints":   Integers{Shape: []int{3}, Values: []int64{-1, 0, 1 << 40}},
		"none":   Integers{Shape: []int{0}},
	}
}

func TestWrittenFilesReadBack(t *testing.T) {
	data, err := Encode(written())
	require.NoError(t, err)
	again, err := Encode(written())
	require.NoError(t, err)
	require.Equal(t, data, again)
	f, err := New("written", bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	checkTree(t, f.Root(), written())
}

func checkTree(t *testing.T, g *Group, want Tree) {
	t.Helper()
	require.Len(t, g.Names(), len(want))
	for name, m := range want {
		if sub, ok := m.(Tree); ok {
			below, err := g.Group(name)
			require.NoError(t, err, name)
			checkTree(t, below, sub)
			continue
		}
		d, err := g.Dataset(name)
		require.NoError(t, err, name)
		switch m := m.(type) {
		case Text:
			got, err := d.Text()
			require.NoError(t, err)
			require.Equal(t, string(m), got)
		case Texts:
			got, err := d.Strings()
			require.NoError(t, err)
			require.Equal(t, m.Values, got)
			require.Equal(t, m.Shape, d.Shape())
		case Floats:
			got, err := d.Float64s()
			require.NoError(t, err)
			for i, x := range m.Values {
				require.Equal(t, float64(x), got[i])
			}
		case Integers:
			got, err := d.Int64s()
			require.NoError(t, err)
			require.ElementsMatch(t, m.Values, got)
			require.Equal(t, m.Shape, d.Shape())
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, tree := range map[string]Tree{
		"names are not empty": {"": Text("x")},
		"no '/'":              {"a/b": Text("x")},
		"is missing":          {"a": nil},
		"shape [2 2]":         {"a": Floats{Shape: []int{2, 2}, Values: []float32{1}}},
	} {
		_, err := Encode(tree)
		require.ErrorContains(t, err, name)
	}
}

// TestH5pyReadsWrittenFiles asks h5py, which shares no code with this package.
func TestH5pyReadsWrittenFiles(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import h5py").Run() != nil {
		t.Skip("h5py is not installed (Debian: python3-h5py)")
	}
	data, err := Encode(written())
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "w.h5")
	require.NoError(t, os.WriteFile(path, data, 0o644))
	out, err := exec.Command(python, "-c", `
import h5py, json, sys
f = h5py.File(sys.argv[1], "r")
e = f["edges"]
print(json.dumps({
  "names": sorted(f.keys()),
  "many": [f["many"][k][()].decode()
           for k in sorted(f["many"].keys(), key=lambda k: int(k[5:]))],
  "long": len(f["long"][()]), "edges": [[s.decode() for s in row] for row in e[()]],
  "floats": f["floats"][()].tolist(), "dtype": str(f["floats"].dtype),
  "ints": f["ints"][()].tolist(), "deep": float(f["nested/deeper/float"][()]),
  "none": list(f["none"].shape), "empty": len(f["empty"]),
  "missing": "many/node 700" in f, "there": "many/node 699" in f}))
`, path).CombinedOutput()
	require.NoError(t, err, string(out))
	var got map[string]any
	require.NoError(t, json.Unmarshal(out, &got), string(out))
	require.Len(t, got["many"], 700)
	require.Equal(t, "text 699", got["many"].([]any)[699])
	require.Equal(t, []any{"edges", "empty", "floats", "ints", "long", "many", "nested", "none",
		"version"}, got["names"])
	require.EqualValues(t, 150000, got["long"])
	require.Equal(t, []any{[]any{"input", "a.b"}, []any{"", "größer"}}, got["edges"])
	require.Equal(t, "float32", got["dtype"])
	require.Equal(t, []any{-1.0, 0.0, float64(int64(1) << 40)}, got["ints"])
	require.Equal(t, []any{[]any{1.0, -2.0, 3.25}, []any{float64(float32(1e-30)), 0.0, 7.0}},
		got["floats"])
	require.Equal(t, -1.5, got["deep"])
	require.Equal(t, []any{0.0}, got["none"])
	require.EqualValues(t, 0, got["empty"])
	require.Equal(t, false, got["missing"])
	require.Equal(t, true, got["there"])
}
