//go:build unix

package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

var kills = flag.Int("kills", 0, "how often TestCheckpointSurvivesKills kills each of its runs")

// TestCheckpointSurvivesKills kills a comparison and a recorded run of 10,000 images at
// random moments, and has the same command go on every time: the report is that of a
// process that was let alone, but for times, and so is the recording. docs/checkpoints.md has
// what it logged.
func TestCheckpointSurvivesKills(t *testing.T) {
	if *kills == 0 {
		t.Skip("minutes: -kills 20 kills so often")
	}
	data, models := outside.Folder(t, "mnist"), outside.Folder(t, "onnx")
	image := filepath.Join(models, "mlp_784_128_10.onnx")
	for name, args := range map[string][]string{
		"bench": {"bench", image, "--data", data, "--ticks", "128", "--energy", "45nm", "--json"},
		"run": {
			"run", image, "--data", data, "--ticks", "16", "--engine", "cycle", "--out", "out.npz",
			"--json",
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			alone := startProgram(t, t.TempDir(), args...)
			require.NoError(t, alone.Wait(), alone.err.String())
			took := time.Since(began)
			t.Logf("undisturbed: %v", took.Round(time.Millisecond))
			dir, moments, killed := t.TempDir(), rand.New(rand.NewPCG(1, 2)), 0
			for {
				p := startProgram(t, dir, append(slices.Clip(args), "--checkpoint", "k.ckpt",
					"--every", "250")...)
				moment := time.Duration(moments.Int64N(int64(took / 4)))
				if killed < *kills {
					time.AfterFunc(moment, func() { _ = p.Process.Kill() })
				}
				if p.Wait() != nil {
					killed++
					t.Logf("killed after %v; %s", moment.Round(time.Millisecond), p.err.String())
					continue
				}
				t.Logf("ended behind %d kills; %s", killed, p.err.String())
				require.Equal(t, untimed(t, alone.out.String()), untimed(t, p.out.String()))
				if recorded, err := os.ReadFile(filepath.Join(alone.Dir, "out.npz")); err == nil {
					resumed, err := os.ReadFile(filepath.Join(dir, "out.npz"))
					require.NoError(t, err)
					require.Equal(t, recorded, resumed)
				}
				if killed >= *kills {
					return
				}
				require.NoError(t, os.Remove(filepath.Join(dir, "k.ckpt"))) // and again
			}
		})
	}
}
