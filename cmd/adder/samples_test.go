package main

import (
	"archive/zip"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
	"adder/internal/outside"
)

// letters writes an .npz file of 64 features, many of them negative, and 26 classes:
// clouds around random points.
func letters(t *testing.T) string {
	t.Helper()
	const features, classes = 64, 26
	draw := rand.New(rand.NewPCG(3, 4))
	centres := make([]float32, classes*features)
	for i := range centres {
		centres[i] = float32(draw.NormFloat64())
	}
	part := func(each int) (x []float32, y []int64) {
		for i := range each * classes {
			for k := range features {
				x = append(x, 3*(centres[i%classes*features+k]+float32(draw.NormFloat64())/2))
			}
			y = append(y, int64(i%classes))
		}
		return x, y
	}
	path := filepath.Join(t.TempDir(), "letters.npz")
	w, err := npz.Create(path)
	require.NoError(t, err)
	for split, each := range map[string]int{"train": 20, "test": 6} {
		x, y := part(each)
		require.NoError(t, npz.Write(w, "x_"+split, []int{len(y), features}, x))
		require.NoError(t, npz.Write(w, "y_"+split, []int{len(y)}, y))
	}
	require.NoError(t, w.Close())
	return path
}

// Real numbers of either sign and any number of classes go the whole way: trained,
// compiled, run and priced, with spikes on two lines and with signed levels.
func TestSignedFeatures(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	data, dir := letters(t), t.TempDir()
	trained, image := filepath.Join(dir, "letters.onnx"), filepath.Join(dir, "letters.adder")
	r := runCommand("train", "ann", "--data", data, "--std", "3", "--hidden", "48", "--epochs", "8",
		"--batch", "16", "--lr", "0.1", "--json", "-o", trained)
	require.Equal(t, exitDone, r.code, r.err)
	ann := decode(t, r.out)["accuracy"].(float64)
	require.Greater(t, ann, 0.95)

	for _, c := range []struct {
		name, input string
		flags       []string
	}{
		{"two lines", "two lines of spikes, plus and minus", nil},
		{"signed levels", "signed levels", []string{"--encoder", "direct"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			flags := append([]string{"--std", "3", "--ticks", "64", "--json"}, c.flags...)
			r := runCommand(append([]string{"compile", trained, "--calibrate", data, "-o", image},
				flags...)...)
			require.Equal(t, exitDone, r.code, r.err)
			require.Contains(t, decode(t, r.out)["input"], c.input)

			onChip := runCommand("run", image, "--data", data, "--json")
			require.Equal(t, exitDone, onChip.code, onChip.err)
			got := decode(t, onChip.out)
			require.InDelta(t, ann, got["accuracy"], 0.03)
			require.EqualValues(t, 156, got["samples"])

			atOnce := decode(t,
				runCommand(append([]string{"run", trained, "--data", data}, flags...)...).out)
			require.Equal(t, got["counts"], atOnce["counts"], "the image knows what the flags said")

			exact := decode(t,
				runCommand(append([]string{"run", trained, "--data", data, "--engine", "reference"},
					flags...)...).out)
			require.InDelta(t, got["accuracy"], exact["accuracy"], 0.03)

			priced := runCommand("bench", image, "--ann", trained, "--data", data, "--std", "3",
				"--json")
			require.Equal(t, exitDone, priced.code, priced.err)
			sides := decode(t, priced.out)
			require.InDelta(t, ann, sides["ann"].(map[string]any)["accuracy"], 1e-9)
			require.Equal(t, got["accuracy"], sides["snn"].(map[string]any)["accuracy"])
		})
	}

	t.Run("without the flag the ANN is at a loss", func(t *testing.T) {
		r := runCommand("run", trained, "--data", "digits")
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err,
			"a sample has shape 28x28, 784 elements, and the model takes 64, 64")
	})
}

// colourful writes a zip archive of pictures by class: the brightest third of a
// picture is that of its class's colour.
func colourful(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "colours.zip")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	w := zip.NewWriter(file)
	draw := rand.New(rand.NewPCG(1, 1))
	for _, split := range []string{"train", "test"} {
		for class, name := range []string{"blue", "green", "red"} {
			for k := range 12 {
				f, err := w.Create(filepath.ToSlash(filepath.Join("set", split, name,
					string(rune('a'+k))+".png")))
				require.NoError(t, err)
				require.NoError(t, png.Encode(f, noise(draw, 2-class)))
			}
		}
	}
	require.NoError(t, w.Close())
	return path
}

// noise is a picture of 6 x 5 dark pixels and a bright channel.
func noise(draw *rand.Rand, bright int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 6, 5))
	for i := range 30 {
		c := [3]uint8{uint8(draw.IntN(120)), uint8(draw.IntN(120)), uint8(draw.IntN(120))}
		c[bright] += uint8(90 + draw.IntN(45))
		img.Set(i%6, i/6, color.NRGBA{c[0], c[1], c[2], 255})
	}
	return img
}

// Normalised pictures stay spikes: what the training pipeline did is folded.
func TestNormalisedPictures(t *testing.T) {
	data, trained := colourful(t), filepath.Join(t.TempDir(), "m.onnx")
	normal := []string{"--mean", "0.4,0.5,0.6", "--std", "0.2,0.25,0.3"}
	r := runCommand(append([]string{"train", "ann", "--data", data, "--hidden", "12", "--epochs",
		"20", "--batch", "6", "--lr", "0.05", "--json", "-o", trained}, normal...)...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Greater(t, decode(t, r.out)["accuracy"], 0.95)

	r = runCommand(append([]string{"run", trained, "--data", data, "--json"}, normal...)...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "input of m: pixels stay spikes, normalisation folded into the "+
		"first layer")
	spikes := decode(t, r.out)
	require.Greater(t, spikes["accuracy"], 0.95)

	// A picture of two pixels in three dark has as many input spikes as its pixels say,
	// whatever was subtracted from them.
	r = runCommand("run", trained, "--data", data, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	plain := decode(t, r.out)
	require.Equal(t, spikes["counts"].(map[string]any)["input_spikes"],
		plain["counts"].(map[string]any)["input_spikes"])

	exact := decode(t,
		runCommand(append([]string{"run", trained, "--data", data, "--engine", "reference",
			"--json"}, normal...)...).out)
	require.Greater(t, exact["accuracy"], 0.95)
}

// A network that was trained on 0 to 255 is at a loss on 0 to 1, and Adder finds out.
func TestScaleIsFound(t *testing.T) {
	data, trained := colourful(t), filepath.Join(t.TempDir(), "m.onnx")
	r := runCommand("train", "ann", "--data", data, "--mean", "0.5", "--std", "0.5", "--hidden",
		"12", "--epochs", "20", "--batch", "6", "--lr", "0.05", "-o", trained)
	require.Equal(t, exitDone, r.code, r.err)
	r = runCommand("compile", trained, "--calibrate", data, "--layout", "hwc", "-o",
		filepath.Join(t.TempDir(), "m.adder"))
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "where a guess among 3 classes has 33.33 %")
	require.Contains(t, r.err, "--layout chw")
}

func TestLabelsMustFit(t *testing.T) {
	m := model(t)
	path := filepath.Join(t.TempDir(), "eleven.npz")
	w, err := npz.Create(path)
	require.NoError(t, err)
	require.NoError(t, npz.Write(w, "images", []int{2, 28, 28}, make([]uint8, 2*784)))
	require.NoError(t, npz.Write(w, "labels", []int{2}, []int32{10, 0}))
	require.NoError(t, w.Close())
	for _, args := range [][]string{{"run", m}, {"bench", m}, {"run", m, "--engine", "reference"}} {
		r := runCommand(append(args, "--data", path, "--calibrate", "digits")...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "sample 0 of eleven has label 10, and the model tells 10 "+
			"classes apart")
	}
}

// What the public findings say of labels and intensities.
func TestFindsOfSamples(t *testing.T) {
	dir := outside.Folder(t, "finds/nir")
	at := func(name string) string { return filepath.Join(dir, name) }
	r := runCommand("run", at("labels.nir"), "--spikes", at("labels_too_many.npz"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "5 classes for 3 samples")

	r = runCommand("run", at("grey.nir"), "--data", at("grey"), "--encoder", "rate", "--intensity",
		"5000", "--ticks", "32")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "an intensity of 5000 Hz asks for 5 spikes per tick of 1 ms of a "+
		"full-scale input, and at most one is given: inputs above 0.2 of full scale all look alike")
	r = runCommand("run", at("grey.nir"), "--data", at("grey"), "--encoder", "rate", "--ticks",
		"32")
	require.NotContains(t, r.err, "intensity")
}
