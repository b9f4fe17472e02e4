package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/dataset"
	"adder/internal/golden"
	"adder/internal/outside"
)

// shown is a command of the README and the output below it.
type shown struct {
	command string
	output  []string
}

// shownIn are the commands of a page, in order. A block is indented by four spaces; what
// follows a command in blocks without a sentence between them is its output.
func shownIn(page string) []shown {
	var all []shown
	open := false
	for _, line := range strings.Split(page, "\n") {
		block, indented := strings.CutPrefix(line, "    ")
		switch {
		case strings.TrimSpace(line) == "":
		case !indented:
			open = false
		case strings.HasPrefix(block, "./adder ") || strings.HasPrefix(block, "sed "):
			all = append(all, shown{command: block})
			open = true
		case open:
			last := &all[len(all)-1]
			last.output = append(last.output, strings.TrimRight(block, " "))
		}
	}
	return all
}

var (
	// replacement is the one form of sed that the README needs.
	replacement = regexp.MustCompile(`^sed -i 's/([^/]+)/([^/]+)/' (\S+)$`)
	tookSeconds = regexp.MustCompile(`[0-9.]+ s\b`)
)

// TestREADME runs the commands of the README in an empty folder and holds what they print
// to what it shows. Commands on MNIST need the data, the rest nothing.
func TestREADME(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains two networks")
	}
	page, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	mnist, err := filepath.Abs(filepath.Join(os.Getenv(outside.Variable), "mnist"))
	require.NoError(t, err)
	if info, err := os.Stat(mnist); err != nil || !info.IsDir() {
		mnist = ""
	}
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("data", 0o755))
	if mnist != "" {
		require.NoError(t, os.Symlink(mnist, "data/mnist"))
	}
	commands := shownIn(string(page))
	require.Greater(t, len(commands), 8)
	left := 0
	for _, c := range commands {
		needs := strings.Contains(c.command, "data/mnist") ||
			strings.Contains(c.command, " m.adder")
		if strings.Contains(c.command, " data fetch ") || needs && mnist == "" {
			left++
			continue
		}
		c.run(t)
	}
	if mnist == "" {
		t.Logf("%d commands need MNIST: set %s", left, outside.Variable)
	}
}

func (c *shown) run(t *testing.T) {
	if found := replacement.FindStringSubmatch(c.command); found != nil {
		text, err := os.ReadFile(found[3])
		require.NoError(t, err)
		require.Contains(t, string(text), found[1], c.command)
		text = []byte(strings.ReplaceAll(string(text), found[1], found[2]))
		require.NoError(t, os.WriteFile(found[3], text, 0o644))
		return
	}
	words, file, _ := strings.Cut(c.command, " > ")
	r := runOn(t.Context(), dataset.OpenHead, strings.Fields(words)[1:]...)
	if file != "" {
		require.NoError(t, os.WriteFile(file, []byte(r.out), 0o644))
		return
	}
	got := r.out
	if r.code != exitDone {
		got = r.err
	}
	if want := shortened(c.output, lines(got)); want != "" {
		require.Fail(t, c.command, "%s", golden.Diff(strings.Join(c.output, "\n"), got)+want)
	}
}

// lines are those of a text that are not empty, without times.
func lines(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimRight(line, " "); line != "" {
			all = append(all, tookSeconds.ReplaceAllString(line, "# s"))
		}
	}
	return all
}

// shortened reports how a text is not the output that a page shows, in which an ellipsis
// stands for any lines, or "".
func shortened(page, text []string) string {
	page = lines(strings.Join(page, "\n"))
	at, free := 0, false
	for _, want := range page {
		if want == "…" {
			free = true
			continue
		}
		for at < len(text) && free && text[at] != want {
			at++
		}
		if at == len(text) || text[at] != want {
			return "\nnot printed: " + want
		}
		at, free = at+1, false
	}
	if at < len(text) && !free && len(page) > 0 {
		return "\nnot in the page: " + text[at]
	}
	return ""
}
