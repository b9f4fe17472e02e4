// Package archtest owns the import table: which packages of this module may import
// which. The way the data goes is one direction, from a trained network to an image
// to a running chip to a report, and the table keeps it so. It is data with a check
// and imports nothing of ours.
//
// The table binds what is built: test files may import what they like, as far as Go
// allows.
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

// Row says what one package may import of ours. Paths are relative to the module; an
// import "p/..." stands for p and all packages below it.
type Row struct {
	Package string
	Imports []string
}

// Table is the import table. Every package of the module has one row; a row may wait
// for its package. Rows stand in the order of the data's way, and a package imports
// from rows above its own alone.
func Table() []Row {
	return []Row{
		// File formats that are not ours, and the tools.
		{Package: "internal/archtest"},
		{Package: "internal/shipped"},
		{Package: "internal/wholefile"},
		{Package: "internal/outside"},
		{Package: "internal/hdf5"},
		{Package: "internal/npz", Imports: []string{"internal/wholefile"}},
		{Package: "internal/dataset", Imports: []string{"internal/npz", "internal/wholefile"}},
		{Package: "tools/nomul"},
		{Package: "tools/nomul/cmd/nomul", Imports: []string{"tools/nomul"}},

		// The hardware, from the adder up.
		{Package: "fixedpoint"},
		{Package: "router", Imports: []string{"fixedpoint"}},
		{Package: "core", Imports: []string{"fixedpoint", "router"}},

		// Spikes, and the network as trained.
		{Package: "spike"},
		{Package: "spike/encode", Imports: []string{"spike", "fixedpoint"}},
		{Package: "spike/event", Imports: []string{"internal/npz", "internal/hdf5"}},
		{Package: "snn", Imports: []string{"spike", "fixedpoint"}},
		{Package: "snn/stdp", Imports: []string{"spike", "fixedpoint"}},

		// What a chip is loaded with, and the chip.
		{Package: "layout", Imports: []string{"core", "router", "internal/wholefile"}},
		{Package: "chip/profile", Imports: []string{"core", "router", "internal/shipped"}},
		{Package: "chip", Imports: []string{"layout", "core", "router", "spike", "chip/profile", "fixedpoint"}},
		{Package: "sample", Imports: []string{"chip", "spike", "spike/encode", "internal/dataset"}},
		{Package: "chip/trace", Imports: []string{"chip", "layout", "router", "core", "spike", "internal/wholefile"}},

		// From the network to the image.
		{Package: "compiler/ir", Imports: []string{"core", "fixedpoint", "snn", "spike"}},
		{Package: "compiler/onnx", Imports: []string{"snn", "internal/hdf5"}},
		{Package: "compiler/nir", Imports: []string{"snn", "internal/hdf5"}},
		{Package: "compiler/casefile", Imports: []string{"compiler/ir", "core", "chip/profile", "internal/npz"}},
		{Package: "compiler", Imports: []string{"snn", "layout", "chip/profile", "compiler/ir", "core", "router", "fixedpoint", "spike/encode"}},

		// What uses all of it.
		{Package: "train", Imports: []string{"sample", "compiler/...", "chip", "chip/profile", "core", "snn", "snn/stdp", "spike/...", "internal/dataset",
			"internal/npz", "internal/wholefile", "fixedpoint", "layout"}},
		{Package: "bench/proportion"},
		{Package: "bench/energy", Imports: []string{"internal/shipped", "router"}},
		{Package: "bench/energy/energytest", Imports: []string{"bench/energy"}},
		{Package: "bench", Imports: []string{"sample", "bench/energy", "train", "compiler/...", "chip/...", "layout", "snn", "spike/...", "core", "router",
			"fixedpoint", "internal/npz", "internal/hdf5", "internal/wholefile"}},
		{Package: "cmd/adder", Imports: []string{"sample", "bench", "bench/energy", "train", "compiler/...", "chip/...", "layout", "snn", "snn/stdp", "spike/...", "core",
			"router", "fixedpoint", "internal/dataset", "internal/npz", "internal/hdf5", "internal/wholefile"}},
	}
}

// allows reports whether a row lets its package import another one of ours.
func (r Row) allows(imported string) bool {
	return slices.ContainsFunc(r.Imports, func(entry string) bool {
		root, below := strings.CutSuffix(entry, "/...")
		return imported == root || below && strings.HasPrefix(imported, root+"/")
	})
}

// Check reads the imports of every Go file below the module's root, files for other
// machines included and tests aside, and returns a line for each that the table does
// not allow, in the order of the files.
func Check(module fs.FS, table []Row) ([]string, error) {
	rows := map[string]Row{}
	for _, row := range table {
		rows[row.Package] = row
	}
	var faults []string
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return enter(name)
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		imports, err := ours(module, name)
		if err != nil {
			return err
		}
		faults = append(faults, judge(rows, name, imports)...)
		return nil
	})
	return faults, err
}

// enter skips the folders that hold no packages of the module.
func enter(folder string) error {
	base := path.Base(folder)
	if folder != "." && (base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
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
			return nil, fmt.Errorf("read the imports of %s: path %s: %w", name, spec.Path.Value, err)
		}
		if relative, ok := strings.CutPrefix(full, Module+"/"); ok {
			imports = append(imports, relative)
		}
	}
	return imports, nil
}

// judge holds one file's imports against its package's row.
func judge(rows map[string]Row, name string, imports []string) []string {
	pkg := path.Dir(name)
	row, known := rows[pkg]
	if !known {
		return []string{fmt.Sprintf("%s: package %s has no row in the import table: add one to internal/archtest", name, pkg)}
	}
	var faults []string
	for _, imported := range imports {
		if !row.allows(imported) {
			faults = append(faults, fmt.Sprintf("%s: %s may not import %s: the import table allows it [%s]",
				name, pkg, imported, strings.Join(row.Imports, " ")))
		}
	}
	return faults
}
