package nomul

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// unreadable is the diagnostic for code that the pass cannot look into.
const unreadable = "%s hides its operations in the integer datapath; write it in Go"

// outside is the diagnostic for a function of a package that is not allowed.
const outside = "%s of %s, outside the datapath's allow-list, could multiply; do it in a package " +
	"that is not guarded"

// checkImports refuses imports outside the allow-list.
func (c *checker) checkImports(file *ast.File) {
	for _, spec := range file.Imports {
		importing, err := strconv.Unquote(spec.Path.Value)
		if err == nil && !c.allowed(importing) {
			c.report(spec.Pos(), "import of %q, outside the datapath's allow-list, could "+
				"multiply; do it in a package that is not guarded", importing)
		}
	}
}

// checkDirectives refuses go:linkname, which reaches functions of any package.
func (c *checker) checkDirectives(file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:linkname ") {
				c.report(comment.Pos(), unreadable, "go:linkname")
			}
		}
	}
}

// checkBody refuses a function that is written elsewhere, in assembly that the package must not
// hold or after a link name.
func (c *checker) checkBody(fn *ast.FuncDecl) {
	if fn.Body == nil && !c.assembly {
		c.report(fn.Pos(), unreadable, "function "+fn.Name.Name+" without a body")
	}
}

// checkOtherFiles refuses assembly, C and object files, at the package clause.
func (c *checker) checkOtherFiles(anchor token.Pos) {
	for _, name := range c.pass.OtherFiles {
		if c.assembly && filepath.Ext(name) == ".s" {
			continue
		}
		c.report(anchor, unreadable, filepath.Base(name))
	}
}

// checkIgnoredFiles looks at the files of the package that build constraints leave
// out of this build.
func (c *checker) checkIgnoredFiles(anchor token.Pos) error {
	for _, name := range c.pass.IgnoredFiles {
		if c.assembly && filepath.Ext(name) == ".s" {
			continue
		}
		if filepath.Ext(name) != ".go" {
			c.report(anchor, unreadable, filepath.Base(name))
			continue
		}
		if c.isTest(name) {
			continue
		}
		source, err := c.pass.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s, excluded by build constraints: %w", name, err)
		}
		file, err := parser.ParseFile(c.pass.Fset, name, source,
			parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse %s, excluded by build constraints: %w", name, err)
		}
		// A program in the same folder, such as a generator, is not part of it.
		if file.Name.Name == c.pass.Pkg.Name() {
			c.checkSyntax(file)
		}
	}
	return nil
}

// checkSyntax applies the rules as far as they go without types: an operator counts
// unless both operands are literals, a type by its predeclared name, a multiplier
// by its selector.
func (c *checker) checkSyntax(file *ast.File) {
	c.checkImports(file)
	c.checkDirectives(file)
	imported := importNames(file)
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.BinaryExpr:
			if !isLiteral(n) {
				c.checkOperator(n.OpPos, n.Op)
			}
		case *ast.AssignStmt:
			c.checkOperator(n.TokPos, n.Tok)
		case *ast.FuncDecl:
			c.checkBody(n)
		case *ast.BasicLit:
			c.checkLiteral(n)
		case *ast.Ident:
			if isRealName(n.Name) {
				c.report(n.Pos(), realMessage)
			}
		case *ast.SelectorExpr:
			c.checkSelector(n, imported)
		}
		return true
	})
}

// checkSelector refuses a multiplier by name.
func (c *checker) checkSelector(n *ast.SelectorExpr, imported map[string]string) {
	x, ok := n.X.(*ast.Ident)
	if !ok {
		return
	}
	from, name := imported[x.Name], n.Sel.Name
	if isMultiplier(from, name) {
		c.report(n.Sel.Pos(), "%s.%s multiplies or divides in the integer datapath; use shifts "+
			"and adds, or a table", x.Name, name)
	}
}

// importNames maps the names of a file's imports to their paths.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		importing, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := importing[strings.LastIndex(importing, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = importing
	}
	return names
}

// isLiteral reports whether an expression is made of literals alone.
func isLiteral(expr ast.Expr) bool {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return isLiteral(e.X)
	case *ast.UnaryExpr:
		return isLiteral(e.X)
	case *ast.BinaryExpr:
		return isLiteral(e.X) && isLiteral(e.Y)
	}
	return false
}

// isRealName reports whether a name is that of a predeclared real type.
func isRealName(name string) bool {
	switch name {
	case "float32", "float64", "complex64", "complex128":
		return true
	}
	return false
}
