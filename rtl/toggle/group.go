package toggle

import (
	"fmt"
	"strings"
)

// maxDepth is how deep groups of a liberty file nest.
const maxDepth = 16

// group is a group of a liberty file: name (words) { attributes and groups }.
type group struct {
	name   string
	words  []string
	values map[string]string   // name : value ;
	lists  map[string][]string // name (values) ;
	groups []*group
}

// all are the groups of a name.
func (g *group) all(name string) []*group {
	var out []*group
	for _, child := range g.groups {
		if child.name == name {
			out = append(out, child)
		}
	}
	return out
}

// scanner tokenises a liberty file.
type scanner struct {
	text string
	at   int
}

// parseGroup reads the one group that a liberty file is.
func parseGroup(text string) (*group, error) {
	s := &scanner{text: text}
	name := s.word()
	g, err := s.group(name, 0)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", 1+strings.Count(s.text[:min(s.at, len(s.text))],
			"\n"), err)
	}
	return g, nil
}

// space skips blanks, comments and continued line ends.
func (s *scanner) space() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.ContainsRune(" \t\r\n\\", rune(rest[0])):
			s.at++
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				s.at = len(s.text)
				return
			}
			s.at += end + 2
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				s.at = len(s.text)
				return
			}
			s.at += end
		default:
			return
		}
	}
}

// next is the next character that says something, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at >= len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// word reads a word or a text in quotes, without them.
func (s *scanner) word() string {
	if s.next() == '"' {
		end := strings.IndexByte(s.text[s.at+1:], '"')
		if end < 0 {
			s.at = len(s.text)
			return ""
		}
		out := s.text[s.at+1:][:end]
		s.at += end + 2
		return out
	}
	from := s.at
	for s.at < len(s.text) && !strings.ContainsRune(" \t\r\n\\(){};:,\"", rune(s.text[s.at])) {
		s.at++
	}
	return s.text[from:s.at]
}

// list reads words between parentheses.
func (s *scanner) list() ([]string, error) {
	var out []string
	s.at++
	for {
		switch s.next() {
		case 0:
			return nil, fmt.Errorf("a list has no end")
		case ')':
			s.at++
			return out, nil
		case ',':
			s.at++
		default:
			before := s.at
			if out = append(out, s.word()); s.at == before {
				return nil, fmt.Errorf("%q in a list", s.text[s.at])
			}
		}
	}
}

// group reads what follows the name of a group.
func (s *scanner) group(name string, depth int) (*group, error) {
	g := &group{name: name, values: map[string]string{}, lists: map[string][]string{}}
	if depth > maxDepth {
		return nil, fmt.Errorf("groups nest deeper than %d", maxDepth)
	}
	if s.next() != '(' {
		return nil, fmt.Errorf("%q is no group: no ( behind it", name)
	}
	var err error
	if g.words, err = s.list(); err != nil {
		return nil, err
	}
	if s.next() != '{' {
		return nil, fmt.Errorf("group %s has no {", name)
	}
	s.at++
	for {
		switch s.next() {
		case 0:
			return nil, fmt.Errorf("group %s has no }", name)
		case '}':
			s.at++
			return g, nil
		case ';':
			s.at++
			continue
		}
		if err := s.statement(g, depth); err != nil {
			return nil, err
		}
	}
}

// statement reads an attribute or a group.
func (s *scanner) statement(g *group, depth int) error {
	name := s.word()
	switch s.next() {
	case ':':
		s.at++
		g.values[name] = s.word()
		// what is an expression
		for s.at < len(s.text) && s.text[s.at] != ';' && s.text[s.at] != '\n' {
			s.at++
		}
		return nil
	case '(':
		from := s.at
		words, err := s.list()
		if err != nil {
			return err
		}
		if s.next() != '{' {
			g.lists[name] = words
			return nil
		}
		s.at = from
		child, err := s.group(name, depth+1)
		if err != nil {
			return err
		}
		g.groups = append(g.groups, child)
		return nil
	}
	return fmt.Errorf("%q is neither an attribute nor a group", name)
}
