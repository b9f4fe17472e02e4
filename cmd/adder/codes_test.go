package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// TestCodes compiles a model to both codes, runs image and model, and holds the chip to the
// quantised network.
func TestCodes(t *testing.T) {
	m, dir := model(t), t.TempDir()
	for _, code := range []string{"radix", "level"} {
		doc := decode(t, runCommand("run", m, "--data", "digits", "--limit", "20", "--code", code,
			"--input-bits", "3", "--against", "quantised", "--json").out)
		against := doc["against"].(map[string]any)
		require.EqualValues(t, 20, against["samples"])
		require.EqualValues(t, 10, against["outputs"])
		require.EqualValues(t, 0, against["differ"])
		require.Nil(t, against["first"])
		require.EqualValues(t, 0, against["layers"].([]any)[0].(map[string]any)["differ"])
		require.Equal(t, code, doc["encoder"])

		image, out := filepath.Join(dir, code+".adder"), filepath.Join(dir, code+".npz")
		compiled := decode(t, runCommand("compile", m, "--calibrate", "digits", "--code", code,
			"--input-bits", "3", "-o", image, "--json").out)
		require.Equal(t, code, compiled["code"])
		require.EqualValues(t, 3, compiled["input_bits"])
		require.EqualValues(t, 4, compiled["activation_bits"])
		require.Len(t, compiled["levels"], 3)
		require.Equal(t, code, decode(t, runCommand("inspect", image, "--json").out)["code"])
		again := decode(t, runCommand("run", image, "--data", "digits", "--limit", "20", "--out",
			out, "--json").out)
		require.Equal(t, doc["accuracy"], again["accuracy"])
		require.Equal(t, doc["counts"].(map[string]any)["synops"],
			again["counts"].(map[string]any)["synops"])
		f, err := npz.Open(out)
		require.NoError(t, err)
		array, err := f.Array("out")
		require.NoError(t, err)
		require.Equal(t, []int{20, 1, 10}, array.Shape)
		require.NoError(t, f.Close())

		for want, args := range map[string][]string{
			"was compiled for": {"--code",
				map[string]string{"radix": "level", "level": "radix"}[code]},
			"--ticks 5":      {"--ticks", "5"},
			"--encoder rate": {"--encoder", "rate"},
		} {
			r := runCommand(append([]string{"run", image, "--data", "digits", "--limit", "1"},
				args...)...)
			require.Equal(t, exitUsage, r.code, "%v", args)
			require.Contains(t, r.err, want)
		}
	}
	r := runCommand("run", m, "--data", "digits", "--limit", "1", "--against", "quantised")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "was compiled to rates")
}

// TestBenchOfACode: the curve is one point, none is chosen, and the ANN of the same bits has
// the accuracy of the chip.
func TestBenchOfACode(t *testing.T) {
	doc := decode(t, runCommand("bench", model(t), "--data", "digits", "--limit", "40", "--code",
		"radix", "--activation-bits", "3", "--input-bits", "2", "--energy", "45nm", "--json").out)
	require.Len(t, doc["curve"], 1)
	require.Nil(t, doc["cheapest_within_half_point"])
	quantised := doc["ann"].(map[string]any)["quantised"].([]any)
	require.Len(t, quantised, 2)
	same := quantised[1].(map[string]any)
	require.EqualValues(t, 3, same["bits"])
	require.Equal(t, doc["snn"].(map[string]any)["accuracy"], same["accuracy"])
}
