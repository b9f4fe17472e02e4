// Package yamlguard rejects texts that would make the YAML parser slow or large: those that are too
// long, nested too deep, or that expand when read. The parser is foreign code whose time is the
// square of the depth, and a few hundred bytes of aliases expand to gigabytes. It does not
// interpret a text.
package yamlguard

import (
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// MaxDepth is the largest nesting depth of lists and mappings: every format that Adder reads needs
// at most four.
const MaxDepth = 32

// Fault is an error in a text and its place, from line 1, column 1 on.
type Fault struct {
	Line, Column int
	Problem      string
}

// Error implements error.
func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Problem) }

// Read reads a file of at most max bytes; a larger or endless one is an error after as many.
func Read(path string, max int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > max {
		return nil, fmt.Errorf("%s: %d bytes: such a file has at most %d", path, info.Size(), max)
	}
	text, err := io.ReadAll(io.LimitReader(file, max+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(text)) > max {
		return nil, fmt.Errorf("%s: such a file has at most %d bytes", path, max)
	}
	return text, nil
}

// Check refuses a text that the parser should not see, with a *Fault. It takes time in
// proportion to the text. A text that it lets pass may still be no YAML.
func Check(text []byte) error {
	_, err := Tokens(text)
	return err
}

// Tokens is Check that returns what the text consists of, for the parser: to find it is the
// half of parsing.
func Tokens(text []byte) (tokens token.Tokens, err error) {
	// The lexer is foreign code too.
	defer func() {
		if r := recover(); r != nil {
			tokens, err = nil, &Fault{Line: 1, Column: 1,
				Problem: fmt.Sprintf("this is not YAML: %v", r)}
		}
	}()
	tokens = lexer.Tokenize(string(text))
	if err := check(tokens); err != nil {
		return nil, err
	}
	return tokens, nil
}

func check(tokens token.Tokens) error {
	var n nesting
	var last *token.Token
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType:
			return fault(t, "anchors and aliases (& and *) are not read: write the value out in "+
				"each place")
		case token.TagType:
			if last != nil && last.Type == token.TagType {
				return fault(t, "a tag follows a tag: a value has one")
			}
		}
		n.follow(last, t)
		if n.depth() > MaxDepth {
			return fault(t, fmt.Sprintf("lists and mappings are nested deeper than %d", MaxDepth))
		}
		last = t
	}
	return nil
}

func fault(t *token.Token, problem string) *Fault {
	return &Fault{Line: t.Position.Line, Column: t.Position.Column, Problem: problem}
}

// nesting follows how deep a text is.
type nesting struct {
	// columns are those where the open lists and mappings of lines begin, ascending.
	columns []int
	// flow counts the open brackets and braces.
	flow int
}

func (n *nesting) depth() int { return len(n.columns) + n.flow }

// follow reads the next token, which comes after last.
func (n *nesting) follow(last, t *token.Token) {
	column := t.Position.Column
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		n.flow++
		return
	case token.SequenceEndType, token.MappingEndType:
		n.flow = max(n.flow-1, 0)
		return
	case token.SequenceEntryType, token.MappingKeyType:
	case token.MappingValueType:
		// The mapping begins where its key does.
		if last != nil && last.Position.Line == t.Position.Line &&
			last.Type != token.MappingValueType {
			column = last.Position.Column
		}
	default:
		return
	}
	if n.flow > 0 {
		return
	}
	for len(n.columns) > 0 && n.columns[len(n.columns)-1] >= column {
		n.columns = n.columns[:len(n.columns)-1]
	}
	n.columns = append(n.columns, column)
}
