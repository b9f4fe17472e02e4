package nomul

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// operations names the refused operators.
var operations = map[token.Token]string{
	token.MUL: "multiplication", token.MUL_ASSIGN: "multiplication",
	token.QUO: "division", token.QUO_ASSIGN: "division",
	token.REM: "modulo", token.REM_ASSIGN: "modulo",
}

// multipliers are functions of allowed packages that multiply or divide, by path
// and by the beginning of their name.
var multipliers = map[string][]string{
	"math/bits": {"Mul", "Div", "Rem"},
	"slices":    {"Repeat"},
	"strings":   {"Repeat"},
}

// realMessage is the diagnostic for anything that is not an integer.
const realMessage = "floating point or complex value in the integer datapath; use a scaled integer"

// checkOperator refuses an operator between values known only at run time.
func (c *checker) checkOperator(pos token.Pos, op token.Token) {
	if name, refused := operations[op]; refused {
		c.report(pos, "%s (%s) in the integer datapath; use shifts and adds, or a table", name, op)
	}
}

// checkLiteral refuses literals with a fraction, an exponent or an imaginary part, of any type.
func (c *checker) checkLiteral(lit *ast.BasicLit) {
	if lit.Kind == token.FLOAT || lit.Kind == token.IMAG {
		c.report(lit.Pos(), realMessage)
	}
}

// checkReal refuses an expression, of a value or of a type, that is not of integers.
func (c *checker) checkReal(expr ast.Expr) {
	if tv, ok := c.pass.TypesInfo.Types[expr]; ok && holdsReal(tv.Type) {
		c.report(expr.Pos(), realMessage)
	}
}

// checkUse checks the object of a name: an object of a real type where it is declared or used, a
// multiplier, or a function of a package outside the allow-list.
func (c *checker) checkUse(id *ast.Ident) {
	obj := c.pass.TypesInfo.ObjectOf(id)
	if obj == nil {
		return
	}
	if holdsReal(obj.Type()) {
		c.report(id.Pos(), realMessage)
	}
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg() == c.pass.Pkg {
		return
	}
	from := importPath(fn.Pkg())
	if isMultiplier(from, fn.Name()) {
		c.report(id.Pos(), "%s.%s multiplies or divides in the integer datapath; use shifts and "+
			"adds, or a table", path.Base(from), fn.Name())
	}
	if !c.allowed(from) {
		c.report(id.Pos(), outside, fn.Name(), from)
	}
}

// isMultiplier reports whether a function of an allowed package is refused.
func isMultiplier(from, name string) bool {
	for _, prefix := range multipliers[from] {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// allowed reports whether guarded packages may use a package: it is guarded itself
// or on the list.
func (c *checker) allowed(importing string) bool {
	if covers(c.guarded, importing) {
		return true
	}
	for _, entry := range c.imports {
		root, below := strings.CutSuffix(entry, "/...")
		if importing == root || below && strings.HasPrefix(importing, root+"/") {
			return true
		}
	}
	return false
}

// holdsReal reports whether a type is floating-point or complex or made of one. A
// named type counts by its underlying basic type and its type arguments alone, and a
// struct does not count: what it holds is reported at its fields.
func holdsReal(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Named:
		basic, ok := t.Underlying().(*types.Basic)
		return ok && holdsReal(basic) || anyReal(t.TypeArgs().Len(), t.TypeArgs().At)
	case *types.Pointer:
		return holdsReal(t.Elem())
	case *types.Slice:
		return holdsReal(t.Elem())
	case *types.Array:
		return holdsReal(t.Elem())
	case *types.Chan:
		return holdsReal(t.Elem())
	case *types.Map:
		return holdsReal(t.Key()) || holdsReal(t.Elem())
	case *types.Tuple:
		return anyReal(t.Len(), func(i int) types.Type { return t.At(i).Type() })
	case *types.Signature:
		return holdsReal(t.Params()) || holdsReal(t.Results())
	}
	return false
}

// anyReal reports whether one of n types holds a real.
func anyReal(n int, at func(int) types.Type) bool {
	for i := range n {
		if holdsReal(at(i)) {
			return true
		}
	}
	return false
}
