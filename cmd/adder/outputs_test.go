package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// TestOutputsAreNoInputs: no command overwrites what it reads or writes one file twice,
// and says so before it reads.
func TestOutputsAreNoInputs(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"m.onnx", "m.adder", "v.snn", "p.yaml", "in.csv", "in.png",
		"e.png"} {
		require.NoError(t, os.WriteFile(name, []byte("precious"), 0o644))
	}
	require.NoError(t, os.Mkdir("t", 0o777))
	require.NoError(t, os.WriteFile("t/energy.csv", []byte("precious"), 0o644))
	require.NoError(t, os.Link("m.adder", "hard.adder"))
	if err := os.Symlink("m.onnx", "link.onnx"); err != nil {
		t.Skip("this system makes no links: ", err)
	}
	whole, err := filepath.Abs("m.onnx")
	require.NoError(t, err)
	for _, c := range []struct {
		words       []string
		first, then string
	}{
		{[]string{"compile", "m.onnx", "-o", "x.adder", "--write-placement", "m.onnx"},
			"--write-placement m.onnx", "m.onnx"},
		{[]string{"compile", "m.onnx", "-o", "x.adder", "--write-placement", whole},
			"--write-placement " + whole, "m.onnx"},
		{[]string{"compile", "link.onnx", "-o", "x.adder", "--write-placement", "m.onnx"},
			"--write-placement m.onnx", "link.onnx"},
		{[]string{"compile", "m.onnx", "-o", "x.adder", "--placement", "p.yaml",
			"--write-placement", "./p.yaml"}, "--write-placement ./p.yaml", "--placement p.yaml"},
		{[]string{"compile", "m.onnx", "-o", "x.adder", "--write-placement", "./x.adder"},
			"--out x.adder", "--write-placement ./x.adder"},
		{[]string{"run", "m.adder", "--spikes", "in.csv", "--out", "in.csv"}, "--out in.csv",
			"--spikes in.csv"},
		{[]string{"run", "m.adder", "--data", "digits", "--out", "x.csv", "--trace", "x.csv"},
			"--out x.csv", "--trace x.csv"},
		{[]string{"run", "hard.adder", "--data", "digits", "--trace", "m.adder"}, "--trace m.adder",
			"hard.adder"},
		{[]string{"bench", "m.adder", "--data", "digits", "--plot", "x.svg", "--plot-map", "x.svg"},
			"--plot x.svg", "--plot-map x.svg"},
		{[]string{"bench", "m.adder", "--spikes", "t/energy.csv", "--csv", "t"}, "--csv t",
			"--spikes t/energy.csv"},
		{[]string{"bench", "m.adder", "--data", "digits", "--energy", "45nm,p.yaml", "--plot-bill",
			"p.yaml"}, "--plot-bill p.yaml", "--energy p.yaml"},
		{[]string{"reproduce", "table4", "--data", "m.onnx", "--csv", "m.onnx"}, "--csv m.onnx",
			"--data m.onnx"},
		{[]string{"train", "stdp", "--data", "digits", "--checkpoint", "k.snn", "-o", "k.snn"},
			"--checkpoint k.snn", "--out k.snn"},
		{[]string{"train", "ann", "--data", "m.onnx", "-o", "m.onnx"}, "--out m.onnx",
			"--data m.onnx"},
		{[]string{"data", "inspect", "e.png", "-o", "e.png"}, "--output e.png", "e.png"},
	} {
		r := runCommand(c.words...)
		require.Equal(t, exitUsage, r.code, "%v: %s", c.words, r.err)
		require.Contains(t, r.err, c.first)
		require.Contains(t, r.err, c.then)
		require.Regexp(t, "would overwrite|are the same file", r.err)
	}
	for _, name := range []string{"m.onnx", "m.adder", "p.yaml", "in.csv", "e.png",
		"t/energy.csv"} {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "precious", string(content), name)
	}
}

// TestEveryOutputIsMarked: a flag whose help says that it writes is one that
// requireOutputs looks at.
func TestEveryOutputIsMarked(t *testing.T) {
	marked := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			_, is := f.Annotations[outputMark]
			if is {
				marked++
			}
			says := regexpWrites.MatchString(f.Usage) && f.Value.Type() == "string"
			require.Equal(t, says, is, "%s --%s: %s", c.CommandPath(), f.Name, f.Usage)
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRootCommand(&app{}))
	require.GreaterOrEqual(t, marked, 14)
}

// regexpWrites finds the help of flags that name what a command writes.
var regexpWrites = regexp.MustCompile(`\bto (write|draw)\b|^(draw|write) |to keep the state`)

// full takes no byte.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestFullDisks: what is not written whole is no success.
func TestFullDisks(t *testing.T) {
	for _, words := range [][]string{{"chips"}, {"energies"}, {"chips", "--json"}, {"--version"},
		{"run", "--help"}} {
		var errOut bytes.Buffer
		require.Equal(t, exitLimit, execute(context.Background(), words, full{}, &errOut), words)
		require.Contains(t, errOut.String(), syscall.ENOSPC.Error())
	}
	require.Equal(t, exitLimit,
		exitCode(errors.Join(&os.PathError{Op: "open", Path: "x", Err: syscall.EROFS})))
	require.Equal(t, exitUsage, exitCode(&os.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}))
}

// TestLongTraces need a number of samples.
func TestLongTraces(t *testing.T) {
	image, _ := smallImage(t)
	dir := t.TempDir()
	spikes := filepath.Join(dir, "in.csv")
	require.NoError(t, os.WriteFile(spikes, []byte("sample,tick,source\n0,0,0\n100,1,1\n"), 0o644))
	out := filepath.Join(dir, "x.csv")
	r := runCommand("run", image, "--spikes", spikes, "--engine", "cycle", "--trace", out)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "it would hold 101 samples: say how many with --limit")
	require.NoFileExists(t, out)
	r = runCommand("run", image, "--spikes", spikes, "--engine", "cycle", "--trace", out, "--limit",
		"2")
	require.Equal(t, exitDone, r.code, r.err)
}
