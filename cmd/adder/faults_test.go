package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaults: a study has its points, and its chip in order is that of run.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	path := model(t)
	plot := filepath.Join(t.TempDir(), "f.svg")
	r := runCommand("faults", path, "--data", "digits", "--limit", "40", "--rates", "1e-4,0.3",
		"--seeds", "2", "--kinds", "flip", "--plot", plot, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	doc := decode(t, r.out)
	ran := decode(t, runCommand("run", path, "--data", "digits", "--limit", "40", "--json").out)
	require.Equal(t, ran["accuracy"], doc["clean"].(map[string]any)["accuracy"])
	rates := doc["rates"].([]any)
	require.Len(t, rates, 6)
	broken := rates[3].(map[string]any)
	require.EqualValues(t, 0.3, broken["rate"])
	require.Less(t, broken["accuracy"], doc["clean"].(map[string]any)["accuracy"])
	require.Len(t, doc["by_bit"], 8)
	require.Len(t, doc["by_layer"], 2)
	_, err := os.Stat(plot)
	require.NoError(t, err)

	// A point of the study is what run says with the same fault.
	alone := decode(t, runCommand("run", path, "--data", "digits", "--limit", "40", "--fault",
		"flip=0.3,seed=1", "--json", "--engine", "cycle").out)
	accuracy := alone["accuracy"].(float64)
	require.True(t, accuracy == broken["least"] || accuracy == broken["greatest"])
	require.Equal(t,
		decode(t, runCommand("run", path, "--data", "digits", "--limit", "40", "--fault",
			"flip=0,seed=1", "--json").out)["counts"],
		ran["counts"])

	text := runCommand("faults", path, "--data", "digits", "--limit", "10", "--rates", "0.1",
		"--seeds", "1")
	require.Equal(t, exitDone, text.code, text.err)
	require.Contains(t, text.out, "spare core")
	require.Contains(t, text.out, "packets that come twice")
}

func TestFaultWrongWords(t *testing.T) {
	path := model(t)
	for want, args := range map[string][]string{
		"is no fault": {"run", path, "--data", "digits", "--fault", "flop=1"},
		"no layer fc9": {"bench", path, "--data", "digits", "--limit", "5",
			"--fault", "flip=0.1,layer=fc9"},
		"--kinds: \"rust\"": {"faults", path, "--data", "digits", "--kinds", "rust"},
		"shares of bits": {"faults", path, "--data", "digits", "--rates",
			"0.1,0.01"},
		"one seed and one kind at least": {"faults", path, "--data", "digits", "--seeds", "0"},
		"--data":                         {"faults", path},
		".png or .svg":                   {"faults", path, "--data", "digits", "--plot", "x.gif"},
	} {
		r := runCommand(args...)
		require.Equal(t, exitUsage, r.code, want)
		require.Contains(t, r.err, want)
	}
}
