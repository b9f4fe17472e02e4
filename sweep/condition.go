package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Condition is an expression over settings and columns, such as
//
//	accuracy > 0.97 and bits < 8
//
// A name's dashes are written as they are or as underscores; a name with a dot is the column of
// that name. Numbers are compared as numbers, all else as text.
type Condition struct {
	text    string
	names   []string
	program *vm.Program
}

// maxCondition is the longest expression.
const maxCondition = 4096

// NewCondition reads an expression.
func NewCondition(text string) (*Condition, error) {
	if len(text) > maxCondition {
		return nil, fmt.Errorf("%d characters are too many for a condition", len(text))
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	names := collect(tree.Node)
	program, err := expr.Compile(text, expr.AllowUndefinedVariables())
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return &Condition{text: text, names: names, program: program}, nil
}

// collector finds the names that an expression reads.
type collector struct{ names []string }

// Visit implements ast.Visitor.
func (c *collector) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok && !slices.Contains(c.names, id.Value) {
		c.names = append(c.names, id.Value)
	}
}

func collect(node ast.Node) []string {
	var c collector
	ast.Walk(&node, &c)
	return c.names
}

// String is the expression.
func (c *Condition) String() string { return c.text }

// onSettings says that the condition reads settings of these names alone.
func (c *Condition) onSettings(names []string) bool {
	for _, used := range c.names {
		if !slices.ContainsFunc(names, func(n string) bool { return root(n) == used }) {
			return false
		}
	}
	return true
}

// root is the first part of a name, as an expression can write it.
func root(name string) string {
	first, _, _ := strings.Cut(name, ".")
	return identifier(first)
}

// check refuses a condition that reads what there is not.
func (c *Condition) check(names []string) error {
	for _, used := range c.names {
		if !slices.ContainsFunc(names, func(n string) bool { return root(n) == used }) {
			return fmt.Errorf("%q: there is no setting or column %s: there are %s", c.text, used,
				strings.Join(names, ", "))
		}
	}
	return nil
}

// holds judges values by name.
func (c *Condition) holds(values map[string]string) (bool, error) {
	env := map[string]any{}
	for name, value := range values {
		put(env, strings.Split(name, "."), value)
	}
	for _, used := range c.names {
		if _, ok := env[used]; !ok {
			return false, fmt.Errorf("condition %q: there is no setting or column %s", c.text, used)
		}
	}
	out, err := expr.Run(c.program, env)
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", c.text, err)
	}
	holds, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("condition %q: it gives %v, neither true nor false", c.text, out)
	}
	return holds, nil
}

// put sets a value under the parts of its name, and under the whole where that has no dots.
func put(env map[string]any, parts []string, value string) {
	name := identifier(parts[0])
	if len(parts) == 1 {
		if _, taken := env[name].(map[string]any); !taken {
			env[name] = number(value)
		}
		return
	}
	inner, ok := env[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		env[name] = inner
	}
	put(inner, parts[1:], value)
}

// identifier is a name as an expression can write it.
func identifier(name string) string { return strings.ReplaceAll(name, "-", "_") }

// number is a value as a number where it is one, as true or false where it is that.
func number(value string) any {
	if x, err := strconv.ParseFloat(value, 64); err == nil {
		return x
	}
	switch value {
	case "true":
		return true
	case "false":
		return false
	}
	return value
}

// settingsOf are a point's settings by name.
func settingsOf(p *Point) map[string]string {
	out := map[string]string{}
	for _, s := range p.Settings {
		out[s.Name] = s.Value
	}
	return out
}
