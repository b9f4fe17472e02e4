package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile/profiletest"
	"adder/internal/npz"
	"adder/internal/outside"
)

// narrowChip is the chip adder with one place in every buffer and FIFO, so that packets
// wait.
func narrowChip(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "narrow.yaml")
	text := profiletest.Text(t, "adder", profiletest.Fields{
		"name": "narrow", "input_buffer": 1, "output_fifo": 1,
	})
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

// inGates exports an image with samples, holds its hardware to the cycle engine by a goal
// of the folder, and gives the cycles that packets waited.
func inGates(t *testing.T, goal, image string, samples int, args ...string) (stalls int64) {
	t.Helper()
	dir := t.TempDir()
	args = append([]string{"rtl", image, "-o", dir, "--limit", strconv.Itoa(samples)}, args...)
	doc := document(t, args...)
	stalls = int64(doc["stalls"].(float64))
	out := makes(t, dir, goal)
	require.Contains(t, out, fmt.Sprintf(" samples, %.0f cycles, ", doc["cycles"]))
	t.Logf("%s, packets waited %d cycles: %s", goal, stalls,
		regexp.MustCompile("PASS.*").FindString(out))
	return stalls
}

// TestDemoInGates holds the hardware of a network for the digits that come with Adder to
// the cycle engine.
func TestDemoInGates(t *testing.T) {
	needRTL(t, "verilator", "make")
	inGates(t, "sim-verilator", compiled(t, model(t), "--calibrate", "digits"), 100, "--data",
		"digits")
}

// TestMNISTInGates: so that of the networks of docs/rtl.md for MNIST, by rates and by
// codes of a few ticks.
func TestMNISTInGates(t *testing.T) {
	needRTL(t, "verilator", "make")
	mnist, onnx := outside.Folder(t, "mnist"), outside.Folder(t, "onnx")
	for _, c := range []struct {
		model   string
		samples int
		waits   bool
		args    []string
	}{
		{"mlp_784_128_10", 50, false, nil},
		{"mlp_784_128_10", 50, false, []string{"--code", "radix", "--input-bits", "2",
			"--activation-bits", "3"}},
		{"mlp_784_128_10", 50, false, []string{"--code", "level", "--input-bits", "2",
			"--activation-bits", "3"}},
		{"cnn_avgpool_8_16", 2, true, nil},
		{"cnn_avgpool_8_16", 2, true, []string{"--code", "radix"}},
	} {
		t.Run(strings.Join(append([]string{c.model}, c.args...), " "), func(t *testing.T) {
			args := append([]string{filepath.Join(onnx, c.model+".onnx"), "--calibrate", mnist},
				c.args...)
			stalls := inGates(t, "sim-verilator", compiled(t, args...), c.samples, "--data", mnist)
			require.Equal(t, c.waits, stalls > 0)
		})
	}
}

// refusedNIR are the networks of nir that compile and have no form in gates, with the
// reason: neurons each of which has a decay of its own.
var refusedNIR = map[string]string{
	"big_fc_multichunk":        "more than 8 decay factors",
	"conv1d_pad_stride":        "more than 8 decay factors",
	"conv2d_groups_stride_dil": "more than 8 decay factors",
	"conv2d_same":              "more than 8 decay factors",
	"flatten_partial":          "more than 8 decay factors",
	"sumpool_pad":              "more than 8 decay factors",
}

// TestNIRInGates: so that of the public and synthetic NIR networks that compile, in two
// samples of their recordings. The convolutional ones are one network in several
// files: one of them is run, on a chip with buffers of one place.
func TestNIRInGates(t *testing.T) {
	needRTL(t, "verilator", "iverilog", "make")
	root := outside.Folder(t, "nir")
	var models []string
	for _, folder := range []string{"public", "synth"} {
		found, err := filepath.Glob(filepath.Join(root, folder, "*.nir"))
		require.NoError(t, err)
		models = append(models, found...)
	}
	ran := 0
	for _, model := range models {
		name := strings.TrimSuffix(filepath.Base(model), ".nir")
		convolutional := strings.Contains(name, "scnn") || strings.Contains(name, "cnn_sinabs")
		recorded := recordedNIR(t, root, model)
		if recorded == "" || strings.Contains(name, "scnn") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			args := []string{model, "--dt", "1e-4"}
			if convolutional {
				stalls := inGates(t, "sim-verilator",
					compiled(t, append(args, "--chip", narrowChip(t))...), 1, "--spikes", recorded)
				require.Positive(t, stalls, "packets wait")
				return
			}
			image := compiled(t, args...)
			if reason := refusedNIR[name]; reason != "" {
				r := runCommand("rtl", image, "-o", t.TempDir(), "--spikes", recorded)
				require.NotEqual(t, exitDone, r.code)
				require.Contains(t, r.err, reason)
				return
			}
			inGates(t, "sim", image, 2, "--spikes", recorded)
			ran++
		})
	}
	t.Logf("%d networks in Icarus, %d refused", ran, len(refusedNIR))
}

// recordedNIR writes the input that a network was recorded with, as spikes; empty where
// there is none, as for a file that does not compile.
func recordedNIR(t *testing.T, root, model string) string {
	name := strings.TrimSuffix(filepath.Base(model), ".nir") + ".npz"
	path := filepath.Join(filepath.Dir(model), name)
	if filepath.Base(filepath.Dir(model)) == "public" {
		path = filepath.Join(root, "cases", name)
	}
	file, err := npz.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	array := func(name string) *npz.Array {
		a, err := file.Array(name)
		require.NoError(t, err)
		return a
	}
	dims, err := array("input_shape").Int64s()
	require.NoError(t, err)
	packed, err := array("input_bits").Uint8s()
	require.NoError(t, err)
	shape, size := make([]int, len(dims)), 1
	for i, d := range dims {
		if shape[i] = int(d); i > 0 {
			size *= int(d)
		}
	}
	stride := len(packed) / shape[0]
	spikes := make([]uint8, shape[0]*size)
	for i := range spikes {
		sample, bit := i/size, i%size
		spikes[i] = packed[sample*stride+bit/8] >> (7 - bit%8) & 1
	}
	return writeSamples(t, "spikes", shape, spikes)
}
