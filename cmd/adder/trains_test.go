package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// lif is a network of one neuron, and of one input, that spikes.
const lif = `name: lif
chip: loihi
input: {size: 1}
populations:
  - {name: first, size: 1, du: 4095, dv: 163, vth: 25}
  - {name: second, size: 1, du: 4095, dv: 163, vth: 25}
connections:
  - {from: input, to: first, weights: [[10]]}
  - {from: first, to: second, weights: [[200]]}
`

// saveArrays writes an npz file.
func saveArrays(t *testing.T, write func(w *npz.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.npz")
	w, err := npz.Create(path)
	require.NoError(t, err)
	require.NoError(t, write(w))
	require.NoError(t, w.Close())
	return path
}

func saveText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func array[T npz.Number](name string, shape []int, data ...T) func(*npz.Writer) error {
	return func(w *npz.Writer) error { return npz.Write(w, name, shape, data) }
}

func requireCounts(t *testing.T, args ...string) map[string]any {
	t.Helper()
	r := runCommand(append(args, "--json")...)
	require.Equal(t, exitDone, r.code, r.err)
	return decode(t, r.out)
}

// A list of spikes and the same spikes as an array are one input.
func TestEventsAreSpikeTrains(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	bits := make([]uint8, 2*20)
	list := "sample,tick,source\n"
	for _, tick := range []int{0, 1, 2, 3, 4, 9, 19} {
		bits[20+tick] = 1
	}
	list += "1,0,0\n1,1,0\n1,2,0\n1,3,0\n1,4,0\n1,9,0\n1,19,0\n"
	arrays := requireCounts(t, "run", net, "--spikes",
		saveArrays(t, array("spikes", []int{2, 20, 1}, bits...)))
	require.Equal(t, float64(7), arrays["counts"].(map[string]any)["input_spikes"])
	require.Positive(t, arrays["counts"].(map[string]any)["spikes"])

	events := requireCounts(t, "run", net, "--spikes", saveText(t, "in.csv", list))
	for _, key := range []string{"counts", "samples", "ticks", "spikes_by_layer"} {
		require.Equal(t, arrays[key], events[key], key)
	}
	require.Equal(t, float64(1), requireCounts(t, "run", net, "--limit", "1", "--spikes",
		saveText(t, "in.csv", list))["samples"])
}

// What --out lists goes in again as --spikes: the first neuron's spikes drive a network
// of the second alone as they did in the whole, where they took a tick to arrive.
func TestEventsGoRound(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	in := saveText(t, "in.csv",
		"sample,tick,source\n0,0,0\n0,1,0\n0,2,0\n0,3,0\n2,0,0\n2,1,0\n2,2,0\n2,3,0\n2,4,0\n")
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.csv"), filepath.Join(dir, "second.csv")
	requireCounts(t, "run", net, "--spikes", in, "--ticks", "30", "--probe", "first",
		"--out", first)
	requireCounts(t, "run", net, "--spikes", in, "--ticks", "30", "--out", second)
	tail := saveText(t, "tail.yaml", `name: tail
chip: loihi
input: {size: 1}
populations:
  - {name: second, size: 1, du: 4095, dv: 163, vth: 25}
connections:
  - {from: input, to: second, weights: [[200]], delay: 1}
`)
	again := filepath.Join(dir, "again.csv")
	requireCounts(t, "run", tail, "--spikes", first, "--ticks", "30", "--out", again)
	want, err := os.ReadFile(second)
	require.NoError(t, err)
	got, err := os.ReadFile(again)
	require.NoError(t, err)
	require.Contains(t, string(want), "\n2,")
	require.Equal(t, string(want), string(got))
}

func TestTicksCutAndLengthenSpikeTrains(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	bits := []uint8{1, 1, 1, 1, 0, 1, 0, 1}
	spikes := saveArrays(t, array("spikes", []int{1, 8, 1}, bits...))
	events := saveText(t, "in.csv",
		"sample,tick,source\n0,0,0\n0,1,0\n0,2,0\n0,3,0\n0,5,0\n0,7,0\n")
	for ticks, inputs := range map[string]float64{"3": 3, "0": 6, "20": 6} {
		for _, in := range []string{spikes, events} {
			doc := requireCounts(t, "run", net, "--spikes", in, "--ticks", ticks)
			require.Equal(t, inputs, doc["counts"].(map[string]any)["input_spikes"],
				"%s ticks of %s", ticks, in)
			if ticks != "0" {
				require.Equal(t, ticks, thousands(int64(doc["ticks"].(float64))))
			}
		}
	}
}

func TestSamplesThatAreRefused(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	one := []int{1, 2, 1}
	labelled := func(labels ...int64) string {
		return saveArrays(t, func(w *npz.Writer) error {
			if err := npz.Write(w, "spikes", one, []uint8{1, 0}); err != nil {
				return err
			}
			return npz.Write(w, "label", []int{len(labels)}, labels)
		})
	}
	const header = "sample,tick,source\n"
	for _, tt := range []struct{ want, path string }{
		{
			`in.npz: sample 0 of "spikes" has 2 at tick 1, source 0: a spike is 1 and silence ` +
				`is 0, and elements above 1 are 1: --counts clip`,
			saveArrays(t, array("spikes", one, uint8(1), uint8(2)))},
		{`in.npz: sample 0 of "spikes" has -1 at tick 0, source 0: a spike is 1`,
			saveArrays(t, array("spikes", one, int16(-1), 0))},
		{`in.npz: sample 0 of "input" has 0.5 at tick 1, source 0: a chip takes spikes`,
			saveArrays(t, array("input", one, float32(1), 0.5))},
		{"spikes has shape [1 2]; the model takes [samples ticks 1]",
			saveArrays(t, array("spikes", []int{1, 2}, uint8(1), 0))},
		{"0 samples of 2 ticks: there is nothing to run",
			saveArrays(t, array[uint8]("spikes", []int{0, 2, 1}))},
		{`in.npz: "label" has 0 classes for 1 samples`, labelled()},
		{`in.npz: row 0 of "label" is -1: a class is a whole number from 0`, labelled(-1)},
		{"in.csv: it lists no spikes", saveText(t, "in.csv", header)},
		{`in.csv:1: want the header "sample,tick,source"`, saveText(t, "in.csv", "tick,source\n")},
		{"in.csv:2: source 1, but there are 1 sources", saveText(t, "in.csv", header+"0,0,1\n")},
		{"in.csv: sample 99999999999, tick 0: both are below",
			saveText(t, "in.csv", header+"99999999999,0,0\n")},
		{"run fewer samples with --limit", saveText(t, "in.csv", header+"1000000000,5,0\n")},
		{"none.csv: no such file", filepath.Join(t.TempDir(), "none.csv")},
	} {
		r := runCommand("run", net, "--spikes", tt.path)
		require.Equal(t, exitUsage, r.code, tt.want)
		require.Contains(t, r.err, tt.want)
	}
	r := runCommand("run", net, "--spikes", saveArrays(t, array("spikes", one, uint8(1), 0)),
		"--ticks", "2000000000")
	require.Equal(t, exitUsage, r.code, r.err)
	require.Contains(t, r.err, "--ticks 2000000000: a sample has at most")
}

func TestGradedSamplesAreFinite(t *testing.T) {
	values := make([]float32, 784)
	values[3] = float32(math.NaN())
	r := runCommand("run", model(t), "--spikes",
		saveArrays(t, array("input", []int{1, 1, 784}, values...)), "--calibrate", "digits",
		"--engine", "reference")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err,
		`sample 0 of "input" has NaN at tick 0, source 3: write finite numbers`)
}

func TestFilesOfEventsThatAreRefused(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	in := saveText(t, "in.csv", "sample,tick,source\n0,0,0\n")
	out := filepath.Join(t.TempDir(), "out.csv")
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"lists the spikes of one layer", []string{"run", net, "--spikes", in, "--probe",
			"first,second"}},
		{"lists the spikes of one layer", []string{"run", net, "--spikes", in, "--probe-v",
			"first"}},
		{`no layer "third"`, []string{"run", net, "--spikes", in, "--probe", "third"}},
		{"layer logits does not spike", []string{"run", model(t), "--data", "digits", "--limit",
			"1"}},
		{"the reference engine writes .npz", []string{"run", model(t), "--data", "digits",
			"--limit", "1", "--engine", "reference"}},
	} {
		r := runCommand(append(tt.args, "--out", out)...)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Contains(t, r.err, tt.want)
		require.NoFileExists(t, out)
	}
}

func TestFlagsForImagesAreNamed(t *testing.T) {
	net, in := saveText(t, "lif.yaml", lif), saveText(t, "in.csv", "sample,tick,source\n0,0,0\n")
	require.Empty(t, runCommand("run", net, "--spikes", in).err)
	r := runCommand("run", net, "--spikes", in, "--encoder", "rate", "--split", "train")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "has spikes already, which --split, --encoder cannot change")
}
