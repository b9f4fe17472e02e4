package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// runTen runs ten digits with more flags, and gives the document and the counts.
func runTen(t *testing.T, words ...string) (doc, counts map[string]any) {
	t.Helper()
	r := runCommand(append(append([]string{"run"}, words...), "--data", "digits", "--limit", "10",
		"--json")...)
	require.Equal(t, exitDone, r.code, r.err)
	doc = decode(t, r.out)
	return doc, doc["counts"].(map[string]any)
}

// coresIn lists where the cores in use are, as --fault names them.
func coresIn(doc map[string]any) (out []string) {
	for _, c := range doc["by_core"].([]any) {
		of := c.(map[string]any)
		if x, ok := of["x"].(float64); ok {
			out = append(out, fmt.Sprintf("%d:%d", int(x), int(of["y"].(float64))))
		}
	}
	return out
}

// TestDeadCoreOfCommands: a model is placed around a dead core, an image is refused by the core's
// name, moved or lost, as it is said.
func TestDeadCoreOfCommands(t *testing.T) {
	path := model(t)
	plain := filepath.Join(t.TempDir(), "plain.adder")
	require.Equal(t, exitDone, runCommand("compile", path, "--calibrate", "digits", "-o",
		plain).code)
	whole, counts := runTen(t, plain)
	require.NotEmpty(t, coresIn(whole))
	hit := coresIn(whole)[0]
	dead := "dead_cores=" + hit

	refused := runCommand("run", plain, "--data", "digits", "--fault", dead)
	require.Equal(t, exitLimit, refused.code)
	require.Contains(t, refused.err, "core "+hit+" is dead and holds")
	for _, words := range [][]string{{path, "--fault", dead},
		{plain, "--fault", dead + ",loads=move"}} {
		got, now := runTen(t, words...)
		require.Equal(t, whole["accuracy"], got["accuracy"])
		require.Equal(t, counts["synops"], now["synops"])
		require.NotContains(t, coresIn(got), hit)
	}
	_, lost := runTen(t, plain, "--fault", dead+",loads=lose")
	require.Positive(t, lost["dropped_by_fault"])
	_, clocked := runTen(t, plain, "--fault", dead+",loads=lose", "--engine", "cycle", "--workers",
		"3")
	require.Equal(t, lost, clocked)

	// Compiled around it, the image runs on the broken chip; and a chip without enough cores is
	// too small.
	around := filepath.Join(t.TempDir(), "around.adder")
	require.Equal(t, exitDone, runCommand("compile", path, "--calibrate", "digits", "--fault", dead,
		"-o", around).code)
	got, _ := runTen(t, around, "--fault", dead)
	require.Equal(t, whole["accuracy"], got["accuracy"])
	full := runCommand("compile", path, "--calibrate", "digits", "--fault", "cores=1", "-o", around)
	require.Equal(t, exitLimit, full.code)
	require.Contains(t, full.err, "64 of the chip's cores are dead")
}

// TestFaultyPackets: what befalls packets is counted, the same in both engines and with any number
// of workers; a rate of 0 changes no number.
func TestFaultyPackets(t *testing.T) {
	path := model(t)
	spec := "drop=0.1,delay=0.1,duplicate=0.1,dead=0.05,firing=0.05,links=0.02,seed=4"
	_, fast := runTen(t, path, "--fault", spec, "--workers", "1")
	_, clocked := runTen(t, path, "--fault", spec, "--engine", "cycle", "--workers", "3")
	require.Equal(t, fast, clocked)
	for _, name := range []string{"dropped_by_fault", "delayed_by_fault", "duplicated_by_fault"} {
		require.Positive(t, fast[name], name)
	}
	_, plain := runTen(t, path)
	_, zero := runTen(t, path, "--fault", "drop=0,dead=0,links=0,seed=4")
	require.Equal(t, plain, zero)
	r := runCommand("run", path, "--data", "digits", "--engine", "reference", "--fault", "drop=0.1")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "the reference engine has none")
}

// TestFaultsInASweep: what is broken is a flag of a grid like others, and a point has what the
// command prints.
func TestFaultsInASweep(t *testing.T) {
	path := sweepFolder(t, `
command: run
model: m.onnx
data: digits
flags: {limit: 10, calibrate-samples: 50}
grid:
  fault: ["flip=0", "flip=0.01,seed=3", "dead=0.2,drop=0.1,seed=3", "dead_cores=0:0", broken.yaml]
  engine: [fast, cycle]
`)
	folder := filepath.Dir(path)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "broken.yaml"),
		[]byte("firing: 0.2\nseed: 3\n"), 0o666))
	r := runCommand("sweep", path, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.EqualValues(t, 10, decode(t, r.out)["ran"])
	shown := runCommand("sweep", "show", path, "--json")
	require.Equal(t, exitDone, shown.code, shown.err)
	rows := decode(t, shown.out)["rows"].([]any)
	require.Len(t, rows, 10)
	synops := map[string]map[any]any{}
	for _, one := range rows {
		row := one.(map[string]any)
		name := row["fault"].(string)
		if synops[name] == nil {
			synops[name] = map[any]any{}
		}
		synops[name][row["engine"]] = row["synops"]
	}
	require.Len(t, synops, 5)
	for name, by := range synops {
		require.NotNil(t, by["fast"], name)
		require.Equal(t, by["fast"], by["cycle"], name)
	}
	require.NotEqual(t, synops["flip=0"], synops["broken.yaml"])
	require.Equal(t, synops["flip=0"], synops["dead_cores=0:0"])
	alone := decode(t, runCommand("run", filepath.Join(folder, "m.onnx"), "--data", "digits",
		"--limit", "10", "--calibrate-samples", "50",
		"--fault", "dead=0.2,drop=0.1,seed=3", "--json").out)
	require.Equal(t, alone["per_sample"].(map[string]any)["synops"],
		synops["dead=0.2,drop=0.1,seed=3"]["fast"])
}
