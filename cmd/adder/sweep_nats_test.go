package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/sweep/hub"
)

// TestSweepThroughServer: points that a worker runs give the table of a sweep in one process.
func TestSweepThroughServer(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	path := sweepFolder(t, coarseSweep)
	h, err := hub.Start(hub.Options{Folder: t.TempDir(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer h.Close()
	worked := make(chan outcome, 1)
	go func() {
		worked <- runCommand("sweep", "worker", "--nats", h.URL(), "--cache", t.TempDir(), "--idle",
			"5s", "--json")
	}()
	r := runCommand("sweep", path, "--nats", h.URL(), "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.EqualValues(t, 4, decode(t, r.out)["ran"])
	w := <-worked
	require.Equal(t, exitDone, w.code, w.err)
	require.EqualValues(t, 4, decode(t, w.out)["ran"])
	table, err := os.ReadFile(filepath.Join(filepath.Dir(path), "table.csv"))
	require.NoError(t, err)

	require.NoError(t, os.RemoveAll(filepath.Join(filepath.Dir(path), "results")))
	r = runCommand("sweep", path, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.EqualValues(t, 4, decode(t, r.out)["ran"])
	again, err := os.ReadFile(filepath.Join(filepath.Dir(path), "table.csv"))
	require.NoError(t, err)
	require.Equal(t, string(table), string(again))
}

func TestSweepServerWrongWords(t *testing.T) {
	path := sweepFolder(t, smallSweep)
	for want, args := range map[string][]string{
		"nobody answers":      {"sweep", path, "--nats", "nats://127.0.0.1:1"},
		"name it with --nats": {"sweep", path, "--nats-ca", path},
		"1 to 5": {"sweep", "worker", "--nats", "nats://127.0.0.1:1",
			"--nats-replicas", "9"},
		"--nats": {"sweep", "worker"},
	} {
		r := runCommand(args...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, want)
	}
}
