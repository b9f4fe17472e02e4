// Package archtest owns the import table: which packages of this module may import which. Data flow
// in one direction, from a trained network to an image to a running chip to a report, and so do
// imports. The package is data with a check, and imports no other package of the module.
//
// An import that is allowed and that no file has is an error. A room is a row for a package that
// does not exist yet.
//
// Test files are exempt.
package archtest

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the path all of our imports begin with.
const Module = "adder"

// Row is a package and the packages of the module that it may import. Paths are relative to the
// module; its root package is ".".
type Row struct {
	Package string
	Imports []string
	// Room marks a row whose package does not exist yet.
	Room bool
}

// Check reads the imports of every Go file below the module's root, files for other
// machines included and tests aside, and returns a line for each that the table does
// not allow, in the order of the files, and then one for each row without a package and
// each grant that no file uses, in the order of the table.
func Check(module fs.FS, table []Row) ([]string, error) {
	rows := map[string]Row{}
	for _, row := range table {
		rows[row.Package] = row
	}
	faults, used, err := checkImports(module, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range table {
		faults = append(faults, used.idle(row)...)
	}
	return faults, nil
}

// checkImports checks the files against the rows, and records their use of them.
func checkImports(module fs.FS, rows map[string]Row) (faults []string, used usage, err error) {
	used = usage{}
	err = fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return enter(module, name)
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		imports, err := ours(module, name)
		if err != nil {
			return err
		}
		used.note(path.Dir(name), imports)
		faults = append(faults, judge(rows, name, imports)...)
		return nil
	})
	return faults, used, err
}

// usage is the imports of each package.
type usage map[string]map[string]bool

func (u usage) note(pkg string, imports []string) {
	if u[pkg] == nil {
		u[pkg] = map[string]bool{}
	}
	for _, imported := range imports {
		u[pkg][imported] = true
	}
}

// idle returns the parts of a row that are not used.
func (u usage) idle(row Row) []string {
	imports, built := u[row.Package]
	switch {
	case row.Room && built:
		return []string{"package " + row.Package + " has come: its row in the import table is no " +
			"room any more"}
	case row.Room:
		return nil
	case !built:
		return []string{"the import table has a row for " + row.Package +
			", which is no package: strike it, or mark it as a room"}
	}
	var faults []string
	for _, granted := range row.Imports {
		if !imports[granted] {
			faults = append(faults, fmt.Sprintf(
				"%s is granted %s, which no file of it imports: strike it from the import table",
				row.Package, granted))
		}
	}
	return faults
}

// enter skips the folders that hold no packages of the module, those of another module
// among them.
func enter(module fs.FS, folder string) error {
	base := path.Base(folder)
	if _, err := fs.Stat(module, path.Join(folder, "go.mod")); err == nil && folder != "." {
		return fs.SkipDir
	}
	if folder != "." && (base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") ||
		strings.HasPrefix(base, "_")) {
		return fs.SkipDir
	}
	return nil
}

// ours returns the packages of this module that a file imports, relative to it.
func ours(module fs.FS, name string) ([]string, error) {
	source, err := fs.ReadFile(module, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, fmt.Errorf("read the imports of %s: %w", name, err)
	}
	var imports []string
	for _, spec := range file.Imports {
		full, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("read the imports of %s: path %s: %w", name, spec.Path.Value,
				err)
		}
		if relative, ok := strings.CutPrefix(full, Module+"/"); ok {
			imports = append(imports, relative)
		} else if full == Module {
			imports = append(imports, ".")
		}
	}
	return imports, nil
}

// judge holds one file's imports against its package's row.
func judge(rows map[string]Row, name string, imports []string) []string {
	pkg := path.Dir(name)
	row, known := rows[pkg]
	if !known {
		return []string{fmt.Sprintf("%s: package %s has no row in the import table: add one to "+
			"internal/archtest", name, pkg)}
	}
	var faults []string
	for _, imported := range imports {
		if !slices.Contains(row.Imports, imported) {
			faults = append(faults,
				fmt.Sprintf("%s: %s may not import %s: the import table allows it [%s]",
					name, pkg, imported, strings.Join(row.Imports, " ")))
		}
	}
	return faults
}
