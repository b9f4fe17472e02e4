package profile

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"adder/internal/yamlguard"
)

// maxBytes is the largest text that is parsed; a profile has a few kilobytes.
const maxBytes = 64 << 10

// decoder reads one text. It stops at the first fault.
type decoder struct {
	file  string
	lines []string
	notes notes
	// at holds the position of each field's value in the text, for checks across fields.
	at map[string]value
	// figures lists what was read, in the order of the schema.
	figures []Figure
}

// value is a node of the text, the path of its field and the position of its
// key.
type value struct {
	path string
	key  *token.Token
	node ast.Node
}

// Parse reads a profile from YAML. Errors are of type *Error and call the text name.
func Parse(name string, text []byte) (*Profile, error) {
	d := &decoder{file: name, lines: strings.Split(string(text), "\n"), at: map[string]value{}}
	if len(text) > maxBytes {
		d.lines = []string{""}
		return nil, d.place(1, 1, "", "%d bytes are too many for a profile: write at most %d",
			len(text), maxBytes)
	}
	root, err := d.document(text)
	if err != nil {
		return nil, err
	}
	d.notes = readNotes(string(text))
	p := &Profile{text: text}
	fields := schema(p)
	if isFitOnly(root) {
		fields = fitOnlySchema(p)
	}
	if err := d.section(value{node: root}, fields, d.figure); err != nil {
		return nil, err
	}
	if err := d.check(p); err != nil {
		return nil, err
	}
	p.figures = d.figures
	return p, nil
}

// isFitOnly reports whether a profile is of a chip for fit alone.
func isFitOnly(root ast.Node) bool {
	mapping, ok := root.(*ast.MappingNode)
	return ok && slices.ContainsFunc(mapping.Values, func(v *ast.MappingValueNode) bool {
		return v.Key.GetToken().Value == "fit_only"
	})
}

// document parses the text to the body of its one document.
func (d *decoder) document(text []byte) (root ast.Node, err error) {
	// The YAML parser is foreign code that reads foreign text: any panic is reported as an error in
	// the text.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, d.place(1, 1, "", "this is not YAML: %v", r)
		}
	}()
	var bomb *yamlguard.Fault
	tokens, err := yamlguard.Tokens(text)
	if errors.As(err, &bomb) {
		return nil, d.place(bomb.Line, bomb.Column, "", "%s", bomb.Problem)
	}
	file, err := parser.Parse(tokens, 0)
	var fault yaml.Error
	switch {
	case errors.As(err, &fault) && fault.GetToken() != nil:
		pos := fault.GetToken().Position
		return nil, d.place(pos.Line, pos.Column, "", "this is not YAML: %s", fault.GetMessage())
	case err != nil:
		return nil, d.place(1, 1, "", "this is not YAML: %v", err)
	case len(file.Docs) != 1:
		return nil, d.place(1, 1, "", "the file holds %d documents: write one profile per file",
			len(file.Docs))
	case file.Docs[0].Body == nil:
		return nil, d.place(1, 1, "", "the file is empty: start from one, `adder chips adder "+
			"--text > my-chip.yaml`")
	}
	return file.Docs[0].Body, nil
}

// section reads a mapping by its schema. found, if not nil, is called for every value read.
func (d *decoder) section(v value, fields []field, found func(field, value)) error {
	entries, err := d.entries(v, fields)
	if err != nil {
		return err
	}
	for _, f := range fields {
		entry, ok := entries[f.key]
		switch {
		case !ok && f.optional && f.absent != nil:
			f.absent(v.path + "." + f.key)
			continue
		case !ok && f.optional:
			continue
		case !ok:
			return d.fail(v, "field %q is missing: add it (`adder chips adder` shows every field)",
				f.key)
		}
		d.at[entry.path] = entry
		if f.enter != nil {
			f.enter()
		}
		if f.read == nil {
			err = d.section(entry, f.fields, found)
		} else if err = f.read(d, entry); err == nil && found != nil {
			found(f, entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entries lists the values of a mapping by key.
func (d *decoder) entries(v value, fields []field) (map[string]value, error) {
	var pairs []*ast.MappingValueNode
	switch node := v.node.(type) {
	case *ast.MappingNode:
		pairs = node.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{node}
	default:
		return nil, d.fail(v, "this is %s: write a mapping with the fields %s", kind(v.node),
			keys(fields))
	}
	entries := make(map[string]value, len(pairs))
	for _, pair := range pairs {
		tk := pair.Key.GetToken()
		entry := value{path: tk.Value, key: tk, node: pair.Value}
		if v.path != "" {
			entry.path = v.path + "." + tk.Value
		}
		if !known(fields, tk.Value) {
			return nil, d.place(tk.Position.Line, tk.Position.Column, v.path,
				"unknown field %q: write one of %s", clip(tk.Value), keys(fields))
		}
		if _, twice := entries[tk.Value]; twice {
			return nil, d.place(tk.Position.Line, tk.Position.Column, entry.path,
				"the field stands twice: remove one")
		}
		entries[tk.Value] = entry
	}
	return entries, nil
}

func known(fields []field, key string) bool {
	for _, f := range fields {
		if f.key == key {
			return true
		}
	}
	return false
}

func keys(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	return strings.Join(names, ", ")
}

// list reads a sequence with at least one item.
func (d *decoder) list(v value) ([]value, error) {
	node, ok := v.node.(*ast.SequenceNode)
	switch {
	case !ok:
		return nil, d.fail(v, "this is %s: write a list, e.g. [a, b]", kind(v.node))
	case len(node.Values) == 0:
		return nil, d.fail(v, "the list is empty: name at least one item")
	}
	items := make([]value, len(node.Values))
	for i, item := range node.Values {
		items[i] = value{path: fmt.Sprintf("%s[%d]", v.path, i), key: v.key, node: item}
	}
	return items, nil
}

func (d *decoder) text(v value) (string, error) {
	switch node := v.node.(type) {
	case *ast.StringNode:
		return node.Value, nil
	case *ast.LiteralNode:
		return node.Value.Value, nil
	}
	return "", d.fail(v, "this is %s: write a text", kind(v.node))
}

func (d *decoder) name(v value) (string, error) {
	s, err := d.text(v)
	if err != nil {
		return "", err
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if s == "" || len(s) > 64 || strings.Trim(s, letters) != "" {
		return "", d.fail(v, "%q is not a name: write 1 to 64 letters, digits, '-' or '_'", clip(s))
	}
	return s, nil
}

func (d *decoder) bool(v value) (bool, error) {
	node, ok := v.node.(*ast.BoolNode)
	if !ok {
		return false, d.fail(v, "this is %s: write true or false", kind(v.node))
	}
	return node.Value, nil
}

func (d *decoder) integer(v value, low, high int) (int, error) {
	node, ok := v.node.(*ast.IntegerNode)
	switch {
	case !ok && !isHuge(v.node):
		return 0, d.fail(v, "this is %s: write a whole number, without unit or quotes",
			kind(v.node))
	case ok:
		n, plain := new(big.Int).SetString(fmt.Sprint(node.Value), 10)
		if plain && n.IsInt64() && n.Int64() >= int64(low) && n.Int64() <= int64(high) {
			return int(n.Int64()), nil
		}
	}
	return 0, d.fail(v, "%s is out of range: write %d to %d", clip(v.node.GetToken().Value),
		low, high)
}

// counted is integer of a number of things, whose name may stand behind it: "64 bits" is 64.
func (d *decoder) counted(v value, low, high int, unit string) (int, error) {
	node, ok := v.node.(*ast.StringNode)
	if !ok {
		return d.integer(v, low, high)
	}
	number, name := splitUnit(node.Value)
	n, err := strconv.Atoi(number)
	named := name != "" && (name == unit || count(1, unit) == "1 "+name)
	if err != nil || !named {
		return d.integer(v, low, high)
	}
	if n < low || n > high {
		return 0, d.fail(v, "%s is out of range: write %d to %d", clip(node.Value), low, high)
	}
	return n, nil
}

// isHuge reports whether a node is a number without quotes of more digits than
// the YAML parser takes for a number.
func isHuge(node ast.Node) bool {
	s, ok := node.(*ast.StringNode)
	return ok && s.GetToken().Type == token.StringType && strings.Trim(s.Value, "0123456789") == ""
}

// quantityText returns the text of a number with unit.
func (d *decoder) quantityText(v value, what, example string) (string, error) {
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return "", d.fail(v, "the number has no unit: write %s, e.g. %s", what, example)
	case *ast.StringNode:
		s, err := d.text(v)
		if err == nil && len(s) > 64 {
			return "", d.fail(v, "%q is not %s: write e.g. %s", clip(s), what, example)
		}
		return s, err
	}
	return "", d.fail(v, "this is %s: write %s, e.g. %s", kind(v.node), what, example)
}

func (d *decoder) cycles(v value, hertz int64) (Cycles, error) {
	dim := duration()
	text, err := d.quantityText(v, dim.what, dim.example)
	if err != nil {
		return 0, err
	}
	c, err := toCycles(text, hertz)
	switch {
	case err != nil:
		return 0, d.fail(v, "%w", err)
	case c > maxCycles:
		return 0, d.fail(v, "%s is out of range: write at most %d cycles", text, int64(maxCycles))
	}
	return c, nil
}

// fail is a fault of a value. It points at a scalar, and at the key of
// anything larger.
func (d *decoder) fail(v value, format string, args ...any) error {
	tk := v.key
	switch v.node.(type) {
	case nil, *ast.MappingNode, *ast.MappingValueNode, *ast.NullNode:
	default:
		tk = v.node.GetToken()
	}
	if tk == nil || tk.Position == nil {
		return d.place(1, 1, v.path, format, args...)
	}
	return d.place(tk.Position.Line, tk.Position.Column, v.path, format, args...)
}

func (d *decoder) place(line, column int, path, format string, args ...any) error {
	source, line, column := sourceLine(d.lines, line, column)
	return &Error{
		File: d.file, Line: line, Column: column, Source: source,
		Field: path, Problem: fmt.Errorf(format, args...).Error(),
	}
}

// kind names a node's type in the words of a YAML author.
func kind(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return fmt.Sprintf("the text %q", clip(n.GetToken().Value))
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + clip(n.GetToken().Value)
	case *ast.BoolNode:
		return fmt.Sprint(n.Value)
	case *ast.AnchorNode, *ast.AliasNode:
		return "an anchor or alias, which profiles do not use"
	case *ast.TagNode:
		return "a tagged value, which profiles do not use"
	case nil, *ast.NullNode:
		return "empty"
	}
	return "not a value that profiles use"
}

// clip shortens foreign text in a message.
func clip(s string) string {
	const most = 40
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
