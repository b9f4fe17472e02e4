package main

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
	"adder/layout"
)

// stdpNetwork trains a small network on generated digits and returns its file
// and what the training printed.
func stdpNetwork(t *testing.T, args ...string) (path string, doc map[string]any) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "n.snn")
	r := runCommand(append(append(slices.Clone(trainSTDP), "-o", path), args...)...)
	require.Equal(t, exitDone, r.code, r.err)
	return path, decode(t, r.out)
}

var trainSTDP = []string{"train", "stdp", "--data", "digits", "--encoder", "bernoulli",
	"--neurons", "16", "--limit", "400", "--seed", "5", "--json"}

// learnedDigits is the network of stdpNetwork without more words, which tests share.
var learnedDigits = sync.OnceValues(func() ([]byte, error) {
	return made("n.snn", trainSTDP...)
})

// TestTrainSTDP trains, and runs, compiles, inspects and prices the network; all
// agree on its accuracy.
func TestTrainSTDP(t *testing.T) {
	dir := t.TempDir()
	fields, weights := filepath.Join(dir, "f.png"), filepath.Join(dir, "w.npz")
	path, doc := stdpNetwork(t, "--fields", fields, "--weights", weights)
	accuracy := doc["accuracy"].(float64)
	require.Greater(t, accuracy, 0.2)
	require.Equal(t, 1.0, doc["epochs"])
	updates := doc["learning"].(map[string]any)["learning_updates"].(float64)
	require.Positive(t, updates)
	energy := doc["learning_energy"].(map[string]any)
	require.Equal(t, "loihi", energy["table"])
	require.Greater(t, energy["pj"].(float64), 120*updates/400, "an update is 120 pJ")

	file, err := os.Open(fields)
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	require.Equal(t, 4*(3*28+1)+1, picture.Bounds().Dx())
	archive, err := npz.Open(weights)
	require.NoError(t, err)
	defer archive.Close()
	require.True(t, archive.Has("weights"))

	image := filepath.Join(dir, "n.adder")
	r := runCommand("compile", path, "--json", "-o", image)
	require.Equal(t, exitDone, r.code, r.err)
	require.Equal(t, true, decode(t, r.out)["fits"])
	compiled, err := layout.Open(image)
	require.NoError(t, err)
	require.Equal(t, layout.ReadoutLabels, compiled.Readout.Kind)

	var spikes []any
	for _, args := range [][]string{{path}, {image}, {image, "--engine", "cycle"},
		{path, "--workers", "1"}} {
		r := runCommand(append([]string{"run", "--data", "digits", "--seed", "5", "--json"},
			args...)...)
		require.Equal(t, exitDone, r.code, r.err)
		run := decode(t, r.out)
		require.Equal(t, accuracy, run["accuracy"], "%v", args)
		spikes = append(spikes, run["counts"].(map[string]any)["spikes"])
	}
	require.Equal(t, []any{spikes[0], spikes[0], spikes[0], spikes[0]}, spikes)

	r = runCommand("inspect", path, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Equal(t, 16.0, decode(t, r.out)["neurons"])
	r = runCommand("inspect", path)
	require.Contains(t, r.out, "reach 16 dc neurons, of which one wins at a time")
	r = runCommand("bench", path, "--data", "digits", "--limit", "20", "--json")
	require.Equal(t, exitDone, r.code, r.err)
}

// TestTrainSTDPCheckpoint trains in one go and on a checkpoint of the whole,
// which leaves nothing to do but to label: the files are the same.
func TestTrainSTDPCheckpoint(t *testing.T) {
	if testing.Short() {
		t.Skip("TestTrainSTDPInterrupted also goes on from a checkpoint")
	}
	checkpoint := filepath.Join(t.TempDir(), "n.scp")
	want, err := learnedDigits()
	require.NoError(t, err)
	first, _ := stdpNetwork(t, "--checkpoint", checkpoint, "--every", "100")
	again, _ := stdpNetwork(t, "--checkpoint", checkpoint)
	for _, path := range []string{first, again} {
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// TestTrainSTDPInterrupted interrupts a training after its first images: it
// leaves a checkpoint and no network, and the same command ends as one that was
// never stopped. It is long enough not to be over before the interrupt, wherever in
// learning, labelling or testing that comes.
func TestTrainSTDPInterrupted(t *testing.T) {
	dir := t.TempDir()
	out, checkpoint := filepath.Join(dir, "n.snn"), filepath.Join(dir, "n.scp")
	args := []string{"train", "stdp", "--data", "digits", "--encoder", "bernoulli", "--neurons",
		"16", "--limit", "1500", "--seed", "5",
		"--checkpoint", checkpoint, "--checkpoint-every", "1", "-o", out}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(checkpoint); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	r := runUntil(ctx, args...)
	require.Equal(t, exitLimit, r.code, r.err)
	require.Contains(t, r.err, "the same command goes on from "+checkpoint)
	require.NoFileExists(t, out)

	r = runCommand(args...)
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "going on from "+checkpoint)
	whole, _ := stdpNetwork(t, "--limit", "1500")
	want, err := os.ReadFile(whole)
	require.NoError(t, err)
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// TestTrainSTDPTwoPopulations trains the form with inhibitory neurons, which also
// spike, and runs it on the cycle engine.
func TestTrainSTDPTwoPopulations(t *testing.T) {
	if testing.Short() {
		t.Skip("TestTrainSTDP does the same with one population")
	}
	path, doc := stdpNetwork(t, "--inhibition", "population")
	require.Greater(t, doc["accuracy"], 0.2)
	var counts []any
	for _, engine := range []string{"fast", "cycle"} {
		r := runCommand("run", path, "--data", "digits", "--limit", "50", "--engine", engine,
			"--json")
		require.Equal(t, exitDone, r.code, r.err)
		layers := decode(t, r.out)["spikes_by_layer"].([]any)
		require.Len(t, layers, 2)
		counts = append(counts, layers)
	}
	require.Equal(t, counts[0], counts[1])
}

// TestTrainSTDPPopulation trains on images coded by receptive fields, draws what was
// learned and runs it from the file and from an image.
func TestTrainSTDPPopulation(t *testing.T) {
	dir := t.TempDir()
	fields, image := filepath.Join(dir, "f.png"), filepath.Join(dir, "n.adder")
	path, doc := stdpNetwork(t, "--encoder", "population", "--neurons", "4", "--fields", fields)
	require.FileExists(t, fields)
	r := runCommand("compile", path, "-o", image)
	require.Equal(t, exitDone, r.code, r.err)
	for _, file := range []string{path, image} {
		r := runCommand("run", file, "--data", "digits", "--seed", "5", "--json")
		require.Equal(t, exitDone, r.code, r.err)
		require.Equal(t, doc["accuracy"], decode(t, r.out)["accuracy"])
		r = runCommand("inspect", file, "--json")
		require.Equal(t, exitDone, r.code, r.err)
		require.Equal(t, 4.0, decode(t, r.out)["encoder"].(map[string]any)["fields"])
	}
}

// TestTrainSTDPPaper trains in lock-step, in one go and from a checkpoint, and runs what
// it learned on both engines.
func TestTrainSTDPPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("train/paper trains in lock-step, TestTrainSTDP runs what it learned")
	}
	checkpoint := filepath.Join(t.TempDir(), "n.pcp")
	paper := []string{"--preset", "paper", "--encoder", "poisson", "--ticks", "60"}
	path, doc := stdpNetwork(t, paper...)
	require.Greater(t, doc["accuracy"], 0.2)
	require.Equal(t, "poisson-renewal", doc["encoder"])
	require.EqualValues(t, 7*2*784*16, doc["learning"].(map[string]any)["host_macs"],
		"400 images are 7 batches")
	constants := map[string]any{}
	for _, c := range doc["constants"].([]any) {
		constants[c.(map[string]any)["name"].(string)] = c.(map[string]any)["register"]
	}
	require.Equal(t, "x >> 23", constants["theta"])
	require.Equal(t, "240 << 7", constants["inhibition"])

	again, _ := stdpNetwork(t, append(paper, "--checkpoint", checkpoint, "--every", "1")...)
	resumed, _ := stdpNetwork(t, append(paper, "--checkpoint", checkpoint)...)
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, path := range []string{again, resumed} {
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, engine := range []string{"fast", "cycle"} {
		r := runCommand("run", path, "--data", "digits", "--seed", "5", "--engine", engine,
			"--json")
		require.Equal(t, exitDone, r.code, r.err)
		require.Equal(t, doc["accuracy"], decode(t, r.out)["accuracy"])
	}
}

func TestTrainSTDPRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "n.snn")
	broken := filepath.Join(t.TempDir(), "broken.snn")
	require.NoError(t, os.WriteFile(broken, []byte("no network"), 0o600))
	train := []string{"train", "stdp", "--data", "digits", "--limit", "50", "-o", out}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "neuron model", append(train, "--neuron", "cell")},
		{exitUsage, "learning rule", append(train, "--rule", "guess")},
		{exitUsage, "preset tuned has no setting for encoder", append(train, "--encoder", "rate")},
		{exitUsage, "it is direct or population", append(train, "--inhibition", "none")},
		{exitUsage, "it is tuned or paper", append(train, "--preset", "best")},
		{exitUsage, "the published network has one population",
			append(train, "--preset", "paper", "--inhibition", "population")},
		{exitUsage, "unknown encoder", append(train, "--preset", "paper", "--encoder", "morse")},
		{exitLimit, "neurons that compete must lie in one core",
			append(train, "--preset", "paper", "--neurons", "2000")},
		{exitUsage, "0 neurons", append(train, "--neurons", "0")},
		{exitUsage, "--workers 0", append(train, "--workers", "0")},
		{exitUsage, "--ticks -1", append(train, "--ticks", "-1")},
		{exitUsage, "--intensity NaN", append(train, "--intensity", "nan")},
		{exitUsage, "takes flags only", append(train, "more")},
		{exitLimit, "neurons that compete must lie in one core",
			append(train, "--neurons", "2000")},
		{exitLimit, "learn on a chip with plastic synapses", append(train, "--chip", "loihi")},
		{exitUsage, broken, []string{"run", broken, "--data", "digits"}},
	} {
		r := runCommand(c.args...)
		require.Equal(t, c.code, r.code, "%v: %s", c.args, r.err)
		require.Contains(t, r.err, c.want)
		require.NoFileExists(t, out)
	}
}
