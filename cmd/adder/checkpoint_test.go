package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// untimed is a document without times.
func untimed(t *testing.T, text string) map[string]any {
	t.Helper()
	doc := decode(t, text)
	for _, field := range volatile {
		delete(doc, field)
	}
	return doc
}

// stopped runs a command until its checkpoint is there, interrupts it, and returns the
// checkpoint as it was when it appeared: what a crash would have left.
func stopped(t *testing.T, checkpoint string, args ...string) (outcome, []byte) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	left := make(chan []byte, 1)
	go func() {
		defer stop()
		for ctx.Err() == nil {
			if text, err := os.ReadFile(checkpoint); err == nil {
				left <- text
				return
			}
			time.Sleep(100 * time.Microsecond)
		}
	}()
	r := runUntil(ctx, args...)
	select {
	case text := <-left:
		return r, text
	default:
		require.Fail(t, "no checkpoint", "%v: %s", args, r.err)
		return outcome{}, nil
	}
}

// TestCheckpointGoesOn interrupts commands and has them go on, from what the interrupt left
// and from what a crash would have left: the document and the files are those of a command
// that was let alone.
func TestCheckpointGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	dir := t.TempDir()
	m, onnx, learned := filepath.Join(dir, "m.adder"), model(t), filepath.Join(dir, "n.snn")
	layer := "/1/Relu"
	require.Equal(t, exitDone, runCommand("compile", onnx, "--calibrate", "digits", "--ticks", "12",
		"-o", m).code)
	require.Equal(t, exitDone, runCommand("train", "stdp", "--data", "digits", "--neurons", "5",
		"--limit", "20", "-o", learned).code)
	for name, words := range map[string]string{
		"probes": "run M --limit 30 --workers 2 --every 1 --out o.npz --probe LAYER " +
			"--probe-v LAYER --fault flip=1e-2,seed=3",
		"ticks": "run M --limit 8 --every 5t --out o.npz --probe LAYER --probe-v LAYER",
		"cycle engine": "run M --limit 8 --every 5t --engine cycle --workers 2 --out o.csv " +
			"--probe LAYER",
		"reference": "run X --limit 200 --every 1 --engine reference --out o.npz --ticks 8",
		"against":   "run X --limit 10 --every 5t --against reference --ticks 12",
		"quantised": "run X --limit 30 --every 1 --code radix --against quantised",
		"learned":   "run N --limit 4 --every 50t --ticks 120",
		"bench":     "bench M --ann X --limit 30 --every 1 --energy 45nm",
		"code":      "bench X --limit 30 --every 1 --energy 45nm --code radix",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			words = strings.NewReplacer("M", m, "X", onnx, "N", learned, "LAYER",
				layer).Replace(words)
			args := slices.Clip(append(strings.Fields(words), "--data", "digits",
				"--calibrate-samples", "50", "--json"))
			checkpoint := "k.ckpt"
			kept := append(args, "--checkpoint", checkpoint)
			alone := runCommand(append(args, "--checkpoint", "alone.ckpt")...)
			require.Equal(t, exitDone, alone.code, alone.err)
			want := files(t)

			cut, crash := stopped(t, checkpoint, kept...)
			require.Equal(t, exitLimit, cut.code, cut.err)
			require.Contains(t, cut.out+cut.err, "the same command goes on from k.ckpt")
			for _, left := range [][]byte{nil, crash} {
				if left != nil {
					require.NoError(t, os.WriteFile(checkpoint, left, 0o666))
				}
				r := runCommand(kept...)
				require.Equal(t, exitDone, r.code, r.err)
				require.Contains(t, r.err, "going on from k.ckpt")
				require.Equal(t, untimed(t, alone.out), untimed(t, r.out))
				require.Equal(t, want, files(t))
			}
		})
	}
}

// files are the recordings in the working folder.
func files(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range []string{"o.npz", "o.csv"} {
		if text, err := os.ReadFile(name); err == nil {
			out[name] = string(text)
			require.NoError(t, os.Remove(name))
		}
	}
	return out
}

// TestCheckpointRefused: words that a checkpoint cannot take, and files that are not the
// run's, say what is wrong.
func TestCheckpointRefused(t *testing.T) {
	m := filepath.Join(t.TempDir(), "m.adder")
	require.Equal(t, exitDone, runCommand("compile", model(t), "--calibrate", "digits",
		"--calibrate-samples", "50", "-o", m).code)
	t.Chdir(t.TempDir())
	args := func(words string) []string {
		return append([]string{"run", m, "--data", "digits", "--limit", "4"},
			strings.Fields(words)...)
	}
	require.Equal(t, exitDone, runCommand(args("--checkpoint k.ckpt")...).code)
	whole, err := os.ReadFile("k.ckpt")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("damaged.ckpt", whole[:len(whole)-1], 0o666))
	for words, want := range map[string]string{
		"--every 100":                                      "--every says how often",
		"--checkpoint k.ckpt --every 0":                    "--every 0: write a number of samples",
		"--checkpoint k.ckpt --every 3.5t":                 "--every 3.5t: write a number of samples",
		"--checkpoint k.ckpt --engine cycle --trace t.csv": "--trace",
		"--checkpoint k.ckpt --bits 4": "belongs to another run: --bits: " +
			"here 4, there 8",
		"--checkpoint k.ckpt --seed 7": "--seed: here 7, there 0",
		"--checkpoint k.ckpt --out o.npz": "belongs to another run: the ending of --out: " +
			"here .npz, there not given.",
		"--checkpoint damaged.ckpt": "damaged",
		"--checkpoint .":            "is no file",
	} {
		r := runCommand(args(words)...)
		require.Equal(t, exitUsage, r.code, words)
		require.Contains(t, r.out+r.err, want, words)
	}
	// What changes no result may differ.
	again := runCommand(args("--checkpoint k.ckpt --workers 1 --every 2 --allow-drops")...)
	require.Equal(t, exitDone, again.code, again.err)
	require.Contains(t, runCommand(args("--checkpoint k.ckpt --by tick")...).out, "By tick, in all")
	kept := runCommand(args("--checkpoint k.ckpt --json")...)
	require.Equal(t, exitDone, kept.code, kept.err)
	alone := runCommand(args("--checkpoint alone.ckpt --json")...)
	require.Equal(t, untimed(t, alone.out), untimed(t, kept.out))
}

// TestCheckpointForms: a benchmark whose checkpoint began as text ends as JSON.
func TestCheckpointForms(t *testing.T) {
	t.Chdir(t.TempDir())
	args := []string{"bench", model(t), "--data", "digits", "--limit", "20", "--stop-samples", "0",
		"--calibrate-samples", "50", "--energy", "45nm"}
	require.Equal(t, exitDone, runCommand(append(args, "--checkpoint", "k.ckpt")...).code)
	kept := runCommand(append(args, "--checkpoint", "k.ckpt", "--json")...)
	require.Equal(t, exitDone, kept.code, kept.err)
	alone := runCommand(append(args, "--json")...)
	require.Equal(t, untimed(t, alone.out), untimed(t, kept.out))
}
