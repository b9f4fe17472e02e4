package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// needRTL skips a test that takes minutes unless ADDER_RTL=full asks for it, and where a
// program is not there.
func needRTL(t *testing.T, programs ...string) {
	t.Helper()
	if os.Getenv("ADDER_RTL") != "full" {
		t.Skip("set ADDER_RTL=full to hold the hardware of whole networks to the cycle engine")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}

// makes runs a goal of an exported folder, which passes, and gives what it printed.
func makes(t *testing.T, dir string, words ...string) string {
	t.Helper()
	out, err := exec.Command("make", append([]string{"-C", dir}, words...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// compiled compiles a model for these tests and gives the image.
func compiled(t *testing.T, args ...string) string {
	t.Helper()
	image := filepath.Join(t.TempDir(), "m.adder")
	r := runCommand(append([]string{"compile", "-o", image}, args...)...)
	require.Equal(t, exitDone, r.code, r.err)
	return image
}

// TestLanesOfTheShippedTable runs the flow of docs/rtl.md anew: the energies are those
// that the table osu018-rtl rests on, as near as another version of yosys may come.
func TestLanesOfTheShippedTable(t *testing.T) {
	needRTL(t, "yosys", "iverilog", "make")
	if _, err := os.Stat(osu018); err != nil {
		t.Skip("qflow-tech-osu018 is not installed: no cells of 0.18 um")
	}
	mnist := outside.Folder(t, "mnist")
	image := compiled(t, filepath.Join(outside.Folder(t, "onnx"), "mlp_784_128_10.onnx"),
		"--calibrate", mnist)
	dir := t.TempDir()
	r := runCommand("rtl", image, "--lanes", "-o", dir, "--data", mnist, "--limit", "4")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.out, "adder    94,516 operations")
	makes(t, dir, "sim")
	r = runCommand("rtl", "energy", dir, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	var got, want laneEnergyJSON
	require.NoError(t, json.Unmarshal([]byte(r.out), &got))
	text, err := os.ReadFile("../../bench/energy/testdata/osu018-rtl.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &want))
	for i := range want.Lanes {
		require.Equal(t, want.Lanes[i].LaneWork, got.Lanes[i].LaneWork)
		require.InEpsilon(t, want.Lanes[i].Area, got.Lanes[i].Area, 0.05)
		require.InEpsilon(t, want.Lanes[i].Total, got.Lanes[i].Total, 0.05)
	}
	require.Less(t, math.Abs(want.SkipRatio-got.SkipRatio), 0.3)
}

// TestLanesNeedPictures: what recorded spikes and folders without lanes lack is said.
func TestLanesNeedPictures(t *testing.T) {
	r := runCommand("rtl", "energy", t.TempDir())
	require.NotEqual(t, exitDone, r.code)
	require.Contains(t, r.err, "write them with adder rtl --lanes")
	require.NotContains(t, strings.ToLower(r.err), "panic")
}
