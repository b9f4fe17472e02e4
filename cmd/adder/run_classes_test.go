package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestClassesWithoutLabels: samples without labels have no accuracy; the classes that they were
// given are printed, and all are in the document.
func TestClassesWithoutLabels(t *testing.T) {
	m := model(t)
	spikes := filepath.Join(t.TempDir(), "s.csv")
	var list strings.Builder
	list.WriteString("sample,tick,source\n")
	for i := range 30 {
		fmt.Fprintf(&list, "%d,0,%d\n", i, i)
	}
	require.NoError(t, os.WriteFile(spikes, []byte(list.String()), 0o644))
	args := []string{"run", m, "--calibrate", "digits", "--spikes", spikes, "--ticks", "4"}
	r := runCommand(args...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Regexp(t, `classes of the samples, which have no labels: (\d ){19}\d, and of 10 more `+
		`with --json\n`, r.out)
	require.NotContains(t, r.out, "accuracy")
	doc := decode(t, runCommand(append(args, "--json")...).out)
	require.Len(t, doc["classes"], 30)
	own := append(args, "--engine", "reference")
	r = runCommand(own...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Regexp(t, `classes of the samples, which have no labels: (\d ){19}\d, and of 10 more`,
		r.out)
	require.Len(t, decode(t, runCommand(append(own, "--json")...).out)["classes"], 30)
	labelled := decode(t, runCommand("run", m, "--data", "digits", "--limit", "3", "--json").out)
	require.Nil(t, labelled["classes"])
	require.Len(t, labelled["accuracy_interval"], 2)
}

// TestCountedInputsAreNumbers: events that are counted are no spikes, so none are reported.
func TestCountedInputsAreNumbers(t *testing.T) {
	path := saveText(t, "1.bin", "\x01\x02\x80\x00\x00\x01\x02\x80\x00\x01\x03\x04\x80\x00\x63")
	args := []string{"run", model(t), "--engine", "reference", "--events", path, "--event-ticks", "4",
		"--polarity", "merge", "--crop", "28x28+0+0", "--counts"}
	r := runCommand(append(args, "keep")...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "inputs are real numbers, and no spikes\n")
	require.NotContains(t, r.out, "input spikes")
	r = runCommand(append(args, "clip")...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "input spikes")
	require.NotContains(t, r.out, "real numbers")
}
