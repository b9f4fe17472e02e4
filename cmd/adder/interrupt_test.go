//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// soon is how long an interrupted program may take on a machine that does much else.
const soon = 10 * time.Second

// program is the program as a process, which writes in a folder of its own.
type program struct {
	*exec.Cmd
	out, err bytes.Buffer
}

// startProgram returns when the program has begun.
func startProgram(t *testing.T, dir string, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	begun, tell, err := os.Pipe()
	require.NoError(t, err)
	defer begun.Close()
	p := &program{Cmd: exec.Command(self, args...)}
	p.Dir, p.Stdout, p.Stderr = dir, &p.out, &p.err
	p.Env, p.ExtraFiles = append(os.Environ(), asProgram+"="+telling), []*os.File{tell}
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill() })
	require.NoError(t, tell.Close())
	_, err = begun.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	return p
}

// end signals the program, waits for it, and returns its exit status.
func (p *program) end(t *testing.T, s os.Signal) int {
	t.Helper()
	began := time.Now()
	_ = p.Process.Signal(s) // it may have ended by itself
	_ = p.Wait()
	took := time.Since(began)
	t.Logf("%v: %v after the signal, exit status %d", p.Args[1:], took.Round(time.Millisecond),
		p.ProcessState.ExitCode())
	require.Less(t, took, soon)
	status, ok := p.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.False(t, status.Signaled(), "killed by %v", status.Signal())
	return status.ExitStatus()
}

// TestInterruptKeepsWholeSamples interrupts a run when its trace has begun to arrive:
// document, outputs and trace end with the same sample.
func TestInterruptKeepsWholeSamples(t *testing.T) {
	m, dir := model(t), t.TempDir()
	pipe := filepath.Join(dir, "trace.csv")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	p := startProgram(t, dir, "run", m, "--data", "digits", "--engine", "cycle", "--limit", "100",
		"--trace", pipe, "--out", "out.npz", "--json")
	trace, err := os.Open(pipe)
	require.NoError(t, err)
	defer trace.Close()
	first := make([]byte, 1<<17) // more than the writer holds back
	_, err = io.ReadFull(trace, first)
	require.NoError(t, err)
	rest := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(trace)
		rest <- b
	}()
	require.Equal(t, exitLimit, p.end(t, os.Interrupt), p.err.String())
	text := append(first, <-rest...)

	var doc struct {
		Interrupted bool
		Samples     int
	}
	require.NoError(t, json.Unmarshal(p.out.Bytes(), &doc))
	require.True(t, doc.Interrupted)
	require.Positive(t, doc.Samples)
	file, err := npz.Open(filepath.Join(dir, "out.npz"))
	require.NoError(t, err)
	defer file.Close()
	out, err := file.Array("out")
	require.NoError(t, err)
	require.Equal(t, doc.Samples, out.Shape[0])
	require.True(t, bytes.HasSuffix(text, []byte("\n")))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last, err := strconv.Atoi(strings.Split(lines[len(lines)-1], ",")[0])
	require.NoError(t, err)
	require.Equal(t, doc.Samples-1, last)
}

// TestInterruptAtAnyMoment interrupts commands while they read, calibrate, place,
// emulate or learn: each ends with status 1, one document, and no file that is not
// whole.
func TestInterruptAtAnyMoment(t *testing.T) {
	m := model(t)
	moments := []time.Duration{20 * time.Millisecond, 500 * time.Millisecond}
	if testing.Short() {
		moments = []time.Duration{100 * time.Millisecond}
	}
	for _, args := range [][]string{
		{"compile", m, "--calibrate", "digits", "--place-moves", "2000000000", "-o", "m.adder"},
		{"run", m, "--data", "digits", "--place-moves", "2000000000"},
		{"run", m, "--data", "digits", "--ticks", "256", "--engine", "cycle", "--workers", "1",
			"--out", "out.npz"},
		{"bench", m, "--ann", m, "--data", "digits", "--ticks", "256", "--engine", "cycle",
			"--workers", "1", "--csv", "csv"},
		{"train", "ann", "--data", "digits", "--epochs", "1000", "-o", "n.onnx"},
		{"train", "stdp", "--data", "digits", "--epochs", "100", "-o", "n.snn"},
		{"reproduce", "table4", "--data", "digits", "--epochs", "100", "--csv", "cells.csv"},
	} {
		for _, moment := range moments {
			dir := t.TempDir()
			p := startProgram(t, dir, append(args, "--json")...)
			time.Sleep(moment)
			require.Equal(t, exitLimit, p.end(t, syscall.SIGTERM), p.err.String())
			var doc map[string]any
			require.NoError(t, json.Unmarshal(p.out.Bytes(), &doc), "%v: %s", args, p.out.String())
			require.True(t, doc["interrupted"] == true ||
				doc["error"] != nil && doc["exit_status"] == 1.0, "%v", doc)
			left, err := filepath.Glob(filepath.Join(dir, ".*.tmp"))
			require.NoError(t, err)
			require.Empty(t, left)
		}
	}
}

// TestInterruptOfABlockedCommand: one that waits for a pipe's other end does not wait
// any longer.
func TestInterruptOfABlockedCommand(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "m.adder")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		p := startProgram(t, t.TempDir(), "run", pipe, "--data", "digits", "--json")
		time.Sleep(300 * time.Millisecond)
		require.Equal(t, exitLimit, p.end(t, s))
		require.Contains(t, p.out.String(), `"exit_status": 1`)
	}
}

// TestHangUpWritesACheckpoint: a closed terminal is an interrupt like another.
func TestHangUpWritesACheckpoint(t *testing.T) {
	dir := t.TempDir()
	args := []string{"train", "stdp", "--data", "digits", "--epochs", "1000", "--checkpoint",
		"k.scp", "--every", "1", "-o", "n.snn"}
	p := startProgram(t, dir, args...)
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "k.scp"))
		return err == nil
	}, soon, time.Millisecond)
	require.Equal(t, exitLimit, p.end(t, syscall.SIGHUP))
	require.Contains(t, p.err.String(), "the same command goes on from k.scp")
	require.NoFileExists(t, filepath.Join(dir, "n.snn"))
}
