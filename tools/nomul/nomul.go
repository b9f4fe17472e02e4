// Package nomul owns the rule of the integer datapath as a go/analysis pass: the
// packages that model hardware add, compare and shift, and nothing else. In them,
// and in packages below them, it refuses
//
//   - the operators * / % and their assignments, compile-time constants aside;
//   - floating-point and complex types, values, literals and constants;
//   - the multipliers and dividers of math/bits and of other allowed packages;
//   - imports outside an allow-list, and calls that reach a package outside it by
//     another way, such as a method of a value that was handed over;
//   - code the pass cannot read: assembly, functions without a body, go:linkname.
//     Named packages alone may hold assembly; a test of theirs has to read it.
//
// Files that build constraints exclude are checked by their syntax, so a file for another machine
// is not a way around. Test files are exempt. Function values and interfaces are not followed: the
// caller that passes one is responsible.
//
// Only the defaults of the flags are specific to this project: the packages it guards, the packages
// those may import, and those that may hold assembly.
package nomul

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// DefaultPackages are the guarded packages, comma-separated, each with its
// subpackages.
const DefaultPackages = "adder/fixedpoint,adder/core,adder/router"

// DefaultImports are the packages that guarded ones may import in addition to each other,
// comma-separated; an entry covers its subpackages only if it ends in "/...".
const DefaultImports = "cmp,encoding/binary,errors,fmt,iter,math/bits,slices,sort,strings,github.com/emirpasic/gods/v2/...,golang.org/x/sys/cpu"

// DefaultAssembly are the guarded packages that may hold assembly, comma-separated.
const DefaultAssembly = "adder/core/kernel"

// New returns the analyzer with its own flags, packages and imports.
func New() *analysis.Analyzer {
	var packages, imports, assembly string
	a := &analysis.Analyzer{
		Name: "nomul",
		Doc: "refuse multiplication, division and floating point in the integer datapath\n\n" +
			"Guarded packages model hardware made of adders, comparators and shifters.",
	}
	a.Flags.StringVar(&packages, "packages", DefaultPackages, "guarded import paths, with their "+
		"subpackages, separated by commas")
	a.Flags.StringVar(&imports, "imports", DefaultImports, "import paths the guarded packages "+
		"may use, separated by commas; p/... covers the packages below p")
	a.Flags.StringVar(&assembly, "assembly", DefaultAssembly,
		"guarded import paths that may hold assembly, separated by commas")
	a.Run = func(pass *analysis.Pass) (any, error) {
		guarded := split(packages)
		if !covers(guarded, importPath(pass.Pkg)) {
			return nil, nil
		}
		c := &checker{pass: pass, guarded: guarded, imports: split(imports),
			seen: map[finding]bool{}}
		c.assembly = slices.Contains(split(assembly), importPath(pass.Pkg))
		return nil, c.run()
	}
	return a
}

// split cuts a comma-separated flag, spaces and empty entries dropped.
func split(list string) []string {
	var entries []string
	for entry := range strings.SplitSeq(list, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// covers reports whether path is one of the roots or below one.
func covers(roots []string, path string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// importPath returns the path of a package without the suffix that the go command
// gives to a variant compiled for a test, "p [p.test]".
func importPath(pkg *types.Package) string {
	path, _, _ := strings.Cut(pkg.Path(), " ")
	return path
}

// finding identifies a diagnostic, to give each line each message once.
type finding struct {
	file    string
	line    int
	message string
}

// checker is one run over one package.
type checker struct {
	pass    *analysis.Pass
	guarded []string
	imports []string
	// assembly says that the package may hold some.
	assembly bool
	seen     map[finding]bool
}

// run checks every file of the package but its tests.
func (c *checker) run() error {
	var anchor token.Pos
	for _, file := range c.pass.Files {
		if c.isTest(c.pass.Fset.Position(file.Package).Filename) {
			continue
		}
		if !anchor.IsValid() {
			anchor = file.Package
		}
		c.checkImports(file)
		c.checkDirectives(file)
		ast.Inspect(file, c.checkNode)
	}
	if !anchor.IsValid() {
		return nil // a package of tests alone
	}
	c.checkOtherFiles(anchor)
	return c.checkIgnoredFiles(anchor)
}

// checkNode applies every rule that needs types to one node.
func (c *checker) checkNode(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.BinaryExpr:
		if c.pass.TypesInfo.Types[n].Value == nil {
			c.checkOperator(n.OpPos, n.Op)
		}
	case *ast.AssignStmt:
		c.checkOperator(n.TokPos, n.Tok)
	case *ast.FuncDecl:
		c.checkBody(n)
	case *ast.BasicLit:
		c.checkLiteral(n)
	case *ast.Ident:
		c.checkUse(n)
	}
	if expr, ok := node.(ast.Expr); ok {
		c.checkReal(expr)
	}
	return true
}

// isTest reports whether a file is exempt as a test.
func (c *checker) isTest(filename string) bool {
	return strings.HasSuffix(filepath.Base(filename), "_test.go")
}

// report gives a diagnostic once per line.
func (c *checker) report(pos token.Pos, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	at := c.pass.Fset.Position(pos)
	key := finding{at.Filename, at.Line, message}
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.pass.Report(analysis.Diagnostic{Pos: pos, Message: message})
}
