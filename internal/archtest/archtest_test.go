package archtest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestImports holds the module to its table.
func TestImports(t *testing.T) {
	root := os.DirFS("../..")
	gomod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(gomod), "module "+Module+"\n"), "the table is that of module %s", Module)

	faults, err := Check(root, Table())
	require.NoError(t, err)
	require.Empty(t, faults, strings.Join(faults, "\n"))
}

// TestTableIsOneDirection checks that a row imports from rows above it alone, so
// that the table has no cycle, and that none stands twice.
func TestTableIsOneDirection(t *testing.T) {
	var above []string
	for _, row := range Table() {
		require.NotContains(t, above, row.Package, "two rows")
		for _, entry := range row.Imports {
			root := strings.TrimSuffix(entry, "/...")
			require.Contains(t, above, root, "%s imports %s, which must stand above it", row.Package, entry)
		}
		require.False(t, row.allows(row.Package), "%s allows itself", row.Package)
		above = append(above, row.Package)
	}
}

func TestCheck(t *testing.T) {
	table := []Row{
		{Package: "low"},
		{Package: "low/sub"},
		{Package: "mid", Imports: []string{"low"}},
		{Package: "top", Imports: []string{"mid", "low/..."}},
	}
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"allowed", "mid/a.go", `import ("fmt"; "adder/low"; "adders/other")`, nil},
		{"below", "top/a.go", `import ("adder/low"; "adder/low/sub")`, nil},
		{"upward", "low/a.go", `import "adder/mid"`,
			[]string{"low/a.go: low may not import mid: the import table allows it []"}},
		{"not below", "mid/a.go", `import ("adder/low/sub"; _ "adder/top")`, []string{
			"mid/a.go: mid may not import low/sub: the import table allows it [low]",
			"mid/a.go: mid may not import top: the import table allows it [low]"}},
		{"unknown package", "mid/deep/a.go", ``,
			[]string{"mid/deep/a.go: package mid/deep has no row in the import table: add one to internal/archtest"}},
		{"other machine", "low/a_plan9.go", `import x "adder/top"`,
			[]string{"low/a_plan9.go: low may not import top: the import table allows it []"}},
		{"test", "low/a_test.go", `import "adder/top"`, nil},
		{"testdata", "low/testdata/a.go", `import "adder/top"`, nil},
		{"hidden folder", ".cache/a.go", `import "adder/top"`, nil},
		{"no Go file", "docs/a.md", ``, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			module := fstest.MapFS{c.file: {Data: []byte("package p\n\n" + c.text + "\n")}}
			faults, err := Check(module, table)
			require.NoError(t, err)
			require.Equal(t, c.want, faults)
		})
	}
}

func TestCheckNamesABrokenFile(t *testing.T) {
	_, err := Check(fstest.MapFS{"low/a.go": {Data: []byte("pakcage low")}}, nil)
	require.ErrorContains(t, err, "read the imports of low/a.go")
}
