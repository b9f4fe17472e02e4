package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReport: the page is there, its numbers are those of bench, and the same words give the
// same bytes.
func TestReport(t *testing.T) {
	dir := t.TempDir()
	m, page := model(t), filepath.Join(dir, "r.html")
	flags := []string{m, "--data", "digits", "--limit", "20", "--engine", "cycle", "--json"}
	bench := runCommand(append([]string{"bench"}, flags...)...)
	require.Equal(t, exitDone, bench.code, bench.err)
	r := runCommand(append([]string{"report", "-o", page}, flags...)...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Equal(t, bench.out, r.out, "the document is that of bench")
	first, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Less(t, len(first), 500_000)
	require.True(t, strings.Contains(string(first), "Where does energy go?"))
	require.Equal(t, exitDone,
		runCommand(append([]string{"report", "-o", page, "--workers", "1"}, flags...)...).code)
	second, err := os.ReadFile(page)
	require.NoError(t, err)
	require.True(t, string(first) == string(second), "a second run writes another page")
}

func TestReportRefuses(t *testing.T) {
	dir := t.TempDir()
	m := model(t)
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"a page ends in .html",
			[]string{m, "--data", "digits", "-o", filepath.Join(dir, "r.txt")}},
		{"--sample -1", []string{m, "--data", "digits", "--sample", "-1", "-o",
			filepath.Join(dir, "r.html")}},
		{"there are 5 samples", []string{m, "--data", "digits", "--limit", "5", "--sample", "5",
			"-o", filepath.Join(dir, "r.html")}},
		{"report needs samples", []string{m, "-o", filepath.Join(dir, "r.html")}},
	} {
		r := runCommand(append([]string{"report"}, tt.args...)...)
		require.Equal(t, exitUsage, r.code, tt.want)
		require.Contains(t, r.err, tt.want)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
