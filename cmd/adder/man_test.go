package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestMan: every command has a page that names it.
func TestMan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	r := runCommand("man", dir)
	require.Equal(t, exitDone, r.code, r.err)
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "help" || c.Hidden {
			return
		}
		page, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+
			".1"))
		require.NoError(t, err)
		require.Contains(t, string(page), c.Name())
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRootCommand(&app{}))
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 ticks", 1: "1 tick", 2: "2 ticks",
		1234: "1,234 ticks"} {
		require.Equal(t, want, count(n, "tick"))
	}
}
