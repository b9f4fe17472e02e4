package rtl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// wide loads an image of two inputs that eight neurons hear.
func wide(t *testing.T, change func(cfg *core.Config)) *chip.Chip {
	img := small(t, nil)
	img.Input.Shape = []int32{2}
	cfg := &img.Cores[0].Config
	cfg.Groups[0].Count, cfg.Threshold, cfg.Bias = 8, make([]int32, 8), make([]int32, 8)
	cfg.Reset, cfg.V0, cfg.ID = make([]int32, 8), make([]int32, 8), []uint32{0, 1, 2, 3, 4, 5, 6, 7}
	cfg.Dense8 = []int8{1, -2, 3, -4, 5, -6, 7, -128, 127, 90, 80, 70, 60, 50, 40, 30}
	cfg.Rows, cfg.Axons = nil, []core.Axon{{}, {Row: 1}}
	for i := range int64(2) {
		cfg.Rows = append(cfg.Rows, core.Row{WeightBits: 8, Count: 8, Exclude: -1, Offset: 8 * i})
	}
	img.Populations[0].Shape, img.Populations[0].Segments = []int32{8}, []layout.Segment{{Count: 8}}
	img.Routes.Ports[0].Routes = router.Routes{Start: []int32{0, 1, 2},
		Dests: []router.Dest{{}, {Axon: 1}}}
	img.Routes.Neurons[0] = router.Routes{Start: make([]int32, 9)}
	if change != nil {
		change(cfg)
	}
	c, err := chip.Load(img)
	require.NoError(t, err)
	return c
}

// words are the operations of a file.
func words(t *testing.T, dir, name string) []string {
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return strings.Fields(string(text))
}

// TestLanes: the operations are those of spikes, of all elements, and of those that are
// not 0; and what nets do with them has an energy.
func TestLanes(t *testing.T) {
	train := spike.NewTrain(2, 2)
	train.Set(0, 0)
	train.Set(1, 0)
	train.Set(1, 1)
	dir := t.TempDir()
	work, err := ExportLanes(wide(t, nil), []*spike.Train{train}, [][]uint8{{200, 0}}, dir)
	require.NoError(t, err)
	require.Equal(t, []LaneWork{{"adder", 24}, {"mac", 16}, {"mac_skip", 8}}, work)
	// A word is clear, add, weight and activation.
	require.Equal(t, []string{"10100", "20000", "10100", "17f00", "20000"},
		words(t, dir, "adder.hex")[:5])
	require.Equal(t, []string{"101c8", "17f00", "20000"}, words(t, dir, "mac.hex")[:3])
	require.Equal(t, []string{"1fec8", "20000"}, words(t, dir, "mac_skip.hex")[2:4],
		"the second neuron")

	_, err = LaneEnergies(dir, "testdata/few.lib")
	require.ErrorContains(t, err, "run make energy there first")
	need(t, "yosys", "iverilog", "make")
	long(t)
	here, err := os.Getwd()
	require.NoError(t, err)
	cells := []string{"LIBERTY=" + here + "/testdata/few.lib", "CELLS=" + here + "/testdata/few.v"}
	out, err := run(t, dir, append([]string{"sim"}, cells...)...)
	require.NoError(t, err, out)
	energies, err := LaneEnergies(dir, "testdata/few.lib")
	require.NoError(t, err)
	adder, mac, skip := energies[0], energies[1], energies[2]
	require.Greater(t, mac.Area, 2*adder.Area)
	require.Greater(t, mac.Delay, adder.Delay)
	require.Greater(t, skip.Total, adder.Total)
	for _, e := range energies {
		require.InEpsilon(t, e.Total, e.Internal+e.Loads+e.Clock, 1e-9)
		// Each change takes 0.05 pJ inside of a cell, each of a flip-flop's clock none.
		require.InEpsilon(t, 0.05*e.Changes, e.Internal, 1e-6, e.Name)
	}
	// A sum that is wrong does not pass.
	sound, err := os.ReadFile(filepath.Join(dir, "adder_lane.v"))
	require.NoError(t, err)
	wrong := strings.Replace(string(sound), "sum + {", "sum - {", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "adder_lane.v"), []byte(wrong), 0o600))
	out, err = run(t, dir, append([]string{"sim"}, cells...)...)
	require.Error(t, err)
	require.Contains(t, out, "FAIL adder.hex, operation 0: expected 1")
}

// TestLaneEnergies works out what a flow left that is small enough to do by hand: a
// flip-flop and one inverter, or three.
func TestLaneEnergies(t *testing.T) {
	energies, err := LaneEnergies("testdata/lanes", "testdata/few.lib")
	require.NoError(t, err)
	require.Len(t, energies, 3)
	adder, mac, skip := energies[0], energies[1], energies[2]
	require.Equal(t, []float64{7, 9, 9}, []float64{adder.Area, mac.Area, skip.Area})
	require.Equal(t, []float64{100, 250}, []float64{adder.Delay, mac.Delay})
	// Four changes of the flip-flop and of the inverter in four operations, 0.05 pJ each.
	require.InDelta(t, 0.1, adder.Internal, 1e-12)
	require.InDelta(t, 2, adder.Changes, 1e-12)
	// As many of the inputs of both, 0.01 pF at 1 V.
	require.InDelta(t, 2*0.005, adder.Loads, 1e-12)
	require.InDelta(t, 7.0/4*0.005, adder.Clock, 1e-12, "four rises and three falls")
	require.InDelta(t, 4*0.05*2/4, mac.Internal, 1e-12)
	require.InDelta(t, 4*0.05*2/2, skip.Internal, 1e-12)
}

// TestLanesRefuse: what has no form in these lanes is said.
func TestLanesRefuse(t *testing.T) {
	train := spike.NewTrain(2, 2)
	dir := t.TempDir()
	_, err := ExportLanes(wide(t, nil), []*spike.Train{train}, [][]uint8{{200}}, dir)
	require.ErrorContains(t, err, "a sample of 1 elements for 2 inputs")
	_, err = ExportLanes(wide(t, nil), []*spike.Train{train}, [][]uint8{{200, 0}}, dir)
	require.ErrorContains(t, err, "no operation in these samples")
	c, err := chip.Load(small(t, nil))
	require.NoError(t, err)
	_, err = ExportLanes(c, nil, nil, dir)
	require.ErrorContains(t, err, "1 neurons hear the host")
	c = wide(t, func(cfg *core.Config) {
		cfg.Dense16, cfg.Dense8 = make([]int16, 16), nil
		for i := range cfg.Rows {
			cfg.Rows[i].Format, cfg.Rows[i].WeightBits = core.Dense16, 9
		}
	})
	_, err = ExportLanes(c, nil, nil, dir)
	require.ErrorContains(t, err, "lanes have weights of 8 bits")
}
