package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTrainFewBits trains a network of few bits from a trained one, and has it read.
func TestTrainFewBits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "q.onnx")
	r := runCommand("train", "ann", "--data", "digits", "--limit", "400", "--epochs", "2",
		"--batch", "20", "--from", model(t),
		"--input-bits", "2", "--activation-bits", "2", "--sparsity", "0.5", "-o", path, "--json")
	require.Zero(t, r.code, r.err)
	doc := decode(t, r.out)
	require.Greater(t, doc["accuracy"], 0.5)
	cost := doc["per_sample"].(map[string]any)
	require.Greater(t, cost["synops"], cost["effective_macs"])
	r = runCommand("inspect", path)
	require.Zero(t, r.code, r.err)

	for want, flags := range map[string][]string{
		"inputs of 9 bits":     {"--input-bits", "9"},
		"one of them says":     {"--from", path, "--net", "12"},
		"--momentum":           {"--weight-bits", "4", "--momentum", "0.5"},
		"end the name in .onn": {"--weight-bits", "4", "-o", "m.nir"},
	} {
		r := runCommand(append([]string{"train", "ann", "--data", "digits", "-o",
			filepath.Join(dir, "x.onnx")}, flags...)...)
		require.Equal(t, 2, r.code, r.err)
		require.Contains(t, r.err, want)
	}
}
