package compiler_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/nir"
	"adder/core"
	"adder/internal/outside"
	"adder/layout"
	"adder/snn"
)

// reservoir is a network of model shift for a chip of one core: inputs, a hidden layer that
// hears itself, an output.
func reservoir(inputs, hidden, outputs int) *ir.Network {
	net := &ir.Network{
		Name: "net", Input: ir.Input{Name: "in", Shape: []int{inputs}, Size: inputs},
		Widths: core.Widths{Potential: 16, Current: 16, IndexBits: 10}, Output: 1,
	}
	for p, size := range []int{hidden, outputs} {
		thresholds := make([]int32, size)
		for n := range thresholds {
			thresholds[n] = 100
		}
		net.Populations = append(net.Populations, ir.Population{
			Name: []string{"hidden", "out"}[p], Shape: []int{size}, Size: size, Depth: p,
			Groups: []core.Group{{
				Count: int32(size), Population: int32(p), Depth: int32(p),
				ResetMode: core.ResetSubtract,
				Shift:     core.Shift{Most: 31, U: 3, V: 4},
			}},
			Threshold: thresholds, Bias: make([]int32, size), Reset: make([]int32, size),
			V0: make([]int32,
				size),
		})
	}
	connect := func(source, target, sources, targets int) {
		w := ir.Weights{Sources: sources, Targets: targets, Dense: make([]int8, sources*targets)}
		for i := range w.Dense {
			w.Dense[i] = 1
		}
		net.Projections = append(net.Projections, ir.Projection{
			Name: "projection", Source: source, Target: target, WeightBits: 8, Weights: w,
		})
	}
	connect(ir.SourceInput, 0, inputs, hidden)
	connect(0, 0, hidden, hidden)
	connect(0, 1, hidden, outputs)
	return net
}

// TestSingleLimits: what a chip of one core does not hold is named, with need and have.
func TestSingleLimits(t *testing.T) {
	audio, err := profile.Load("xylo-audio-2")
	require.NoError(t, err)
	imu, err := profile.Load("xylo-imu")
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		chip *profile.Profile
		net  *ir.Network
		edit func(net *ir.Network)
		want []string
	}{
		{"fits", audio, reservoir(16, 56, 8), nil, nil},
		{"inputs and outputs", audio, reservoir(17, 4, 9), nil, []string{
			"layer out needs 9 outputs; the chip has 8",
			"the network needs 17 inputs; the chip has 16",
		}},
		{"fan-out", audio, reservoir(2, 60, 5), nil,
			[]string{"layer hidden needs 65 targets of one " +
				"neuron; the chip has 64"}},
		{"reach", imu, reservoir(2, 129, 1), nil, []string{
			"needs 129 hidden neurons that inputs reach; the chip has 128",
			"needs 129 hidden neurons that outputs hear; the chip has 128",
		}},
		{"an output that is heard", audio, reservoir(2, 3, 3), func(net *ir.Network) {
			net.Projections[1].Source = 1
		}, []string{"layer out needs 3 connections from outputs; the chip has 0"}},
		{"two exponents", audio, reservoir(2, 3, 3), func(net *ir.Network) {
			again := net.Projections[0]
			again.Exponent = 2
			net.Projections = append(net.Projections, again)
		}, []string{"needs 2 weight exponents from inputs; the chip has 1"}},
		{"inputs to outputs", audio, reservoir(3, 3, 3), func(net *ir.Network) {
			net.Projections[2].Source = ir.SourceInput
		}, []string{"needs 9 weights from inputs to outputs; the chip has 0"}},
		{"one current", imu, reservoir(2, 3, 3), func(net *ir.Network) {
			net.Populations[0].Groups[0].Shift.Second = true
		}, []string{"layer hidden needs 3 second neurons; the chip has 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.edit != nil {
				c.edit(c.net)
			}
			_, err := compiler.CompileIR(t.Context(), c.net, compiler.Options{
				Chip: c.chip, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 4},
			})
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			misfit := new(fit.Error)
			require.ErrorAs(t, err, &misfit)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

// TestBrailleOnXylo: the Braille networks of the NIR paper fit, with resets by subtraction.
func TestBrailleOnXylo(t *testing.T) {
	folder := outside.Folder(t, "nir")
	for _, name := range []string{
		"NIR__braille_noDelay_noBias_subtract__90a7fbb", "NIR__braille__047410e",
		"NIR__braille__111b0a4",
		"NIR__braille__82d89d4", "NIR__braille_v2a__64a0b95", "NIR__braille_zero__11a0ee4",
	} {
		for _, chip := range []string{"xylo-audio-2", "xylo-imu"} {
			t.Run(name+" "+chip, func(t *testing.T) {
				on, err := profile.Load(chip)
				require.NoError(t, err)
				opts := nir.Options{Reset: snn.ResetSubtract}
				net, err := nir.Read(filepath.Join(folder, "public", name+".nir"), opts)
				require.NoError(t, err)
				r, err := compiler.Compile(t.Context(), net, compiler.Options{
					Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 256},
				})
				require.NoError(t, err)
				require.Len(t, r.Image.Cores, 1)
				for _, pop := range r.Network.Populations {
					for i := range pop.Groups {
						require.Contains(t, pop.Groups[i].Models(), core.ModelShift)
					}
				}
			})
		}
	}
}
