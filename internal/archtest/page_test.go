package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"adder/internal/golden"

	"github.com/stretchr/testify/require"
)

const page = "../../ARCHITECTURE.md"

// TestPage holds the table of ARCHITECTURE.md to the import table: a line for each
// package, with what it may import. -rewrite writes the imports; what a package owns is
// for a person to write.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	rows := map[string]Row{}
	for _, row := range Table() {
		rows[row.Package] = row
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		cells := strings.Split(line, " | ")
		name, ok := strings.CutPrefix(cells[0], "| `")
		if !ok || len(cells) != 4 {
			continue
		}
		name = strings.TrimSuffix(name, "`")
		row, known := rows[name]
		require.True(t, known, "ARCHITECTURE.md has a line for %s, which has no row in the "+
			"import table", name)
		delete(rows, name)
		require.Equal(t, row.Room, strings.HasPrefix(cells[1], "*room*"),
			"%s: a room is told by its first word", name)
		if golden.Rewriting() {
			cells[2] = row.words()
			lines[i] = strings.Join(cells, " | ")
			continue
		}
		require.Equal(t, row.words(), cells[2], "%s: run with -rewrite", name)
	}
	require.Empty(t, rows, "packages without a line in the table of ARCHITECTURE.md")
	if golden.Rewriting() {
		require.NoError(t, os.WriteFile(page, []byte(strings.Join(lines, "\n")), 0o644))
	}
}

// words are the imports of a row as the page lists them.
func (r Row) words() string {
	if len(r.Imports) == 0 {
		return "-"
	}
	return "`" + strings.Join(r.Imports, "`, `") + "`"
}

// TestPathsOfPages: the pages that say where things are name files that are there.
func TestPathsOfPages(t *testing.T) {
	path := regexp.MustCompile("`([a-z0-9_./-]+/[a-z0-9_./-]+)`")
	root := "../../"
	for _, page := range []string{"docs/extending.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(root + page)
		require.NoError(t, err)
		for _, found := range path.FindAllStringSubmatch(string(text), -1) {
			name := strings.TrimSuffix(found[1], "/...")
			if strings.HasPrefix(name, "./") || strings.HasPrefix(name, ".ci/") {
				continue
			}
			_, err := os.Stat(root + name)
			require.NoError(t, err, "%s names %s", page, name)
		}
	}
}
