package profile_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/internal/golden"
)

// TestFitOnlyIsNotEmulated: a chip for fit alone is refused where one is to compute.
func TestFitOnlyIsNotEmulated(t *testing.T) {
	for _, name := range profile.Shipped() {
		p, err := profile.Load(name)
		require.NoError(t, err)
		_, err = profile.LoadEmulated(name)
		if p.FitOnly == nil {
			require.NoError(t, err)
			continue
		}
		var refused *profile.NotEmulatedError
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, "chip "+name+" is for fit alone and not emulated: "+
			p.FitOnly.Reason)
		require.Contains(t, p.Describe(), "Fit only: not emulated")
	}
}

// TestFitOnlyChipsAsPublished: the figures that pages quote.
func TestFitOnlyChipsAsPublished(t *testing.T) {
	load := func(name string) *profile.FitOnly {
		p, err := profile.Load(name)
		require.NoError(t, err)
		return p.FitOnly
	}
	speck := load("speck2f").Layers
	kernels, neurons := 0, 0
	for _, c := range speck.Cores {
		kernels += c.Count * c.KernelWords
		neurons += c.Count * c.NeuronWords
	}
	require.Equal(t, 272<<10, kernels, "272 Ki weights")
	require.Equal(t, 320<<10, neurons, "320 Ki neurons")
	require.Equal(t, "cores 3-4", speck.Cores[1].Numbers())

	require.Equal(t, 575, load("darwin3").Cores())
	require.Equal(t, 0, load("darwin3").WeightWidth(17))
	require.Equal(t, 6, load("darwin3").WeightWidth(5))

	core := load("testdata/trade.yaml").Classes[0]
	require.Equal(t, 64, core.Trade(1152, 8), "64 neurons at 8 bits")
	require.Equal(t, 512, core.Trade(1, 1))
	require.Equal(t, 32, core.Trade(1153, 8))
	require.Equal(t, 8, core.Trade(64*1152, 1))
	require.Equal(t, 0, core.Trade(64*1152+1, 1))
	require.Equal(t, 1, core.Trade(64*1152, 8))
}

// TestCrossbarTrades: a crossbar of the emulated chip holds as many neurons as the published
// rule of its placement says, for weights and fan-ins of all sizes.
func TestCrossbarTrades(t *testing.T) {
	p, err := profile.Load("paicore2")
	require.NoError(t, err)
	trade, err := profile.Load("testdata/trade.yaml")
	require.NoError(t, err)
	x, class := &p.Core.Crossbar, &trade.FitOnly.Classes[0]
	for bits := 1; bits <= 8; bits++ {
		width := x.Width(bits)
		for _, axons := range []int{1, 784, 1152, 1153, 2304, 2305, 9216, 36864, 36865, 73728} {
			most := class.Trade(axons, width)
			require.True(t, x.Holds(most, axons, bits), "%d axons, %d bits", axons, bits)
			require.False(t, x.Holds(most+1, axons, bits), "%d axons, %d bits", axons, bits)
			narrow := &p.ForWeights(bits).Core
			require.Equal(t, most, narrow.Crossbar.Columns/x.Factor(axons))
		}
	}
}

// fitOnlyFaults are edits of shipped profiles that must be refused.
var fitOnlyFaults = []struct{ name, chip, old, new string }{
	{"field of a datapath", "odin", "core_classes:", "core:\n  neurons: 3\ncore_classes:"},
	{"no cores", "odin", "core_classes:\n  - {name: core, count: 1, neurons: 256, input_axons: " +
		"256, synapse_memory: 256 Kibit}", ""},
	{"two kinds of cores", "speck2f", "cost:",
		"core_classes: [{name: x, count: 1, neurons: 1}]\ncost:"},
	{"factor of nothing", "testdata/trade.yaml", "input_axons: 1152, ", ""},
	{"strides out of order", "speck2f", "strides: [1, 2, 4, 8]", "strides: [2, 1]"},
	{"a bit too wide", "odin", "bits: [4]", "bits: [17]"},
	{"energy without unit", "odin", "synop: 12.7 pJ", "synop: 12.7"},
	{"energy in seconds", "odin", "synop: 12.7 pJ", "synop: 12.7 ns"},
	{"unknown sharing", "odin", "thresholds: neuron", "thresholds: chip"},
}

func TestFaultsOfFitOnlyChipsAreExplained(t *testing.T) {
	var report strings.Builder
	for _, fault := range fitOnlyFaults {
		text := shippedText(t, fault.chip)
		require.Contains(t, text, fault.old, fault.name)
		_, err := profile.Parse("my.yaml", []byte(strings.Replace(text, fault.old, fault.new, 1)))
		require.Error(t, err, fault.name)
		fmt.Fprintf(&report, "# %s\n%v\n\n", fault.name, err)
	}
	golden.Equal(t, filepath.Join("testdata", "fitonly-faults.golden"), report.String())
}
