package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusedBeforeWork gives words that must be refused before a model is read: the
// model named is not there, and no message is about it.
func TestRefusedBeforeWork(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	nowhere := filepath.Join(dir, "none", "x")
	folder := filepath.Join(dir, "folder.npz")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"run needs FILE", []string{"run", "--data", "digits"}},
		{`"more" is one word too many`, []string{"inspect", "none.onnx", "more"}},
		{"is not known: write the name of a data set, mnist", []string{"data", "fetch", "cifar"}},
		{"--text prints one profile", []string{"chips", "--text"}},
		{"--ticks -1: write", []string{"run", "none.onnx", "--data", "digits", "--ticks", "-1"}},
		{"--ticks -1: write", []string{"bench", "none.onnx", "--data", "digits", "--ticks", "-1"}},
		{"--intensity -2: write", []string{"compile", "none.onnx", "-o", "x.adder", "--intensity",
			"-2"}},
		{"--intensity NaN: write", []string{"run", "none.onnx", "--data", "digits", "--intensity",
			"nan"}},
		{"--intensity +Inf: write", []string{"run", "none.onnx", "--data", "digits", "--intensity",
			"inf"}},
		{"--bits 0: write", []string{"compile", "none.onnx", "-o", "x.adder", "--bits", "0"}},
		{"--percentile NaN: write", []string{"compile", "none.onnx", "-o", "x.adder",
			"--percentile", "nan"}},
		{"--percentile 0: write", []string{"run", "none.onnx", "--data", "digits", "--percentile",
			"0"}},
		{"--place-moves -7: write", []string{"compile", "none.onnx", "-o", "x.adder",
			"--place-moves", "-7"}},
		{"--dt -1: write", []string{"inspect", "none.onnx", "--dt", "-1"}},
		{"--dt NaN: write", []string{"run", "none.onnx", "--data", "digits", "--dt", "nan"}},
		{"--reset up: a spike resets by one of zero, subtract, subtract-delayed",
			[]string{"compile", "none.onnx", "-o", "x.adder", "--reset", "up"}},
		{"--limit -5: write", []string{"run", "none.onnx", "--data", "digits", "--limit", "-5"}},
		{"--limit -5: write", []string{"train", "ann", "--data", "digits", "--limit", "-5", "-o",
			"x.onnx"}},
		{"--workers 0: write", []string{"bench", "none.onnx", "--data", "digits", "--workers",
			"0"}},
		{"--workers 1000000000: write 1 to 1024", []string{"run", "none.onnx", "--data", "digits",
			"--workers", "1000000000"}},
		{"--calibrate-samples 0: write", []string{"compile", "none.onnx", "-o", "x.adder",
			"--calibrate-samples", "0"}},
		{"end the name in .adder", []string{"compile", "none.onnx", "-o", "x.image"}},
		{"end the name in .onnx", []string{"train", "ann", "--data", "digits", "-o", "x.txt"}},
		{"there is no folder", []string{"compile", "none.onnx", "-o", nowhere + ".adder"}},
		{"there is no folder", []string{"run", "none.onnx", "--data", "digits", "--out",
			nowhere + ".npz"}},
		{"end the name in .npz or .csv", []string{"run", "none.onnx", "--data", "digits", "--out",
			"x.txt"}},
		{"there is no folder", []string{"run", "none.onnx", "--data", "digits", "--engine", "cycle",
			"--trace", nowhere + ".vcd"}},
		{"there is no folder", []string{"bench", "none.onnx", "--data", "digits", "--plot",
			nowhere + ".svg"}},
		{"this is a folder", []string{"run", "none.onnx", "--data", "digits", "--out", folder}},
		{"this is a file", []string{"bench", "none.onnx", "--data", "digits", "--csv", file}},
		{"--code morse: the codes are", []string{"run", "none.onnx", "--data", "digits", "--code",
			"morse"}},
		{"--code radix and --encoder rate", []string{"run", "none.onnx", "--data", "digits",
			"--code", "radix", "--encoder", "rate"}},
		{"--code level and --ticks 8", []string{"compile", "none.onnx", "-o", "x.adder", "--code",
			"level", "--ticks", "8"}},
		{"--code radix and --intensity 5", []string{"compile", "none.onnx", "-o", "x.adder",
			"--code", "radix", "--intensity", "5"}},
		{"--code radix and --maxpool or", []string{"compile", "none.onnx", "-o", "x.adder",
			"--code", "radix", "--maxpool", "or"}},
		{"--code radix and --per-channel", []string{"bench", "none.onnx", "--data", "digits",
			"--code", "radix", "--per-channel"}},
		{"--code radix and --chip-timing", []string{"bench", "none.onnx", "--data", "digits",
			"--code", "radix", "--chip-timing"}},
		{"--activation-bits 17: write", []string{"run", "none.onnx", "--data", "digits", "--code",
			"radix", "--activation-bits", "17"}},
		{"--activation-bits few: write", []string{"run", "none.onnx", "--data", "digits", "--code",
			"radix", "--activation-bits", "few"}},
		{"--input-bits 17: write", []string{"run", "none.onnx", "--data", "digits", "--code",
			"radix", "--input-bits", "17"}},
		{"--loss -1: write", []string{"run", "none.onnx", "--data", "digits", "--code", "radix",
			"--activation-bits", "auto", "--loss", "-1"}},
		{"--activation-bits 4: rates have no bits", []string{"run", "none.onnx", "--data", "digits",
			"--code", "rate", "--activation-bits", "4"}},
		{"--maxpool exact: no spiking form", []string{"run", "none.onnx", "--data", "digits",
			"--code", "rate", "--maxpool", "exact"}},
		{"--encoder radix: spikes that say a level",
			[]string{"run", "none.onnx", "--data", "digits", "--code", "rate", "--encoder",
				"radix"}},
		{"--against quantised: rates come near", []string{"run", "none.onnx", "--data", "digits",
			"--code", "rate", "--against", "quantised"}},
		{"--against quantised needs the model", []string{"run", "none.adder", "--data", "digits",
			"--against", "quantised"}},
		{"leave --engine reference out", []string{"run", "none.onnx", "--data", "digits",
			"--against", "quantised", "--engine", "reference"}},
		{"--against reference and --code radix", []string{"run", "none.onnx", "--data", "digits",
			"--against", "reference", "--code", "radix"}},
		{"a ladder begins at the trained model", []string{"diagnose", "none.adder", "--data",
			"digits"}},
		{"diagnose needs samples", []string{"diagnose", "none.onnx"}},
		{"end the name in .png or .svg", []string{"diagnose", "none.onnx", "--data", "digits",
			"--plot", "x.txt"}},
		{"is an image, which is compiled already", []string{"compile", "x.adder", "-o", "y.adder"}},
		{"is integers from the start", []string{"run", "none.snn", "--data", "digits", "--engine",
			"reference"}},
		{"none.snn has none", []string{"run", "none.snn", "--data", "digits", "--against",
			"reference"}},
		{"is a case file", []string{"compile", "x.yaml", "-o", "y.adder"}},
	} {
		r := runCommand(tt.args...)
		require.Equal(t, exitUsage, r.code, "%v", tt.args)
		require.Contains(t, r.err, tt.want, "%v", tt.args)
		require.NotContains(t, r.err, "no such file", "%v", tt.args)
		require.Empty(t, r.out)
	}
}

// An image keeps what it was compiled with, so flags of compile must not seem to act.
func TestFlagsWithoutEffectAreNamed(t *testing.T) {
	image := filepath.Join(t.TempDir(), "m.adder")
	compiled := runCommand("compile", model(t), "--calibrate", "digits", "-o", image)
	require.Equal(t, exitDone, compiled.code, compiled.err)
	plain := runCommand("run", image, "--data", "digits", "--limit", "1", "--ticks", "4")
	require.Equal(t, exitDone, plain.code, plain.err)
	require.NotContains(t, plain.err, "warning")
	idle := runCommand("run", image, "--data", "digits", "--limit", "1", "--chip", "wide",
		"--bits", "4")
	require.Equal(t, exitDone, idle.code, idle.err)
	require.Contains(t, idle.err, "--bits, --chip cannot change")

	text, err := learnedDigits()
	require.NoError(t, err)
	network := filepath.Join(t.TempDir(), "n.snn")
	require.NoError(t, os.WriteFile(network, text, 0o666))
	idle = runCommand("compile", network, "--bits", "4", "-o", image)
	require.Equal(t, exitDone, idle.code, idle.err)
	require.Contains(t, idle.err, "--bits cannot change")
}

// A training that went nowhere writes its file and ends well, so it has to say so.
func TestChanceIsNamed(t *testing.T) {
	ann := func(rate string) outcome {
		return runCommand("train", "ann", "--data", "digits", "--hidden", "8", "--epochs", "1",
			"--limit", "1500", "--lr", rate, "-o", filepath.Join(t.TempDir(), "m.onnx"))
	}
	wild := ann("1e6")
	require.Equal(t, exitDone, wild.code, wild.err)
	require.Contains(t, wild.err, "the network has not learned; a lower --lr")
	require.NotContains(t, ann("0.2").err, "warning")
	for _, preset := range []string{"tuned", "paper"} {
		one := runCommand("train", "stdp", "--preset", preset, "--data", "digits", "--neurons", "1",
			"--limit", "50", "-o", filepath.Join(t.TempDir(), "n.snn"))
		require.Equal(t, exitDone, one.code, one.err)
		require.Contains(t, one.err, "the network has not learned", preset)
	}
}

func TestChipsTextIsAProfile(t *testing.T) {
	text := runCommand("chips", "loihi", "--text")
	require.Equal(t, exitDone, text.code, text.err)
	own := filepath.Join(t.TempDir(), "own.yaml")
	require.NoError(t, os.WriteFile(own, []byte(text.out), 0o600))
	require.Equal(t, runCommand("chips", "loihi").out, runCommand("chips", own).out)
}

func TestInterruptedCompileWritesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	image := filepath.Join(t.TempDir(), "m.adder")
	r := runUntil(ctx, "compile", model(t), "--calibrate", "digits", "-o", image)
	require.Equal(t, exitLimit, r.code, r.err)
	require.Contains(t, r.err, "interrupted")
	require.NoFileExists(t, image)
}

func TestTenths(t *testing.T) {
	for x, want := range map[float64]string{0: "0.0", 0.04: "0.0", 0.96: "1.0", 1234.56: "1,234.6",
		-1.25: "-1.3", -0.01: "0.0"} {
		require.Equal(t, want, tenths(x))
	}
}

// An image that takes spike trains does not say how pictures become spikes; bench
// settles that as run does.
func TestBenchCodesImagesForSpikeTrains(t *testing.T) {
	row := "[" + strings.Repeat("1,", 783) + "1]"
	path := filepath.Join(t.TempDir(), "case.yaml")
	text := "name: sums\nchip: loihi\ninput: {size: 784}\npopulations:\n  - {name: sum, size: " +
		"10, du: 4095, dv: 0, vth: 25}\n" +
		"connections:\n  - {from: input, to: sum, weights: [" +
		strings.TrimSuffix(strings.Repeat(row+",", 10), ",") + "], delay: 1}\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	r := runCommand("bench", path, "--data", "digits", "--limit", "3", "--ticks", "4", "--energy",
		"loihi", "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "the encoder rate is used")
	require.Positive(t, decode(t, r.out)["snn"].(map[string]any)["synops"])
}
