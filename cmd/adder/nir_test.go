package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// The networks of compiler/nir/testdata: vision is 1x5x6 -> IF -> LI, recurrent is
// 3 -> 4 CubaLIF that hear themselves.
const nirFolder = "../../compiler/nir/testdata"

func nirFile(name string) string { return filepath.Join(nirFolder, name+".nir") }

// writeSamples writes an npz file with one array.
func writeSamples[T npz.Number](t *testing.T, name string, shape []int, values []T) string {
	path := filepath.Join(t.TempDir(), "in.npz")
	w, err := npz.Create(path)
	require.NoError(t, err)
	require.NoError(t, npz.Write(w, name, shape, values))
	require.NoError(t, w.Close())
	return path
}

// someSpikes is two samples of ten ticks of so many sources.
func someSpikes(t *testing.T, shape ...int) string {
	size := 1
	for _, d := range shape {
		size *= d
	}
	bytes := make([]uint8, 2*10*size)
	for i := range bytes {
		bytes[i] = uint8(i * i / 3 & 1)
	}
	return writeSamples(t, "spikes", append([]int{2, 10}, shape...), bytes)
}

func document(t *testing.T, args ...string) map[string]any {
	r := runCommand(append(args, "--json")...)
	require.Equal(t, exitDone, r.code, r.err)
	return decode(t, r.out)
}

func TestInspectNIR(t *testing.T) {
	r := runCommand("inspect", nirFile("recurrent"))
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "hidden.lif (previous tick)")
	require.Contains(t, r.out, "a tick of 0.0001 s")
	require.Contains(t, r.out, "reset zero")

	r = runCommand("inspect", nirFile("recurrent"), "--dt", "2e-4", "--reset", "subtract")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "a tick of 0.0002 s")
	require.Contains(t, r.out, "reset subtract")

	doc := document(t, "inspect", nirFile("vision"))
	require.Equal(t, "vision", doc["model"])
	require.Empty(t, doc["warnings"])
	require.NotNil(t, doc["warnings"])
	require.Len(t, doc["nodes"], 9)
}

func TestNIRFromModelToRun(t *testing.T) {
	image := filepath.Join(t.TempDir(), "v.adder")
	doc := document(t, "compile", nirFile("vision"), "-o", image)
	require.Equal(t, true, doc["fits"])
	require.Empty(t, doc["warnings"])
	inspected := document(t, "inspect", image)
	require.Equal(t, "spikes", inspected["encoder"].(map[string]any)["kind"])

	in := someSpikes(t, 1, 5, 6)
	compiled := document(t, "run", image, "--spikes", in)
	direct := document(t, "run", nirFile("vision"), "--spikes", in)
	require.Equal(t, compiled["counts"], direct["counts"], "on the fly and from the image")
	require.EqualValues(t, 10, direct["ticks"])
	require.Equal(t, "spikes", direct["encoder"])
}

// TestNIRAgainstReference: weights of quarters and time constants of two
// and four ticks become whole numbers, so that a chip does what the
// reference does, even where potentials meet their threshold exactly.
func TestNIRAgainstReference(t *testing.T) {
	for model, shape := range map[string][]int{"vision": {1, 5, 6}, "recurrent": {3}} {
		t.Run(model, func(t *testing.T) {
			doc := document(t, "run", nirFile(model), "--chip", "wide", "--spikes",
				someSpikes(t, shape...), "--against", "reference")
			against := doc["against"].(map[string]any)
			require.Equal(t, "reference", against["engine"])
			require.Nil(t, against["accuracy"], "there are no labels")
			require.Nil(t, against["first_divergence"])
			require.EqualValues(t, 1, against["agreement"])
			first := against["layers"].([]any)[0].(map[string]any)
			require.Positive(t, first["spikes"])
			require.Equal(t, first["reference_spikes"], first["spikes"])
			require.EqualValues(t, 0, first["differing_spikes"])
		})
	}
	r := runCommand("run", nirFile("vision"), "--spikes", someSpikes(t, 1, 5, 6), "--against",
		"reference")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "against the float64 reference")
	require.Contains(t, r.out, "potentials")
}

// TestGradedInput: real numbers run on the reference engine; on a chip only
// where all of them are spikes.
func TestGradedInput(t *testing.T) {
	values := make([]float32, 10*3)
	for i := range values {
		values[i] = float32(i%4) / 4
	}
	graded := writeSamples(t, "input", []int{1, 10, 3}, values)
	doc := document(t, "run", nirFile("recurrent"), "--spikes", graded, "--engine", "reference")
	require.EqualValues(t, 1, doc["samples"])
	require.Positive(t, doc["counts"].(map[string]any)["spikes"])
	var layers []string
	for _, l := range doc["spikes_by_layer"].([]any) {
		layers = append(layers, l.(map[string]any)["layer"].(string))
	}
	require.Equal(t, []string{"hidden.lif"}, layers, "neurons, and not the output that hands "+
		"their spikes on")

	r := runCommand("run", nirFile("recurrent"), "--spikes", graded)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, `sample 0 of "input" has 0.25 at tick 0, source 1`)
	require.Contains(t, r.err, "--engine reference")

	for i := range values {
		values[i] = float32(i % 2)
	}
	spikes := writeSamples(t, "input", []int{1, 10, 3}, values)
	doc = document(t, "run", nirFile("recurrent"), "--spikes", spikes)
	require.EqualValues(t, 15, doc["counts"].(map[string]any)["input_spikes"])
}

func TestNIRWrongWords(t *testing.T) {
	in := someSpikes(t, 3)
	image := filepath.Join(t.TempDir(), "x.adder")
	document(t, "compile", nirFile("recurrent"), "-o", image)
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"tick", []string{"inspect", nirFile("vision"), "--dt", "-1"}, "-1"},
		{"reset", []string{"inspect", nirFile("vision"), "--reset", "two"}, "--reset two"},
		{"too long a tick", []string{"run", nirFile("recurrent"), "--dt", "1", "--spikes", in},
			"--dt"},
		{"compared with itself", []string{"run", nirFile("recurrent"), "--spikes", in, "--against",
			"fast"}, "--against fast"},
		{"the reference compared", []string{"run", nirFile("recurrent"), "--spikes", in, "--engine",
			"reference", "--against", "reference"}, "--engine reference"},
		{"an image compared", []string{"run", image, "--spikes", in, "--against", "reference"},
			"give the model"},
		{"no samples in the file",
			[]string{"run", image, "--spikes", writeSamples(t, "other", []int{1}, []uint8{1})},
			"no array \"spikes\""},
		{"samples without ticks", []string{"run", nirFile("recurrent"), "--spikes",
			writeSamples(t, "spikes", []int{3}, []uint8{1, 0, 1})}, "[samples, ticks"},
		{"other size", []string{"run", image, "--spikes", someSpikes(t, 4)}, "shape [2 10 4]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runCommand(tt.args...)
			require.Equal(t, exitUsage, r.code, r.err)
			require.Empty(t, r.out)
			require.Contains(t, r.err, tt.want)
		})
	}
}

// TestEncoderIsChosenAloud: a NIR network does not say how images become
// spikes.
func TestEncoderIsChosenAloud(t *testing.T) {
	r := runCommand("run", nirFile("vision"), "--data", "digits", "--limit", "1")
	require.Contains(t, r.err, "does not say how images become spikes")
	require.Contains(t, r.err, "--encoder")
}
