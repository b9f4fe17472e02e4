package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTrainSNNIsWhatTheChipRuns trains with the chip's integers, and expects of the chip the
// very accuracy that the training printed.
func TestTrainSNNIsWhatTheChipRuns(t *testing.T) {
	for name, flags := range map[string][]string{
		"dense": {"--net", "20", "--ticks", "4", "--encoder", "direct"},
		"conv": {"--net", "2C3-AP4-20", "--ticks", "3", "--encoder", "direct", "--batch", "16",
			"--epochs", "3", "--gain", "2", "--bits", "6"},
		"subtract": {"--net", "20", "--ticks", "4", "--encoder", "bernoulli", "--reset", "subtract",
			"--keep", "0.8"},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "dense" {
				t.Skip("a second or more")
			}
			path := filepath.Join(t.TempDir(), "m.nir")
			shared := []string{"--data", "digits", "--bits", "8", "--limit", "400", "--json"}
			train := append([]string{"train", "snn", "--epochs", "2", "--lr", "0.01", "-o", path},
				append(shared, flags...)...)
			trained := decode(t, runCommand(train...).out)
			require.Greater(t, trained["accuracy"], 0.2)
			// run takes all of the test images, and what it does not know from the file.
			run := []string{"run", path, "--data", "digits", "--json", "--bits", "8"}
			for i := 0; i < len(flags); i += 2 {
				if !slices.Contains([]string{"--net", "--keep", "--batch", "--epochs", "--gain"},
					flags[i]) {
					run = append(run, flags[i], flags[i+1])
				}
			}
			got := decode(t, runCommand(run...).out)
			require.InDelta(t, trained["accuracy"], got["accuracy"], 1e-9)
			require.EqualValues(t, testDigits, got["samples"])
		})
	}
}

func TestTrainSNNRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "m.nir")
	for want, flags := range map[string][]string{
		"end the name in .nir": {"-o", "m.onnx"},
		"is not known":         {"--net", "12D3"},
		"they are one of":      {"--neuron", "srm0"},
		"write 1 sample":       {"--every", "0"},
		"learning rate 5":      {"--lr", "5"},
	} {
		r := runCommand(append([]string{"train", "snn", "--data", "digits", "-o", out},
			flags...)...)
		require.Equal(t, 2, r.code, r.err)
		require.Contains(t, r.err, want)
	}
	_, err := os.Stat(out)
	require.ErrorIs(t, err, os.ErrNotExist)
}
