package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/chip/profile"
)

// pages are the pages for users, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"README.md", "CONTRIBUTING.md", "docs/*.md", "docs/*/*.md",
		"python/README.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		for _, path := range found {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			out[filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+"/"))] =
				string(text)
		}
	}
	return out
}

var (
	// span is code within a line, which may go on in the next.
	span = regexp.MustCompile("`[^`]+`")
	// block is a line that runs the program, and those that a
	// backslash joins to it. One with a semicolon is output that names chip adder.
	block = regexp.MustCompile(`(?m)^ *(?:\$ )?(?:\./)?adder (?:[^\n;]*\\\n)*[^\n;]*$`)
	// written is a flag as it is written.
	written = regexp.MustCompile(`(?:^|[ (])(--[a-z][a-z0-9-]*)`)
)

// commandsOf lists the commands that a page shows, with what follows them.
func commandsOf(text string) []string {
	var out []string
	for _, s := range span.FindAllString(text, -1) {
		if s = strings.Trim(s, "`"); strings.HasPrefix(strings.TrimPrefix(s, "./"), "adder ") {
			out = append(out, s)
		}
	}
	out = append(out, block.FindAllString(text, -1)...)
	for i, s := range out {
		s = strings.TrimSpace(strings.ReplaceAll(s, "\\\n", " "))
		out[i] = strings.Join(strings.Fields(strings.TrimPrefix(s, "./")), " ")
	}
	return out
}

// each visits a command and those below it, but for help and completion.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	if c.Name() == "help" || c.Name() == "completion" {
		return
	}
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

// flagOf is a flag of a command, its own or its parents', nil where it has none of the name.
func flagOf(c *cobra.Command, name string) *pflag.Flag {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	if f := c.Flags().Lookup(name); f != nil {
		return f
	}
	return c.InheritedFlags().Lookup(name)
}

// TestCommandsOfPagesExist reads every command that a page shows: the command is there, and so
// are its flags.
func TestCommandsOfPagesExist(t *testing.T) {
	seen := 0
	for path, text := range pages(t) {
		for _, line := range commandsOf(text) {
			root := newRootCommand(&app{})
			words := strings.Fields(line)[1:]
			c, rest, err := root.Find(words)
			if err != nil {
				t.Errorf("%s: %s: %v", path, line, err)
				continue
			}
			seen++
			if c.HasSubCommands() && len(rest) > 0 && regexp.MustCompile(`^[a-z]+$`).
				MatchString(rest[0]) && !c.Runnable() {
				t.Errorf("%s: %s: %s has no command %s", path, line, c.CommandPath(), rest[0])
			}
			for _, f := range written.FindAllStringSubmatch(line, -1) {
				if flagOf(c, strings.TrimPrefix(f[1], "--")) == nil {
					t.Errorf("%s: %s: %s has no flag %s", path, line, c.CommandPath(), f[1])
				}
			}
		}
	}
	require.Greater(t, seen, 100)
}

// TestFlagsOfPagesExist reads every flag that a page names alone.
func TestFlagsOfPagesExist(t *testing.T) {
	known := map[string]bool{}
	each(newRootCommand(&app{}), func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
	})
	for path, text := range pages(t) {
		for _, s := range span.FindAllString(text, -1) {
			s = strings.Trim(s, "`")
			if !strings.HasPrefix(s, "--") {
				continue
			}
			for _, f := range written.FindAllStringSubmatch(s, -1) {
				if !known[f[1]] {
					t.Errorf("%s: no command has the flag %s", path, f[1])
				}
			}
		}
	}
}

// TestPagesHaveEverything is the other direction: each command, each flag, each shipped chip
// and each energy table is named on a page.
func TestPagesHaveEverything(t *testing.T) {
	all := ""
	for _, text := range pages(t) {
		all += strings.Join(strings.Fields(text), " ") + "\n"
	}
	each(newRootCommand(&app{}), func(c *cobra.Command) {
		if c.Runnable() && !strings.Contains(all, c.CommandPath()) {
			t.Errorf("no page names %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(all, "--"+f.Name) {
				t.Errorf("no page names --%s of %s", f.Name, c.CommandPath())
			}
		})
	})
	for _, name := range profile.Shipped() {
		if !strings.Contains(all, "`"+name+"`") {
			t.Errorf("no page names chip %s", name)
		}
	}
	for _, name := range energy.ShippedTables() {
		if !strings.Contains(all, "`"+name+"`") {
			t.Errorf("no page names energy table %s", name)
		}
	}
}
