package rtl

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/core"
	"adder/router"
	"adder/spike"
)

// long skips a test that takes too long for every run of all tests.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("ADDER_RTL") == "" {
		t.Skip("set ADDER_RTL=short or full")
	}
}

// lif exports a chip of one core: two LIF neurons hear two inputs each, a third the
// other two.
func lif(t *testing.T) string {
	img := small(t, nil)
	img.Encoder.Ticks, img.Input.Shape = 6, []int32{2}
	cfg := &img.Cores[0].Config
	cfg.Groups[0].Count, cfg.Groups[0].DecayV = 3, 3968
	cfg.Threshold, cfg.Bias, cfg.Reset, cfg.V0 = []int32{60, 80, 90}, []int32{0, 3, -2}, []int32{0,
		0, 0}, []int32{5, 0, 0}
	cfg.ID, cfg.Axons, cfg.Rows, cfg.Dense8 = []uint32{0, 1, 2}, nil, nil, []int8{70, -20, 30, 90,
		65, 50}
	for i := range int32(4) {
		row := core.Row{WeightBits: 8, Exclude: -1, Count: 2, Offset: int64(i) * 2}
		if i >= 2 {
			row = core.Row{WeightBits: 8, Exclude: -1, First: 2, Count: 1, Offset: int64(i) + 2}
		}
		cfg.Rows, cfg.Axons = append(cfg.Rows, row), append(cfg.Axons, core.Axon{Row: i})
	}
	cfg.Groups[0].Refractory = 1
	img.Populations[0].Shape, img.Populations[0].Segments[0].Count = []int32{3}, 3
	img.Routes.Ports[0].Routes = router.Routes{Start: []int32{0, 1, 2},
		Dests: []router.Dest{{}, {Axon: 1}}}
	img.Routes.Neurons[0] = router.Routes{Start: []int32{0, 1, 2, 2},
		Dests: []router.Dest{{Axon: 2}, {Axon: 3}}}
	c, err := chip.Load(img)
	require.NoError(t, err)
	train := spike.NewTrain(2, 6)
	for t := range 6 {
		train.Set(t, t&1)
		train.Set(t, 1-t&1&(t>>1))
	}
	dir := t.TempDir()
	_, err = Export(t.Context(), c, 0, []*spike.Train{train, train}, dir)
	require.NoError(t, err)
	return dir
}

// multiplies is a decay that multiplies.
const multiplies = `module decay #(
    parameter WIDTH = 24,
    parameter [12:0] PLUS = 13'h1000,
    parameter [12:0] MINUS = 13'h0
) (
    input signed [WIDTH-1:0] x,
    output signed [WIDTH-1:0] y
);
  wire signed [WIDTH+13:0] product = x * $signed({1'b0, PLUS - MINUS});
  assign y = product >>> 12;
endmodule
`

// TestNoMultiplier: the hardware passes the check for multipliers, and a decay that
// multiplies does not.
func TestNoMultiplier(t *testing.T) {
	need(t, "yosys", "make")
	if testing.Short() {
		t.Skip("yosys takes a second")
	}
	dir := lif(t)
	out, err := run(t, dir, "check")
	require.NoError(t, err, out)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "decay.v"), []byte(multiplies), 0o600))
	out, err = run(t, dir, "check")
	require.Error(t, err, "a multiplier passes: %s", out)
	require.Contains(t, out, "Assertion failed")
}

// TestNoDSP: so does what is mapped to the cells of three makers, where the decay that
// multiplies becomes a DSP block.
func TestNoDSP(t *testing.T) {
	need(t, "yosys", "make")
	long(t)
	if !full() {
		t.Skip("six mappings take minutes: set ADDER_RTL=full")
	}
	dir := lif(t)
	sound, err := os.ReadFile(filepath.Join(dir, "decay.v"))
	require.NoError(t, err)
	for _, target := range []string{"ice40", "ecp5", "xilinx"} {
		out, err := run(t, dir, "synth", "TARGET="+target)
		require.NoError(t, err, "%s: %s", target, out)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "decay.v"), []byte(multiplies), 0o600))
		out, err = run(t, dir, "mapped", "TARGET="+target)
		require.Error(t, err, "%s: a DSP block passes: %s", target, out)
		require.Contains(t, out, "Assertion failed", target)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "decay.v"), sound, 0o600))
	}
}

// TestNetlist simulates the gates that a LIF network becomes on an iCE40, with the same
// test bench.
func TestNetlist(t *testing.T) {
	need(t, "iverilog", "yosys", "make")
	long(t)
	dir := lif(t)
	out, err := run(t, dir, "sim")
	require.NoError(t, err, out)
	out, err = run(t, dir, "sim-netlist")
	require.NoError(t, err, out)
	require.Contains(t, out, "PASS 2 samples")
}

// TestLint: Verilator has nothing to say about images of all that there is.
func TestLint(t *testing.T) {
	need(t, "verilator", "make")
	long(t)
	images := uint64(4)
	if full() {
		images = 20
	}
	for n := range images {
		c, trains := load(t, n)
		dir := t.TempDir()
		_, err := Export(t.Context(), c, 0, trains, dir)
		require.NoError(t, err)
		out, err := run(t, dir, "lint")
		require.NoError(t, err, "image %d: %s", n, out)
	}
}
