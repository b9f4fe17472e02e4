package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"adder/chip/profile/profiletest"
	"adder/internal/dataset"
	"adder/sample/recorded"
)

// outcome is what a command line did.
type outcome struct {
	code     int
	out, err string
}

func runCommand(args ...string) outcome { return runUntil(context.Background(), args...) }

// runUntil is runCommand with a context that may end it.
func runUntil(ctx context.Context, args ...string) outcome {
	return runOn(ctx, openOnce, args...)
}

// runOn is runUntil with the data that open finds.
func runOn(ctx context.Context, open opener, args ...string) outcome {
	var out, errOut bytes.Buffer
	code := executeWith(ctx, open, args, &out, &errOut)
	return outcome{code, out.String(), errOut.String()}
}

// drawn are the first of the generated digits, which most commands of these tests read, by split.
var drawn = map[dataset.Split]func() (*dataset.Set, error){
	dataset.Train: firstDigits(dataset.Train),
	dataset.Test:  firstDigits(dataset.Test),
}

// testDigits are how many there are to test with.
const testDigits = 300

func firstDigits(split dataset.Split) func() (*dataset.Set, error) {
	return sync.OnceValues(func() (*dataset.Set, error) {
		return dataset.Digits(split, dataset.DigitsOptions{Train: 2000, Test: testDigits})
	})
}

// openOnce is dataset.OpenHead; the generated digits are drawn once, and few.
func openOnce(name string, split dataset.Split, limit int) (*dataset.Set, error) {
	if _, err := os.Stat(dataset.DigitsName); name != dataset.DigitsName || err == nil ||
		drawn[split] == nil {
		return dataset.OpenHead(name, split, limit)
	}
	set, err := drawn[split]()
	if err != nil || limit == 0 {
		return set, err
	}
	return set.Head(limit), nil
}

// trained is a small network that learned generated digits, which tests share.
var trained = sync.OnceValues(func() ([]byte, error) {
	return made("m.onnx", "train", "ann", "--data", "digits", "--hidden", "16", "--epochs", "1",
		"--limit", "1500", "--batch", "32", "--lr", "0.2")
})

// made is the file of a name that a command writes.
func made(name string, args ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "adder-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, name)
	if r := runCommand(append(args, "-o", path)...); r.code != exitDone {
		return nil, errors.New(r.err)
	}
	return os.ReadFile(path)
}

// model is a file of a small network, of the test's own.
func model(t *testing.T) string {
	t.Helper()
	text, err := trained()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "m.onnx")
	require.NoError(t, os.WriteFile(path, text, 0o666))
	return path
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	require.NoError(t, dec.Decode(&doc), text)
	require.False(t, dec.More(), "more than one JSON document")
	return doc
}

func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Runnable() && c.Name() != "help" && c.Name() != "completion" &&
			(c.Parent() == nil || c.Parent().Name() != "completion") {
			require.NotEmpty(t, c.Example, c.CommandPath())
			require.NotEmpty(t, c.Short, c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRootCommand(&app{}))
}

func TestWrongWords(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	cut := write("cut.onnx", "\x08\x07\x3a\xff")
	image := write("bad.adder", "not an image at all")
	chip := write("bad.yaml", "name: x\nnonsense: 1\n")
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"unknown command", []string{"fly"}, []string{"fly"}},
		{"unknown flag", []string{"run", "m.onnx", "--data", "digits", "--wings"},
			[]string{"--wings"}},
		{"no samples", []string{"run", "m.onnx"}, []string{"data", "spikes"}},
		{"missing model", []string{"run", filepath.Join(dir, "none.onnx"), "--data", "digits"},
			[]string{"none.onnx"}},
		{"unknown ending", []string{"compile", "m.txt", "-o", "x.adder"},
			[]string{"m.txt", ".onnx"}},
		{"damaged model", []string{"inspect", cut}, []string{"cut.onnx"}},
		{"damaged image", []string{"inspect", image}, []string{"bad.adder"}},
		{"damaged chip", []string{"chips", chip}, []string{"bad.yaml", "nonsense", "2"}},
		{"unknown chip", []string{"chips", "brain"}, []string{"brain", "loihi"}},
		{"no data there", []string{"train", "ann", "--data", dir, "-o",
			filepath.Join(dir, "m.onnx")}, []string{dir}},
		{"unknown split", []string{"run", image, "--data", "digits", "--split", "most"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := runCommand(tt.args...)
			require.Equal(t, exitUsage, r.code, r.err)
			require.Empty(t, r.out)
			for _, w := range tt.want {
				require.Contains(t, r.err, w)
			}
		})
	}
}

func TestCalibrationIsDemanded(t *testing.T) {
	m := model(t)
	r := runCommand("compile", m, "-o", filepath.Join(t.TempDir(), "x.adder"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--calibrate")
}

func TestPathFromModelToRun(t *testing.T) {
	dir := t.TempDir()
	m := model(t)
	image := filepath.Join(dir, "m.adder")
	compiled := runCommand("compile", m, "--calibrate", "digits", "-o", image, "--json")
	require.Equal(t, exitDone, compiled.code, compiled.err)
	doc := decode(t, compiled.out)
	require.Equal(t, true, doc["fits"])
	for _, key := range []string{"cores_used", "cores_total", "neurons", "synapses", "synapse_bits",
		"footprint_bytes", "weight_bits", "latency", "routed_hops", "hop_lower_bound", "limits"} {
		require.Contains(t, doc, key)
	}

	fromImage := runCommand("run", image, "--data", "digits", "--limit", "100", "--json")
	require.Equal(t, exitDone, fromImage.code, fromImage.err)
	fromModel := runCommand("run", m, "--data", "digits", "--limit", "100", "--json", "--workers",
		"1")
	require.Equal(t, exitDone, fromModel.code, fromModel.err)
	a, b := decode(t, fromImage.out), decode(t, fromModel.out)
	require.Equal(t, a["counts"], b["counts"], "an image and its model compiled on the fly differ")
	require.Equal(t, a["accuracy"], b["accuracy"])
	for _, key := range []string{"model", "engine", "chip", "samples", "ticks", "latency",
		"accuracy", "seconds", "cpu_seconds", "synops_per_second", "per_sample"} {
		require.Contains(t, a, key)
	}
	for _, key := range []string{"synops", "synaptic_adds", "spikes", "input_spikes", "packets",
		"hops", "neuron_updates", "saturations", "dropped"} {
		require.Contains(t, a["counts"], key)
	}
	require.Greater(t, a["accuracy"].(float64), 0.5, "better than one digit in two")

	inspected := decode(t, runCommand("inspect", image, "--json").out)
	require.Equal(t, doc["synapses"], inspected["synapses"])
}

func TestMisfitExitsWithOne(t *testing.T) {
	dir := t.TempDir()
	chip := filepath.Join(dir, "tiny.yaml")
	small := profiletest.Text(t, "adder", profiletest.Fields{"name": "tiny", "input_axons": 100})
	require.NoError(t, os.WriteFile(chip, small, 0o600))
	r := runCommand("compile", model(t), "--calibrate", "digits", "--chip", chip, "-o",
		filepath.Join(dir, "x.adder"), "--json")
	require.Equal(t, exitLimit, r.code, r.err)
	doc := decode(t, r.out)
	require.Equal(t, false, doc["fits"])
	limit := doc["limits"].([]any)[0].(map[string]any)
	require.Greater(t, limit["need"].(float64), 700.0, "the inputs that reach the neuron")
	require.Equal(t, float64(100), limit["have"])
	require.NoFileExists(t, filepath.Join(dir, "x.adder"))
}

func TestProbesAreWritten(t *testing.T) {
	dir := t.TempDir()
	m := model(t)
	for _, engine := range []string{"fast", "reference"} {
		t.Run(engine, func(t *testing.T) {
			out := filepath.Join(dir, engine+".npz")
			r := runCommand("run", m, "--data", "digits", "--limit", "3", "--engine", engine,
				"--probe", "/1/Relu", "--probe-v", "logits", "--out", out)
			require.Equal(t, exitDone, r.code, r.err)
			require.FileExists(t, out)
			require.Contains(t, r.out, "wrote "+out)
			trains, err := recorded.OpenSpikes(out, recorded.Options{Shape: []int{10}})
			require.Nil(t, trains)
			require.ErrorContains(t, err, "spikes./1/Relu")
		})
	}
}

func TestChipsAndData(t *testing.T) {
	require.Contains(t, runCommand("chips").out, "loihi")
	require.Contains(t, runCommand("chips", "loihi").out, "Davies")
	require.Contains(t, decode(t, runCommand("chips", "adder", "--json").out)["text"], "mesh")
	r := runCommand("data", "list", "--dir", t.TempDir(), "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Len(t, decode(t, r.out)["files"], 4)
}
