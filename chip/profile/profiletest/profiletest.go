// Package profiletest makes chips that differ from shipped ones in a few fields, for the tests
// of every package.
package profiletest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
)

// Fields are values of a profile's fields, as the file has them. A field is named by its key,
// "neurons", where the profile has one line of it; one that the profile lacks is put into the
// section that its path names, "timing.core.off_chip_latency", or at the end. The value nil
// takes a field out, with all that is in it.
type Fields map[string]any

// Variant is the shipped profile of a name with other fields.
func Variant(t require.TestingT, name string, fields Fields) *profile.Profile {
	p, err := profile.Parse("variant.yaml", Text(t, name, fields))
	require.NoError(t, err)
	return p
}

// Text is the text of Variant. It is without comments, which are the most of a shipped profile
// and take the most of the time to read it.
func Text(t require.TestingT, name string, fields Fields) []byte {
	base, ok := bases.Load(name)
	if !ok {
		p, err := profile.Load(name)
		require.NoError(t, err)
		base, _ = bases.LoadOrStore(name, p.Text())
	}
	text, err := Change(base.([]byte), fields)
	require.NoError(t, err)
	return text
}

// bases are the texts of shipped profiles that tests asked for, by name: properties ask a
// hundred times.
var bases sync.Map

// Change is the text of a profile with other fields, without comments.
func Change(text []byte, fields Fields) ([]byte, error) {
	var lines []line
	for at := range strings.Lines(string(text)) {
		if l := lineOf(at); l.text != "" && l.text[0] != '#' {
			lines = append(lines, l)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		var err error
		if lines, err = set(lines, key, fields[key]); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%*s%s\n", l.indent, "", l.text)
	}
	return []byte(b.String()), nil
}

// line is a line of a profile.
type line struct {
	indent int
	text   string
}

func lineOf(text string) line {
	text = strings.TrimRight(text, "\n")
	bare := strings.TrimLeft(text, " ")
	return line{len(text) - len(bare), bare}
}

func (l line) has(key string) bool {
	rest, ok := strings.CutPrefix(l.text, key)
	return ok && strings.HasPrefix(rest, ":")
}

// set gives the field of a key, or path, another value.
func set(lines []line, key string, value any) ([]line, error) {
	section, name := "", key
	if dot := strings.LastIndexByte(key, '.'); dot >= 0 {
		section, name = key[:dot], key[dot+1:]
	}
	at := slices.IndexFunc(lines, func(l line) bool { return l.has(name) })
	if at < 0 {
		return insert(lines, section, name, value)
	}
	if slices.ContainsFunc(lines[at+1:], func(l line) bool { return l.has(name) }) {
		return nil, fmt.Errorf("the profile has several fields %s", name)
	}
	end := at + 1
	for end < len(lines) && lines[end].indent > lines[at].indent {
		end++
	}
	if value == nil {
		return slices.Delete(lines, at, end), nil
	}
	lines[at].text = fmt.Sprintf("%s: %v", name, value)
	return slices.Delete(lines, at+1, end), nil
}

// insert puts a field at the head of a section that has others, or at the end.
func insert(lines []line, section, name string, value any) ([]line, error) {
	if value == nil {
		return nil, fmt.Errorf("the profile has no field %s to take out", name)
	}
	field := line{text: fmt.Sprintf("%s: %v", name, value)}
	if section == "" {
		return append(lines, field), nil
	}
	at := 0
	for part := range strings.SplitSeq(section, ".") {
		under := slices.IndexFunc(lines[at:], func(l line) bool { return l.text == part+":" })
		if under < 0 {
			return nil, fmt.Errorf("the profile has no section %s", section)
		}
		at += under + 1
	}
	field.indent = lines[at].indent
	return slices.Insert(lines, at, field), nil
}
