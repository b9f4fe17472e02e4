package compiler

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/compiler/testnets"
	"adder/core"
	"adder/layout"
	"adder/snn"
)

// perceptron is two dense layers of weights that rounding leaves.
func perceptron(inputs, hidden, outputs int) *snn.Network {
	c := testnets.NewChain("perceptron", inputs)
	for _, n := range []int{hidden, outputs} {
		w := &snn.Matrix64{Rows: n, Cols: c.Shape.Size()}
		for range n * w.Cols {
			w.Data = append(w.Data, 1+c.Random.Float64())
		}
		c.Add(&snn.Dense{W: w}, n)
		if n == hidden {
			c.Add(&snn.Relu{}, n)
		}
	}
	return c.End()
}

// TestLimitsBeforeCalibration: what does not fit is said without a
// calibration sample, all of it, with what would mend each.
func TestLimitsBeforeCalibration(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	small := *chip
	small.Core.InputAxons, small.Core.Neurons, small.Mesh.Width, small.Mesh.Height = 40, 10, 2, 2
	pooled := testnets.NewChain("pooled", 1, 7, 7)
	pooled.Add(&snn.Scale{Factor: []float64{-1}}, 1, 7, 7)
	pooled.Add(&snn.Relu{}, 1, 7, 7)
	pooled.Add(&snn.Pool{Window: snn.Window{KernelH: 7, KernelW: 7, StrideH: 1, StrideW: 1,
		DilationH: 1, DilationW: 1}, Average: true}, 1, 1, 1)
	bare := *chip
	bare.Resets = []profile.Reset{profile.ResetValue}
	bare.Models = []core.Model{core.ModelIF, core.ModelIntegrator}
	for _, tc := range []struct {
		name string
		net  *snn.Network
		chip *profile.Profile
		opts convert.Options
		want []fit.Excess
	}{
		{"fan-in and cores", perceptron(50, 60, 3), &small, convert.Options{}, []fit.Excess{
			{Layer: "relu2", Limit: "input axons for one neuron", Need: 50, Have: 40,
				Help: "prune it by 10, or put a layer of at most 40 outputs before it; or take " +
					"--code radix, which splits the layer exactly; or another chip: --chip adder or loihi or loihi-calibrated or wide"},
			{Layer: "output4", Limit: "input axons for one neuron", Need: 60, Have: 40,
				Help: "prune it by 20, or put a layer of at most 40 outputs before it; or take " +
					"--code radix, which splits the layer exactly; or another chip: --chip adder or loihi or loihi-calibrated or wide"},
			{Limit: "cores", Need: 7, Have: 4, Help: "it has 63 neurons, 23 more than the chip: " +
				"use a smaller network, a larger mesh, several chips (--board), or another chip: --chip adder or loihi or loihi-calibrated or wide"},
		}},
		{"a pool", pooled.End(), &small, convert.Options{Pool: convert.PoolFold}, []fit.Excess{
			{Layer: "output4", Limit: "input axons for one neuron", Need: 49, Have: 40,
				Help: "give the pool before it neurons, --pool spike; or another chip: --chip " +
					"adder or loihi or loihi-calibrated or wide"},
			{Limit: "cores", Need: 5, Have: 4, Help: "it has 50 neurons, 10 more than the chip: " +
				"use a smaller network, a larger mesh, several chips (--board), or another chip: --chip adder or loihi or loihi-calibrated or wide"},
		}},
		{"the reset", perceptron(2, 3, 4), &bare, convert.Options{}, []fit.Excess{
			{Limit: "neurons that reset by subtraction", Need: 7,
				Help: "a converted ANN needs them: another chip: --chip adder or loihi or loihi-calibrated or wide"},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Compile(t.Context(), tc.net, Options{Chip: tc.chip, Conversion: tc.opts,
				Encoder: layout.Encoder{Kind: "rate", Ticks: 8}})
			var misfit *fit.Error
			require.True(t, errors.As(err, &misfit), "%v", err)
			require.Equal(t, tc.want, misfit.Limits)
		})
	}
	_, err = Compile(t.Context(), perceptron(2, 3, 3),
		Options{Chip: chip, Encoder: layout.Encoder{Kind: "rate", Ticks: 8}})
	require.ErrorIs(t, err, convert.ErrCalibration, "what fits goes on")
}

// TestSourcesAtLeast: no layer is said to hear more than its integers do.
func TestSourcesAtLeast(t *testing.T) {
	chip, err := profile.Load("wide")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		c := testnets.NewChain("sparse", 6)
		for range 2 {
			w := &snn.Matrix64{Rows: 6, Cols: 6,
				Data: rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0.01, -0.1, 0.3, 1, 7}), 36,
					36).Draw(t, "w")}
			c.Add(&snn.Dense{W: w}, 6)
			c.Add(&snn.Relu{}, 6)
		}
		net := c.End()
		bits := rapid.IntRange(3, 8).Draw(t, "bits")
		layers, err := convert.Layers(net, convert.Options{}, bits, false)
		require.NoError(t, err)
		r, err := Compile(t.Context(), net, Options{
			Chip: chip, WeightBits: bits, Encoder: layout.Encoder{Kind: "rate", Ticks: 8},
			Conversion: convert.Options{Calibration: [][]float64{{1, 1, 1, 1, 1, 1}}},
		})
		require.NoError(t, err)
		for _, l := range layers {
			p := populationOf(t, r.Network, l.Name)
			heard := make([]int, r.Network.Populations[p].Size)
			for k := range r.Network.Projections {
				proj := &r.Network.Projections[k]
				if int(proj.Target) != p {
					continue
				}
				for s := range proj.Weights.Sources {
					proj.Weights.Each(s, func(target, _ int32) { heard[target]++ })
				}
			}
			most := 0
			for _, n := range heard {
				most = max(most, n)
			}
			require.LessOrEqual(t, l.Sources, most, l.Name)
		}
	})
}
