package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryKeyHasItsPlace: each key of the format is in a shipped profile, whose comments say
// what it is, or is named on a page.
func TestEveryKeyHasItsPlace(t *testing.T) {
	all := ""
	for _, pattern := range []string{"shipped/*.yaml", "../../docs/*.md", "../../docs/chips/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
	}
	var walk func(above string, fields []field)
	walk = func(above string, fields []field) {
		for _, f := range fields {
			path := strings.TrimPrefix(above+"."+f.key, ".")
			found := false
			for _, form := range []string{"\n" + f.key + ":", " " + f.key + ":", "{" + f.key + ":",
				"`" + f.key + "`", "`" + path + "`", "`" + f.key + ":", "`" + path + ":"} {
				found = found || strings.Contains(all, form)
			}
			if !found {
				t.Errorf("neither a shipped profile nor a page has the key %s", path)
			}
			walk(path, f.fields)
		}
	}
	walk("", schema(new(Profile)))
	walk("", fitOnlySchema(new(Profile)))
}
