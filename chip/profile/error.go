package profile

import (
	"fmt"
	"strings"
)

// Error is a fault of a profile's text.
type Error struct {
	// File is the name that the text was parsed under.
	File string
	// Line and Column say where the fault is, both from 1.
	Line, Column int
	// Source is that line of the text.
	Source string
	// Field is the path of the field, e.g. "core.neurons", or empty for a
	// fault of the text as a whole.
	Field string
	// Problem says what is wrong and what to do.
	Problem string
}

// Error gives file, line, field and problem, and below them the line itself
// with a mark under the column.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "profile %s:%d:%d: ", e.File, e.Line, e.Column)
	if e.Field != "" {
		fmt.Fprintf(&b, "%s: ", e.Field)
	}
	b.WriteString(e.Problem)
	number := fmt.Sprint(e.Line)
	margin, before := strings.Repeat(" ", len(number)), strings.Repeat(" ", e.Column-1)
	fmt.Fprintf(&b, "\n  %s | %s\n  %s | %s^", number, e.Source, margin, before)
	return b.String()
}

// maxSource is the longest line that is quoted in full.
const maxSource = 120

// sourceLine returns line n of the text and a column within it, both safe to
// print.
func sourceLine(lines []string, n, column int) (source string, line, col int) {
	line = min(max(n, 1), len(lines))
	text := []rune(strings.ToValidUTF8(strings.TrimRight(lines[line-1], "\r"), "?"))
	for i, r := range text {
		if r < ' ' || r == 0x7f {
			text[i] = ' '
		}
	}
	if len(text) > maxSource {
		text = append(text[:maxSource], '…')
	}
	return string(text), line, min(max(column, 1), len(text)+1)
}
