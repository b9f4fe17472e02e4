package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile/profiletest"
	"adder/internal/npz"
)

// TestCycleEngine: the cycle engine counts what the fast one counts, is as
// right, and says how long it took.
func TestCycleEngine(t *testing.T) {
	m := model(t)
	docs := map[string]map[string]any{}
	for _, engine := range []string{"fast", "cycle"} {
		r := runCommand("run", m, "--data", "digits", "--limit", "40", "--json", "--engine", engine)
		require.Equal(t, exitDone, r.code, r.err)
		docs[engine] = decode(t, r.out)
	}
	fast, cycle := docs["fast"], docs["cycle"]
	require.Equal(t, fast["counts"], cycle["counts"])
	require.Equal(t, fast["accuracy"], cycle["accuracy"])
	require.Equal(t, fast["spikes_by_layer"], cycle["spikes_by_layer"])
	require.NotContains(t, fast, "cycles")
	times := cycle["cycles"].(map[string]any)
	for _, key := range []string{"total", "per_tick_mean", "per_tick_max", "stalls", "max_queue",
		"max_link_load", "seconds_on_chip"} {
		require.Contains(t, times, key)
	}
	require.InEpsilon(t, times["total"].(float64)/500e6, times["seconds_on_chip"], 1e-9,
		"chip adder runs at 500 MHz")
	require.Less(t, times["per_tick_mean"], times["per_tick_max"])
	byTick, sum := times["by_tick"].([]any), 0.0
	for _, length := range byTick {
		sum += length.(float64)
	}
	require.Len(t, byTick, int(cycle["ticks"].(float64)+cycle["latency"].(float64)))
	require.InEpsilon(t, sum/float64(len(byTick)), times["per_tick_mean"], 1e-9)
	require.Nil(t, times["static_joules"], "chip adder states no static power")

	text := runCommand("run", m, "--data", "digits", "--limit", "2", "--engine", "cycle")
	require.Equal(t, exitDone, text.code, text.err)
	require.Contains(t, text.out, "cycles a sample")
	require.Contains(t, text.out, "slowest core at")
}

// TestTraceFiles: each format by its ending, and wrong words refused before
// anything runs.
func TestTraceFiles(t *testing.T) {
	dir, m := t.TempDir(), model(t)
	args := func(more ...string) []string {
		return append([]string{"run", m, "--data", "digits", "--limit", "2"}, more...)
	}
	for ending, want := range map[string]string{".vcd": "$enddefinitions $end",
		".csv": "sample,tick,source", ".perfetto": "link 0,0 east"} {
		path := filepath.Join(dir, "t"+ending)
		r := runCommand(args("--engine", "cycle", "--trace", path, "--trace-neurons",
			"logits:3,logits:5-6")...)
		require.Equal(t, exitDone, r.code, r.err)
		require.Contains(t, r.out, "wrote "+path)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(text), want)
		if ending == ".vcd" {
			require.Contains(t, string(text), "logits_3_v")
			require.Contains(t, string(text), "logits_6_v")
			require.NotContains(t, string(text), "logits_4_v")
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{args("--trace", filepath.Join(dir, "x.vcd")), "add --engine cycle"},
		{args("--trace-neurons", "logits"), "--trace FILE.vcd"},
		{args("--engine", "cycle", "--trace", filepath.Join(dir, "x.doc")), ".perfetto"},
		{args("--engine", "cycle", "--trace", filepath.Join(dir, "x.vcd"), "--trace-neurons",
			"nothing"), "logits"},
		{args("--engine", "cycle", "--trace", filepath.Join(dir, "x.vcd"), "--trace-neurons",
			"logits:a"), "LAYER:FIRST-LAST"},
		{args("--engine", "cycle", "--trace", filepath.Join(dir, "x.vcd"), "--trace-neurons",
			"logits:10"), "it has 0 to 9"},
		{args("--engine", "slow"), "fast, cycle and reference"},
	} {
		r := runCommand(c.args...)
		require.Equal(t, exitUsage, r.code, "%v", c.args)
		require.Contains(t, r.err, c.want)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*x.*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestCaseFile drives a neuron by hand: a current of 640 per spike and no leak,
// against a threshold of 25 * 64.
func TestCaseFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "if.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
chip: loihi
input: {size: 1}
populations: [{name: cell, size: 1, du: 4095, vth: 25}]
connections: [{from: input, to: cell, weights: [[10]]}]`), 0o600))
	in, out := filepath.Join(dir, "in.npz"), filepath.Join(dir, "out.npz")
	w, err := npz.Create(in)
	require.NoError(t, err)
	require.NoError(t, npz.Write(w, "spikes", []int{1, 6, 1}, []uint8{1, 1, 0, 1, 1, 1}))
	require.NoError(t, w.Close())
	for _, engine := range []string{"fast", "cycle"} {
		r := runCommand("run", file, "--spikes", in, "--probe", "cell", "--probe-v", "cell",
			"--out", out, "--json", "--engine", engine)
		require.Equal(t, exitDone, r.code, r.err)
		doc := decode(t, r.out)
		require.Equal(t, "loihi", doc["chip"])
		require.EqualValues(t, 0, doc["latency"])
		require.Equal(t, []float64{640, 1280, 1280, 0, 640, 1280}, floats(t, out, "v.cell"))
		require.Equal(t, []float64{0, 0, 0, 1, 0, 0}, floats(t, out, "spikes.cell"))
		if engine == "cycle" {
			require.NotNil(t, doc["cycles"].(map[string]any)["static_joules"])
		}
	}
	other := runCommand("run", file, "--spikes", in, "--chip", "loihi-calibrated", "--json")
	require.Equal(t, "loihi-calibrated", decode(t, other.out)["chip"])

	bad := filepath.Join(dir, "bad.yml")
	require.NoError(t,
		os.WriteFile(bad,
			[]byte(strings.ReplaceAll("input: {size: 1}\npopulations: [{name: a, size: 1, vth: "+
				"1, tau: 3}]", "\t", "")), 0o600))
	r := runCommand("run", bad, "--spikes", in)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "tau")
	r = runCommand("run", file, "--spikes", in, "--against", "reference")
	require.Equal(t, exitUsage, r.code)
}

// TestDropsEndWithStatusOne: a chip that drops says how much it lost, and fails
// unless that is accepted. The fast engine has no buffers to fill.
func TestDropsEndWithStatusOne(t *testing.T) {
	text := profiletest.Text(t, "adder", profiletest.Fields{
		"drops": "when-full", "input_buffer": 1, "packet_out": "0 cycles",
		"ports": "[{name: host, x: 7, y: 7}]",
	})
	file := filepath.Join(t.TempDir(), "lossy.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	m := model(t)
	args := []string{"run", m, "--data", "digits", "--limit", "5", "--json", "--chip", file,
		"--engine"}
	lost := runCommand(append(args, "cycle")...)
	require.Equal(t, exitLimit, lost.code, lost.err)
	require.Contains(t, lost.err, "--allow-drops")
	require.Positive(t, decode(t, lost.out)["counts"].(map[string]any)["dropped"])
	require.Equal(t, exitDone, runCommand(append(args, "cycle", "--allow-drops")...).code)
	require.Equal(t, exitDone, runCommand(append(args, "fast")...).code)
}

func floats(t *testing.T, path, name string) []float64 {
	file, err := npz.Open(path)
	require.NoError(t, err)
	defer file.Close()
	array, err := file.Array(name)
	require.NoError(t, err, fmt.Sprint(file.Names()))
	values, err := array.Float64s()
	require.NoError(t, err)
	return values
}
