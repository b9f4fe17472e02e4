package archtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"adder/internal/golden"

	"github.com/stretchr/testify/require"
)

const notices = "../../THIRD-PARTY-NOTICES"

// noticesHead says what the file is and what was chosen where a licence leaves a choice.
const noticesHead = `Adder is built with the modules below, unmodified; those that only its tests use are
among them. Each stands with the terms under which it is distributed.

github.com/golang/freetype is used under the FreeType Project License, of the two that it
offers: portions of this software are copyright The FreeType Project (www.freetype.org).
All rights reserved. github.com/ajstarks/svgo, by Anthony Starks
(https://github.com/ajstarks/svgo), is used under the Creative Commons Attribution 4.0
International License (https://creativecommons.org/licenses/by/4.0/).
`

// rule stands above and below the name of a module.
var rule = strings.Repeat("=", 80)

// language is what every program in Go holds.
const language = "Go, its runtime and standard library"

// terms are the files of a module that say how it may be distributed.
var terms = []string{
	"LICENSE", "LICENSE.txt", "LICENSE.md", "UNLICENSE", "COPYING", "NOTICE", "NOTICE.txt",
	"LICENSE-SIL", "LICENSE-link.txt",
	"PATENTS", "licenses/ftl.txt", "THIRD_PARTY_LICENSES/*",
}

// TestNotices holds THIRD-PARTY-NOTICES to go.mod. -rewrite writes it anew from the module
// cache where it is not so.
func TestNotices(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	want := []string{language}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`).FindAllStringSubmatch(string(mod),
		-1) {
		want = append(want, m[1]+" "+m[2])
	}
	require.Greater(t, len(want), 20)
	text, _ := os.ReadFile(notices)
	var have []string
	for _, m := range regexp.MustCompile("(?m)^"+rule+"\n(.*)\n"+rule+"$").FindAllStringSubmatch(
		string(text), -1) {
		have = append(have, m[1])
	}
	if golden.Rewriting() && strings.Join(want, "\n") != strings.Join(have, "\n") {
		writeNotices(t, want)
		return
	}
	require.Equal(t, want, have, "THIRD-PARTY-NOTICES is not that of go.mod: go test "+
		"./internal/archtest -run Notices -rewrite, then read the new terms")
	require.Contains(t, string(text), noticesHead)
}

func writeNotices(t *testing.T, modules []string) {
	var out strings.Builder
	out.WriteString(noticesHead)
	for _, m := range modules {
		path, _, _ := strings.Cut(m, " ")
		ask := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path)
		if m == language {
			ask = exec.Command("go", "env", "GOROOT")
		}
		folder, err := ask.Output()
		require.NoError(t, err, m)
		dir := strings.TrimSpace(string(folder))
		require.NotEmpty(t, dir, "%s is not in the module cache: go mod download %s", m, path)
		fmt.Fprintf(&out, "\n%s\n%s\n%s\n", rule, m, rule)
		found := 0
		for _, pattern := range terms {
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			require.NoError(t, err)
			for _, file := range files {
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				out.WriteString("\n" + strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n",
					"\n")) + "\n")
				found++
			}
		}
		require.NotZero(t, found, "%s has no terms", m)
	}
	require.NoError(t, os.WriteFile(notices, []byte(out.String()), 0o644))
}
