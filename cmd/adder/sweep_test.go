package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/sweep"
)

// sweepFolder has a model and a sweep.yaml.
func sweepFolder(t *testing.T, text string) string {
	t.Helper()
	folder := t.TempDir()
	trained, err := os.ReadFile(model(t))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "m.onnx"), trained, 0o666))
	path := filepath.Join(folder, "sweep.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

const smallSweep = `
model: m.onnx
data: digits
flags: {limit: 20, energy: 45nm, stop-samples: 0, calibrate-samples: 50}
grid:
  bits: [4, 8]
  ticks: [4, 8]
  chip.core.neurons: [1, 64]
`

// coarseSweep has points that fit and points that do not.
const coarseSweep = `
model: m.onnx
data: digits
flags: {limit: 20, energy: 45nm, stop-samples: 0, calibrate-samples: 50, ticks: 4}
grid:
  bits: [4, 8]
  chip.core.neurons: [1, 64]
`

// TestSweepIsBench: a point has what the command prints, and those that do not fit say so.
func TestSweepIsBench(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	path := sweepFolder(t, smallSweep)
	r := runCommand("sweep", path, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	doc := decode(t, r.out)
	require.EqualValues(t, 8, doc["points"])
	require.EqualValues(t, 8, doc["ran"])

	shown := runCommand("sweep", "show", path, "--where",
		"bits == 4 and ticks == 8 and chip.core.neurons == 64", "--json")
	require.Equal(t, exitDone, shown.code, shown.err)
	rows := decode(t, shown.out)["rows"].([]any)
	require.Len(t, rows, 1)
	row := rows[0].(map[string]any)

	folder := filepath.Dir(path)
	alone := decode(t, runCommand("bench", filepath.Join(folder, "m.onnx"), "--data", "digits",
		"--limit", "20", "--energy", "45nm",
		"--stop-samples", "0", "--calibrate-samples", "50", "--bits", "4", "--ticks", "8",
		"--json").out)
	snn := alone["snn"].(map[string]any)
	require.Equal(t, snn["accuracy"], row["accuracy"])
	require.Equal(t, snn["synops"], row["synops"])

	again := decode(t, runCommand("sweep", path, "--json").out)
	require.EqualValues(t, 0, again["ran"])
	for _, name := range []string{"table.csv", "report.html", "pareto.svg"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.NotContains(t, string(text), folder, name)
	}
}

// TestSweepRecordsLimits: a network that does not fit is a row, not an end.
func TestSweepRecordsLimits(t *testing.T) {
	path := sweepFolder(t, `
command: compile
model: m.onnx
flags: {calibrate: digits, calibrate-samples: 50}
grid: {chip.core.synapse_memory: [1 Kibit, 8 Mibit], bits: [8, 40]}
`)
	r := runCommand("sweep", path, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	by := decode(t, r.out)["by_status"].(map[string]any)
	require.EqualValues(t, 1, by["done"])
	require.EqualValues(t, 2, by["limit"]) // memory is too small, whatever the bits
	require.EqualValues(t, 1, by["refused"])
	table, err := os.ReadFile(filepath.Join(filepath.Dir(path), "table.csv"))
	require.NoError(t, err)
	require.NotContains(t, string(table), os.TempDir())
}

func TestSweepWrongWords(t *testing.T) {
	path := sweepFolder(t, "model: m.onnx\ngrid: {bitz: [1, 2]}\n")
	for want, args := range map[string][]string{
		"bitz is no flag of bench": {path},
		"--shard 3/3":              {path, "--shard", "3/3"},
		"leave out --shard":        {path, "--shard", "0/3", "--budget", "2"},
		"no such file":             {path + "x"},
		"--emit cron":              {path, "--emit", "cron"},
		"has not been run":         {"show", path},
	} {
		r := runCommand(append([]string{"sweep"}, args...)...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, want)
	}
}

// TestSweepScript: what --emit prints is a script that runs.
func TestSweepScript(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	path := sweepFolder(t, strings.Replace(smallSweep, "[1, 64]", "[64]", 1))
	self, err := os.Executable()
	require.NoError(t, err)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	bin := t.TempDir()
	wrapper := "#!/bin/sh\n" + asProgram + "=1 exec " + self + " \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "adder"), []byte(wrapper), 0o777))
	for _, scheduler := range sweep.Schedulers() {
		r := runCommand("sweep", path, "--emit", scheduler, "--shards", "2")
		require.Equal(t, exitDone, r.code, r.err)
		script := filepath.Join(bin, scheduler+".sh")
		require.NoError(t, os.WriteFile(script, []byte(r.out), 0o777))
		out, err := exec.Command(bash, "-n", script).CombinedOutput()
		require.NoError(t, err, "%s", out)
		if scheduler != "slurm" {
			continue
		}
		for _, task := range []string{"0", "1"} {
			cmd := exec.Command(bash, script)
			cmd.Env = append(os.Environ(), "SLURM_ARRAY_TASK_ID="+task, "SLURM_CPUS_PER_TASK=1",
				"PATH="+bin+":"+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		}
	}
	// The test binary is the program in both, so that the points are the same.
	again := runCommand("sweep", path, "--json")
	require.Equal(t, exitDone, again.code, again.err)
	require.EqualValues(t, 4, decode(t, again.out)["found"])
}

// TestSweepMistakes: what a newcomer gets wrong is said before any point runs, or where only
// the points can tell, behind the table.
func TestSweepMistakes(t *testing.T) {
	head := "model: m.onnx\ndata: digits\nflags: {limit: 2, energy: 45nm, stop-samples: 0, " +
		"calibrate-samples: 10}\n"
	for _, tc := range []struct {
		text, want string
		code       int
	}{
		{"modle: m.onnx\n", "modle", exitUsage},
		{"model: none.onnx\ndata: digits\n", "model: stat", exitUsage},
		{"model: m.onnx\ndata: none\n", "data: stat", exitUsage},
		{head + "grid: {chip: [adder, addr]}\n", `profile "addr" is not shipped`, exitUsage},
		{head + "grid: {chip.core.neurnos: [1]}\n", "chip.core.neurnos", exitUsage},
		{strings.Replace(head, "45nm", "45mn", 1), `energy table "45mn"`, exitUsage},
		{head + "grid: {bits: [2]}\nwhere: bits > 2\n", "no points", exitUsage},
		{head + "where: acuracy > 0.5\n", "no setting or column acuracy", exitUsage},
		{head + "objectives: {acuracy: max, energy: min}\n", "no result has acuracy", exitUsage},
		{head + "grid: {bits: [40, 50]}\n", "no point has a result: point 1 says", exitLimit},
		{"model: m.onnx\nflags: {limit: 2}\n", "bench needs samples", exitLimit},
	} {
		r := runCommand("sweep", sweepFolder(t, tc.text))
		require.Equal(t, tc.code, r.code, "%s\n%s", tc.text, r.err)
		require.Contains(t, r.err, tc.want)
	}
}
