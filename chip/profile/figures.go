package profile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// Grade says where a figure comes from.
type Grade string

// The grades of figures. Ungraded figures state no origin.
const (
	Ungraded   Grade = ""
	Primary    Grade = "S"  // read in the primary source
	Secondary  Grade = "S2" // read in a source that quotes the primary one
	Measured   Grade = "M"
	Derived    Grade = "D" // derived from other figures by arithmetic
	Chosen     Grade = "C" // a decision of this profile's imagined chip
	Unverified Grade = "U"
)

// Words says in words what a grade means.
func (g Grade) Words() string {
	switch g {
	case Primary:
		return "primary source"
	case Secondary:
		return "secondary source"
	case Measured:
		return "measured"
	case Derived:
		return "derived"
	case Chosen:
		return "chosen"
	case Unverified:
		return "unverified"
	}
	return "no source stated"
}

// Figure is one field of a profile as read.
type Figure struct {
	// Path is the field's path, e.g. "core.neurons".
	Path string
	// Value is the field's value with its unit.
	Value string
	// Grade and Source are the field's origin, or that of its section.
	Grade  Grade
	Source string
}

// IsText reports whether the field describes the chip in words and needs no source.
func (f *Figure) IsText() bool {
	return slices.Contains([]string{"name", "description", "fit_only", "caution"}, f.Path)
}

// Figures lists the fields of the profile in the order of the format. The
// caller must not change it.
func (p *Profile) Figures() []Figure { return p.figures }

// figure records a value that was read and where it comes from.
func (d *decoder) figure(f field, v value) {
	grade, source := d.notes.of(v.key.Position.Line)
	for path := v.path; grade == Ungraded && strings.Contains(path, "."); {
		path = path[:strings.LastIndexByte(path, '.')]
		grade, source = d.notes.of(d.at[path].key.Position.Line)
	}
	d.figures = append(d.figures, Figure{Path: v.path, Value: f.show(), Grade: grade,
		Source: source})
}

// notes are the comments of a text by line.
type notes struct {
	comments map[int]string
	// code marks lines that hold more than a comment.
	code map[int]bool
}

func readNotes(text string) notes {
	n := notes{comments: map[int]string{}, code: map[int]bool{}}
	for _, tk := range lexer.Tokenize(text) {
		if tk.Type == token.CommentType {
			n.comments[tk.Position.Line] = strings.TrimSpace(tk.Value)
			continue
		}
		n.code[tk.Position.Line] = true
	}
	return n
}

// of returns the origin that the comment on a line, or else the block of
// comments directly above it, states.
func (n notes) of(line int) (Grade, string) {
	if grade, source := splitGrade(n.comments[line]); grade != Ungraded {
		return grade, source
	}
	var block []string
	for above := line - 1; !n.code[above]; above-- {
		comment, ok := n.comments[above]
		if !ok {
			break
		}
		block = append([]string{comment}, block...)
	}
	return splitGrade(strings.Join(block, " "))
}

// splitGrade reads "[S2] source". Comments without a grade are remarks for the
// reader of the file.
func splitGrade(comment string) (Grade, string) {
	head, source, ok := strings.Cut(comment, "]")
	if !ok || !strings.HasPrefix(head, "[") {
		return Ungraded, ""
	}
	switch g := Grade(head[1:]); g {
	case Primary, Secondary, Measured, Derived, Chosen, Unverified:
		return g, strings.TrimSpace(source)
	}
	return Ungraded, ""
}

// Describe writes the profile as text: a line per field with its value, its
// grade in words and its source.
func (p *Profile) Describe() string {
	var b strings.Builder
	path, width := 0, 0
	for _, f := range p.figures {
		path, width = max(path, len(f.Path)), max(width, len(f.Value))
	}
	// A long list or description must not fill the page.
	width = min(width, 24)
	fmt.Fprintf(&b, "%s: %s\n\n", p.Name, p.Description)
	if f := p.FitOnly; f != nil {
		fmt.Fprintf(&b, "Fit only: not emulated, since %s.\n", f.Reason)
		if f.Caution != "" {
			fmt.Fprintf(&b, "%s.\n", f.Caution)
		}
		b.WriteByte('\n')
	}
	for _, f := range p.figures {
		if f.IsText() {
			continue
		}
		origin := f.Grade.Words()
		if f.Source != "" {
			origin += ": " + f.Source
		}
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", path, f.Path, width, f.Value, origin)
	}
	return b.String()
}
