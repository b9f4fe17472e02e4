package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// TestFindsCompile: models of public repositories' forms whose trouble was
// behind the reader fit a chip.
func TestFindsCompile(t *testing.T) {
	folder := filepath.Join(outside.Folder(t, "finds"), "onnx")
	compile := func(name string, more ...string) outcome {
		words := append([]string{"compile", filepath.Join(folder, name+".onnx"), "--calibrate",
			"digits", "--calibrate-samples", "20",
			"-o", filepath.Join(t.TempDir(), "m.adder"), "--json"}, more...)
		return runCommand(words...)
	}
	r := compile("avgpool_fc")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.err, "pool pool has neurons of its own: folded, a neuron of y would "+
		"hear 18432 sources, and one core takes 4096")
	require.Equal(t, true, decode(t, r.out)["fits"])
	r = compile("avgpool_fc", "--pool", "fold")
	require.Equal(t, 1, r.code)
	r = compile("conv_maxpool_relu", "--maxpool", "or")
	require.Zero(t, r.code, r.err)
	for _, name := range []string{"concat_halves", "nhwc_flatten", "qdq_weights_only",
		"relu6_max_min", "sum_of_three", "unsorted_nodes"} {
		require.Zero(t, compile(name).code, name)
	}
	require.Zero(t, compile("dynamic_hw", "--shape", "x=1x1x28x28").code)
	r = compile("dynamic_hw")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "--shape x=1xchannels")
}
