package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestProgressLines: work that takes long says in plain lines how far it is, ever more rarely, and
// nothing once it has ended.
func TestProgressLines(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "err"))
	require.NoError(t, err)
	p := (&app{err: file}).newStages("compile")
	require.NotNil(t, p.lines, "a file is no terminal")
	p.lines.end()
	p.lines = newProgressLines(file, time.Millisecond, p.text)
	text := func() string {
		read, err := os.ReadFile(file.Name())
		require.NoError(t, err)
		return string(read)
	}
	require.Eventually(t, func() bool { return strings.Contains(text(), "adder: compile, after ") },
		time.Minute, time.Millisecond)
	p.at("place", 0.25)
	require.Eventually(t, func() bool {
		return strings.Contains(text(), "adder: compile: place, 25 %, after ")
	}, time.Minute, time.Millisecond)
	p.end()
	before := text()
	time.Sleep(20 * time.Millisecond)
	require.Equal(t, before, text())
	require.Equal(t, "run: 1,000 of 10,000", (&progress{name: "run"}).text(1000, 10000))
	require.NoError(t, file.Close())
}
