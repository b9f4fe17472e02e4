package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
	"adder/internal/outside"
)

// TestNIRFinds runs networks and samples as users brought them, each of which showed
// something that was missing.
func TestNIRFinds(t *testing.T) {
	folder := filepath.Join(outside.Folder(t, "finds"), "nir")
	at := func(name string) string { return filepath.Join(folder, name) }
	run := func(name string, flags ...string) outcome {
		return runCommand(append([]string{"run", at(name + ".nir"), "--spikes", at(name + ".npz")},
			flags...)...)
	}
	refused := func(t *testing.T, r outcome, code int, words ...string) {
		t.Helper()
		require.Equal(t, code, r.code, r.err)
		for _, word := range words {
			require.Contains(t, r.err, word)
		}
	}
	done := func(t *testing.T, r outcome) outcome {
		t.Helper()
		require.Equal(t, exitDone, r.code, r.err)
		return r
	}

	t.Run("snnTorch's default reset", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "o.npz")
		done(t, run("snntorch_default_reset", "--reset", "subtract-delayed", "--engine",
			"reference", "--out", out))
		got, want := bytesOf(t, out, "out"), bytesOf(t, at("snntorch_default_reset.npz"),
			"expected")
		spikes := 0
		for _, v := range got {
			spikes += int(v)
		}
		require.Equal(t, 806, spikes)
		require.Len(t, got, 960)
		require.Equal(t, want, got)
		done(t, run("snntorch_default_reset", "--reset", "subtract-delayed"))
		done(t, run("snntorch_default_reset", "--reset", "subtract-multi", "--engine", "reference"))
		refused(t, run("snntorch_default_reset", "--reset", "subtract-multi"), exitLimit,
			"neurons of several spikes in a tick", "--reset subtract")
	})
	t.Run("too many labels", func(t *testing.T) {
		r := runCommand("run", at("labels.nir"), "--spikes", at("labels_too_many.npz"))
		refused(t, r, exitUsage, `"label" has 5 classes for 3 samples`)
	})
	t.Run("no neurons", func(t *testing.T) {
		done(t, run("linear_only", "--engine", "reference"))
		r := done(t, run("linear_only", "--against", "reference", "--json"))
		layer := decode(t, r.out)["against"].(map[string]any)["layers"].([]any)[0].(map[string]any)
		require.Less(t, layer["potential_rms_error"].(float64),
			0.02*layer["potential_rms"].(float64))
	})
	t.Run("a long delay", func(t *testing.T) {
		refused(t, run("delay_70_ticks"), exitLimit, "the Delay n1 waits 70 ticks of 0.0001 s",
			"--dt 0.00012 or more")
		done(t, run("delay_70_ticks", "--dt", "0.00012"))
	})
	for _, name := range []string{"end_linear", "affine_delay"} {
		t.Run(name, func(t *testing.T) {
			r := done(t, run(name, "--against", "reference", "--json"))
			require.Equal(t, 1.0, decode(t, r.out)["against"].(map[string]any)["agreement"])
		})
	}
	t.Run("an unknown field", func(t *testing.T) {
		r := done(t, run("unknown_field_refractory", "--engine", "reference"))
		require.Contains(t, r.err,
			`node "n2" (LIF): it has "refractory", which means nothing to this kind of node and is left out`)
	})
	t.Run("a recording", func(t *testing.T) {
		refused(t, runCommand("run", at("labels.nir"), "--spikes", at("sample_nmnist.bin")),
			exitUsage, "give it with --events")
	})
	t.Run("counts", func(t *testing.T) {
		cnn := filepath.Join(outside.Folder(t, "nir"), "public", "NIR__cnn_sinabs__89e0a61.nir")
		counts := at("nmnist_counts.npz")
		refused(t, runCommand("run", cnn, "--spikes", counts, "--engine", "reference"), exitUsage,
			"elements above 1 are 7: --counts clip")
		for _, way := range []string{"clip", "keep"} {
			r := done(t, runCommand("run", cnn, "--spikes", counts, "--engine", "reference",
				"--counts", way))
			require.Contains(t, r.err, "elements above 1: 7, up to 2")
		}
		done(t, runCommand("run", cnn, "--events", at("sample_nmnist.bin"), "--event-dt", "0.001",
			"--counts", "clip", "--engine", "reference"))
	})
	t.Run("weights that become 0", func(t *testing.T) {
		r := done(t, run("small_weights"))
		require.Contains(t, r.err, "60 of 61 weights are too small for 8 bits and become 0: the "+
			"chip stores up to 9 (--bits 9)")
		r = done(t, run("small_weights", "--bits", "9", "--json"))
		require.NotContains(t, r.err, "60 of 61")
		require.Positive(t, decode(t, r.out)["counts"].(map[string]any)["spikes"])
	})
	t.Run("more than a spike a tick", func(t *testing.T) {
		r := done(t, runCommand("run", at("grey.nir"), "--data", at("grey"), "--encoder", "rate",
			"--intensity", "5000", "--ticks", "32"))
		require.Contains(t, r.err, "asks for 5 spikes per tick of 1 ms of a full-scale input, and "+
			"at most one is given: inputs above 0.2 of full scale")
		require.Equal(t, 1, strings.Count(r.err, "at most one"), "it is said once")
	})
	t.Run("integers that are exact already", func(t *testing.T) {
		r := done(t, run("inhibited_if", "--against", "reference", "--json"))
		doc := decode(t, r.out)
		require.Equal(t, 0.0, doc["counts"].(map[string]any)["saturations"])
		require.Equal(t, 0.0, doc["counts"].(map[string]any)["spikes"])
	})
	t.Run("NIR's data", func(t *testing.T) {
		r := runCommand("run", at("labels.nir"), "--spikes", at("nirdata_gridded.nir"))
		refused(t, r, exitUsage, "node input has 1 neurons; the model takes 6")
	})
}

func bytesOf(t *testing.T, path, name string) []uint8 {
	t.Helper()
	f, err := npz.Open(path)
	require.NoError(t, err)
	defer f.Close()
	a, err := f.Array(name)
	require.NoError(t, err)
	b, err := a.Uint8s()
	require.NoError(t, err)
	return b
}
