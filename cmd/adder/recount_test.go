package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
)

// TestRecount works every total of a report out anew in Python, from its counters and the
// tables' prices, to 1e-9.
func TestRecount(t *testing.T) {
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skipf("%s with numpy is not there: %v", python, err)
	}
	run := func(words ...string) []byte {
		t.Helper()
		r := runCommand(words...)
		require.Equal(t, exitDone, r.code, r.err)
		return []byte(r.out)
	}
	dir := t.TempDir()
	report := filepath.Join(dir, "bench.json")
	bench := run("bench", model(t), "--data", "digits", "--limit", "60", "--ticks", "8", "--json")
	require.NoError(t, os.WriteFile(report, bench, 0o600))
	args := []string{filepath.Join("..", "..", "docs", "recount", "recount.py"), report}
	for _, name := range energy.ShippedTables() {
		file := filepath.Join(dir, name+".json")
		require.NoError(t, os.WriteFile(file, run("energies", name, "--json"), 0o600))
		args = append(args, file)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}
