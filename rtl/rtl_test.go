package rtl

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
)

// full asks for the whole of a test, which takes minutes: ADDER_RTL=full.
func full() bool { return os.Getenv("ADDER_RTL") == "full" }

// need skips a test where a program is not there.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: the hardware is not simulated (apt-get install "+
				"iverilog verilator yosys)", p)
		}
	}
}

// run makes a goal of an exported folder, and gives what it printed.
func run(t *testing.T, dir string, words ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("make", append([]string{"-C", dir}, words...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRandomImagesInGates holds the hardware to the cycle engine in every spike,
// potential, arrival and length of a tick, on images of all that it has.
func TestRandomImagesInGates(t *testing.T) {
	need(t, "iverilog", "make")
	images := uint64(1)
	switch {
	case full():
		images = 60
	case draws.All():
		images = 3
	}
	var stalls, lines int64
	for n := range images {
		c, trains := load(t, n)
		dir := t.TempDir()
		s, err := Export(t.Context(), c, 0, trains, dir)
		require.NoError(t, err)
		stalls += s.Stalls
		out, err := run(t, dir, "sim")
		require.NoError(t, err, "image %d: %s", n, out)
		require.Contains(t, out, fmt.Sprintf("PASS %d samples", len(trains)))
		expected, err := os.ReadFile(dir + "/expect.txt")
		require.NoError(t, err)
		lines += int64(strings.Count(string(expected), "\n"))
	}
	if images > 1 {
		require.Positive(t, stalls, "packets wait for each other in some image")
	}
	t.Logf("%d images, %d lines compared, %d cycles waited", images, lines, stalls)
}
