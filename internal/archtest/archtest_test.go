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
	require.True(t, strings.HasPrefix(string(gomod), "module "+Module+"\n"),
		"the table is that of module %s", Module)

	faults, err := Check(root, Table())
	require.NoError(t, err)
	require.Empty(t, faults, strings.Join(faults, "\n"))
}

// TestFiles holds the lists of files in package docs to the files.
func TestFiles(t *testing.T) {
	faults, err := CheckFiles(os.DirFS("../.."))
	require.NoError(t, err)
	require.Empty(t, faults, strings.Join(faults, "\n"))
}

func TestCheckFiles(t *testing.T) {
	many := map[string]string{}
	for _, c := range "abcdefghijklm" {
		many[string(c)+".go"] = ""
	}
	for _, c := range []struct {
		name, doc string
		files     map[string]string
		want      []string
	}{
		{"few files, no list", "Package p is small; a.go is its file.", map[string]string{
			"a.go": "", "b.go": ""}, nil},
		{"many files, no list", "Package p is large.", many, []string{
			"p: its doc does not list its files: one line each, indented, the name and what it " +
				"is about"}},
		{"complete", "Package p. See c.go.\n\n\ta.go, b_*.go   both\n", map[string]string{
			"a.go": "", "b_x.go": "", "b_y.go": "", "c.go": "", "a_test.go": ""}, nil},
		{"one too few, one too many", "Package p.\n\n\ta.go   one\n\tc.go   none\n",
			map[string]string{"a.go": "", "b.go": ""}, []string{
				"p: its doc lists c.go, which is not there",
				"p: its doc lists files, and b.go is not among them"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var doc strings.Builder
			for line := range strings.SplitSeq(c.doc, "\n") {
				doc.WriteString(strings.TrimRight("// "+line, " ") + "\n")
			}
			text := strings.ReplaceAll(doc.String(), "// \t", "//\t")
			module := fstest.MapFS{"p/doc.go": {Data: []byte(text + "package p\n")}}
			for name := range c.files {
				module["p/"+name] = &fstest.MapFile{Data: []byte("package p\n")}
			}
			faults, err := CheckFiles(module)
			require.NoError(t, err)
			require.Equal(t, c.want, faults)
		})
	}
}

// TestTableIsOneDirection checks that a row imports from rows above it alone, so
// that the table has no cycle, and that none stands twice.
func TestTableIsOneDirection(t *testing.T) {
	var above []string
	for _, row := range Table() {
		require.NotContains(t, above, row.Package, "two rows")
		for _, granted := range row.Imports {
			require.Contains(t, above, granted, "%s imports %s, which must stand above it",
				row.Package, granted)
		}
		above = append(above, row.Package)
	}
}

func TestCheck(t *testing.T) {
	table := []Row{
		{Package: "low"},
		{Package: "low/sub"},
		{Package: "mid", Imports: []string{"low"}},
		{Package: "top", Imports: []string{"low", "low/sub", "mid"}},
	}
	rows := map[string]Row{}
	for _, row := range table {
		rows[row.Package] = row
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
		{"the module's own", "low/a.go", `import "adder"`,
			[]string{"low/a.go: low may not import .: the import table allows it []"}},
		{"unknown package", "mid/deep/a.go", ``,
			[]string{"mid/deep/a.go: package mid/deep has no row in the import table: add one to " +
				"internal/archtest"}},
		{"other machine", "low/a_plan9.go", `import x "adder/top"`,
			[]string{"low/a_plan9.go: low may not import top: the import table allows it []"}},
		{"test", "low/a_test.go", `import "adder/top"`, nil},
		{"testdata", "low/testdata/a.go", `import "adder/top"`, nil},
		{"hidden folder", ".cache/a.go", `import "adder/top"`, nil},
		{"no Go file", "docs/a.md", ``, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			module := fstest.MapFS{c.file: {Data: []byte("package p\n\n" + c.text + "\n")}}
			faults, _, err := checkImports(module, rows)
			require.NoError(t, err)
			require.Equal(t, c.want, faults)
		})
	}
}

// TestIdleGrants: a table with rows and grants that nobody uses is refused, rooms are
// not until their packages come.
func TestIdleGrants(t *testing.T) {
	module := fstest.MapFS{
		"low/a.go":      {Data: []byte("package low")},
		"mid/a.go":      {Data: []byte("package mid\nimport \"adder/low\"")},
		"top/a.go":      {Data: []byte("package top\nimport \"adder/mid\"")},
		"top/b_test.go": {Data: []byte("package top\nimport \"adder/low\"")},
		"top/b.go":      {Data: []byte("package top")},
	}
	low, mid := Row{Package: "low"}, Row{Package: "mid", Imports: []string{"low"}}
	for name, c := range map[string]struct {
		rows []Row
		want []string
	}{
		"all used": {[]Row{{Package: "top", Imports: []string{"mid"}}}, nil},
		"by a test alone": {[]Row{{Package: "top", Imports: []string{"low", "mid"}}},
			[]string{
				"top is granted low, which no file of it imports: strike it from the import table"}},
		"room": {[]Row{{Package: "hall", Imports: []string{"low"}, Room: true},
			{Package: "top", Imports: []string{"mid"}}}, nil},
		"no package": {[]Row{{Package: "hall"}, {Package: "top", Imports: []string{"mid"}}},
			[]string{"the import table has a row for hall, which is no package: strike it, or " +
				"mark it as a room"}},
		"room that is taken": {[]Row{{Package: "top", Imports: []string{"low", "mid"}, Room: true}},
			[]string{"package top has come: its row in the import table is no room any more"}},
	} {
		t.Run(name, func(t *testing.T) {
			faults, err := Check(module, append([]Row{low, mid}, c.rows...))
			require.NoError(t, err)
			require.Equal(t, c.want, faults)
		})
	}
}

func TestCheckNamesABrokenFile(t *testing.T) {
	_, err := Check(fstest.MapFS{"low/a.go": {Data: []byte("pakcage low")}}, nil)
	require.ErrorContains(t, err, "read the imports of low/a.go")
}
