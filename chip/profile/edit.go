package profile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// Set returns the text of a profile with another value of one field, which is named by its
// path, such as core.neurons. The field must be there. Set does not check the value:
// Parse does.
func Set(text []byte, field, value string) ([]byte, error) {
	for part := range strings.SplitSeq(field, ".") {
		if part == "" || strings.ContainsAny(part, "$*[]'\" ") {
			return nil, fmt.Errorf("profile: %q is no field: write it as core.neurons", field)
		}
	}
	path, err := yaml.PathString("$." + field)
	if err != nil {
		return nil, fmt.Errorf("profile: field %s: %w", field, err)
	}
	file, err := parser.ParseBytes(text, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if _, err := path.FilterFile(file); err != nil {
		return nil, fmt.Errorf("profile: there is no field %s to set", field)
	}
	if strings.ContainsAny(value, "\n\r") {
		return nil, fmt.Errorf("profile: field %s: a value is one line", field)
	}
	if err := path.ReplaceWithReader(file, strings.NewReader(value)); err != nil {
		return nil, fmt.Errorf("profile: field %s: %q: %w", field, value, err)
	}
	return []byte(file.String()), nil
}
