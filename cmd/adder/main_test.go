package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asProgram in the environment has the test binary be the program. With the value telling
// it closes its file 3 when it begins: before that a signal ends any process.
const (
	asProgram = "ADDER_TEST_AS_PROGRAM"
	telling   = "telling"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == telling {
		_ = os.NewFile(3, "begun").Close()
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
	debug.SetGCPercent(400) // these tests are short-lived, and many
	os.Exit(m.Run())
}

// Timeouts and terminals may signal a process and its group, so that it gets two
// interrupts; it ends as interrupted all the same.
func TestTwoInterruptsAtOnceAreOne(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "demo")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = out.Read(make([]byte, 1)) // it trains now, for some tenths of a second
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	time.Sleep(2 * time.Millisecond) // two that are not taken yet are one
	if err := cmd.Process.Signal(os.Interrupt); !errors.Is(err, os.ErrProcessDone) {
		require.NoError(t, err)
	}
	_ = cmd.Wait()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.False(t, status.Signaled(), "killed by %v", status.Signal())
	require.Equal(t, exitLimit, status.ExitStatus())
}
