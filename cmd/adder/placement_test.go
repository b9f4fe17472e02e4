package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlacementIsWrittenEditedAndRead moves a core load by hand.
func TestPlacementIsWrittenEditedAndRead(t *testing.T) {
	m, dir := model(t), t.TempDir()
	plan, image := filepath.Join(dir, "p.yaml"), filepath.Join(dir, "m.adder")
	r := runCommand("compile", m, "--calibrate", "digits", "--calibrate-samples", "50",
		"--write-placement", plan, "-o", image, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	report := decode(t, r.out)
	require.EqualValues(t, 2, report["cores_used"])
	require.GreaterOrEqual(t, report["unrolled_bits"], report["synapse_bits"])
	hops := report["hops_per_tick"].(map[string]any)
	require.GreaterOrEqual(t, hops["routed"], hops["lower_bound"])

	text, err := os.ReadFile(plan)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := lines[len(lines)-1]
	require.Contains(t, last, "{load: 1, x: ")
	moved := "  - {load: 1, x: 7, y: 6" + last[strings.Index(last, ", neurons"):]
	require.NoError(t, os.WriteFile(plan, []byte(strings.Replace(string(text), last, moved, 1)),
		0o644))

	r = runCommand("compile", m, "--calibrate", "digits", "--calibrate-samples", "50",
		"--placement", plan, "-o", image, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Greater(t, decode(t, r.out)["routed_hops"], report["routed_hops"])
	r = runCommand("inspect", image, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	cores := decode(t, r.out)["cores"].([]any)
	require.EqualValues(t, 6*8+7, cores[1].(map[string]any)["tile"])
	require.Equal(t, "input axons", cores[0].(map[string]any)["tightest"])

	r = runCommand("compile", m, "--calibrate", "digits", "--calibrate-samples", "50", "--chip",
		"wide", "--placement", plan, "-o", image)
	require.NotEqual(t, exitDone, r.code)
	require.Contains(t, r.err, "on chip adder, not for")
	r = runCommand("compile", m, "--calibrate", "digits", "--placement",
		filepath.Join(dir, "none.yaml"), "-o", image)
	require.NotEqual(t, exitDone, r.code)
	require.Contains(t, r.err, "none.yaml")
}

// TestMaxPoolFormIsChecked even where the network has no such layer.
func TestMaxPoolFormIsChecked(t *testing.T) {
	r := runCommand("compile", model(t), "--calibrate", "digits", "--maxpool", "largest", "-o",
		filepath.Join(t.TempDir(), "m.adder"))
	require.NotEqual(t, exitDone, r.code)
	require.Contains(t, r.err, `max-pooling as "largest": the spiking forms are or and first`)
}
