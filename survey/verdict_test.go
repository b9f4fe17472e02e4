package survey_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/compiler/nir"
	"adder/compiler/onnx"
	"adder/compiler/place"
	"adder/compiler/testnets"
	"adder/internal/outside"
	"adder/layout"
	"adder/snn"
	"adder/survey"
)

// compiling are the options by which a survey compiles a network.
func compiling(net *snn.Network, p *profile.Profile, f survey.Form) compiler.Options {
	return compiler.Options{
		Chip: p, WeightBits: f.WeightBits,
		Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 10},
		Conversion: convert.Options{
			Percentile: 99.9, InputPeak: 1, MaxPool: f.MaxPool, Pool: f.Pool,
			Calibration: survey.SyntheticSamples(net),
		},
		Placement: place.Options{Moves: -1},
	}
}

// asked is a model that is sized by the compiler, or without it by its shapes.
func asked(net *snn.Network, bits int, compiled bool) *survey.Model {
	m := &survey.Model{Name: net.Name, Net: net, Form: survey.Form{WeightBits: bits}}
	if compiled {
		m.Size = func(ctx context.Context, p *profile.Profile,
			f survey.Form) (*compiler.Sizing, error) {
			return compiler.Size(ctx, net, compiling(net, p, f))
		}
	}
	return m
}

// emulated are the shipped chips that networks compile for.
func emulated(t testing.TB) (out []*profile.Profile) {
	for _, name := range profile.Shipped() {
		p, err := profile.Load(name)
		require.NoError(t, err)
		if p.FitOnly == nil {
			out = append(out, p)
		}
	}
	return out
}

// onlyWeightsShow lists limits that follow from quantised weights, not from shapes.
var onlyWeightsShow = []string{
	"weight exponents", "bits per weight with its exponent", fit.LimitValues, fit.LimitKeys,
	"neurons that start away from rest", "axons of one source",
}

// requireVerdicts holds what a survey says of a network on each chip, once compiled and once by
// shape, to what compiling it whole says: it fits, by shape on as many cores within a factor, or
// the same limit binds.
func requireVerdicts(t require.TestingT, net *snn.Network, bits int, chips []*profile.Profile,
	factor int) {
	form := survey.Form{WeightBits: bits}
	for _, p := range chips {
		_, err := compiler.Compile(context.Background(), net, compiling(net, p, form))
		whole, sizeErr := survey.Run(context.Background(), asked(net, bits, true),
			[]*profile.Profile{p}, survey.Options{Compile: true})
		where := net.Name + " on " + p.Name
		var misfit *fit.Error
		if err != nil && !errors.As(err, &misfit) {
			require.Error(t, sizeErr, "%s: %v", where, err)
			continue
		}
		require.NoError(t, sizeErr, where)
		shapes, err2 := survey.Run(context.Background(), asked(net, bits, false),
			[]*profile.Profile{p}, survey.Options{})
		require.NoError(t, err2, where)
		require.Equal(t, err == nil, whole[0].Fits, "%s: %v, %+v", where, err, whole[0].Limits)
		if err == nil {
			require.True(t, shapes[0].Fits, "%s: %+v", where, shapes[0].Limits)
			want, got := *whole[0].Cores, *shapes[0].Cores
			require.LessOrEqual(t, max(got, want), factor*min(got, want)+1,
				"%s: %d cores by shape, %d compiled", where, got, want)
			continue
		}
		named, shown, shape := false, false, false
		for _, e := range misfit.Limits {
			named = named || slices.ContainsFunc(whole[0].Limits, func(l survey.Limit) bool {
				return l.Layer == e.Layer && l.Limit == e.Limit && l.Need == e.Need &&
					l.Have == e.Have
			})
			shown = shown || slices.ContainsFunc(onlyWeightsShow, func(s string) bool {
				return strings.HasPrefix(e.Limit, s)
			})
			shape = shape || slices.ContainsFunc(shapes[0].Limits, func(l survey.Limit) bool {
				return l.Limit == e.Limit
			})
		}
		require.True(t, named, "%s: %v, not %+v", where, err, whole[0].Limits)
		require.True(t, shape || shown, "%s: %v, by shape %+v", where, err, shapes[0].Limits)
	}
}

// TestVerdictsOfTheTestData: for every emulated chip and every small model of the test data.
func TestVerdictsOfTheTestData(t *testing.T) {
	chips := emulated(t)
	held := 0
	for _, pattern := range []string{"onnx/*.onnx", "nir/public/*.nir", "nir/snntorch/*.nir",
		"nir/synth/*.nir"} {
		folder := outside.Folder(t, filepath.Dir(pattern))
		paths, err := filepath.Glob(filepath.Join(folder, filepath.Base(pattern)))
		require.NoError(t, err)
		for _, path := range paths {
			net, err := read(path)
			if err != nil {
				continue // files that front ends are to refuse are there, too
			}
			layers, err := survey.Layers(net, survey.Form{WeightBits: 8})
			require.NoError(t, err)
			if layers.Synapses() <= survey.MaxSynapses {
				requireVerdicts(t, net, 8, chips, 2)
				held++
			}
		}
	}
	require.Greater(t, held, 20)
}

func read(path string) (*snn.Network, error) {
	if filepath.Ext(path) == ".onnx" {
		return onnx.Read(path, onnx.Options{})
	}
	return nir.Read(path, nir.Options{})
}

// TestVerdictsOnTypedAxons: networks for a chip of one destination per neuron, whose layers
// take relays, and where these do not help.
func TestVerdictsOnTypedAxons(t *testing.T) {
	on := []*profile.Profile{chip(t, "truenorth")}
	rapid.Check(t, func(t *rapid.T) {
		c := testnets.NewChain("typed", rapid.IntRange(1, 300).Draw(t, "inputs"))
		factor := 2
		for range rapid.IntRange(1, 2).Draw(t, "layers") {
			size := rapid.IntRange(1, 270).Draw(t, "neurons")
			mixed := rapid.Bool().Draw(t, "mixed")
			if mixed {
				// How many of a tile's neurons hear a source by one weight, and with that how
				// many relays share a core, is chance.
				factor = 5
			}
			addDense(c, size, func(int) float64 {
				if mixed && c.Random.IntN(2) == 0 {
					return -1
				}
				return 1
			})
			c.Add(valued(), size)
		}
		requireVerdicts(t, c.End(), 2, on, factor)
	})
}

// TestVerdictsOnOneCore: networks for a chip that holds one network in one core.
func TestVerdictsOnOneCore(t *testing.T) {
	on := []*profile.Profile{chip(t, "xylo-audio-2"), chip(t, "xylo-imu")}
	rapid.Check(t, func(t *rapid.T) {
		c := testnets.NewChain("one", rapid.IntRange(1, 24).Draw(t, "inputs"))
		c.Net.DT = 1
		sizes := rapid.SliceOfN(rapid.IntRange(1, 160), 0, 3).Draw(t, "hidden")
		for _, size := range append(sizes, rapid.IntRange(1, 20).Draw(t, "outputs")) {
			addDense(c, size, func(i int) float64 { return float64(i%5) + 1 })
			c.Add(leaky(), size)
		}
		requireVerdicts(t, c.End(), 8, on, 2)
	})
}

// TestVerdictOfPaths: layers that hear the input and each other ask for axons as slow as the
// longest path.
func TestVerdictOfPaths(t *testing.T) {
	for length := 1; length <= 17; length += 4 {
		c := testnets.NewChain("paths", 4)
		first := c.At
		for range length {
			addDense(c, 4, func(int) float64 { return 1 })
			c.Add(valued(), 4)
		}
		addDense(c, 4, func(int) float64 { return 1 })
		c.Add(valued(), 4)
		c.Net.Connect(first, c.At)
		requireVerdicts(t, c.End(), 2, []*profile.Profile{chip(t, "truenorth"), chip(t, "adder")},
			2)
	}
}

// addDense adds a matrix whose i-th weight is given.
func addDense(c *testnets.Chain, size int, weight func(i int) float64) {
	c.Add(dense(size, c.Shape.Size(), weight), size)
}

func dense(rows, cols int, weight func(i int) float64) *snn.Dense {
	w := &snn.Matrix64{Rows: rows, Cols: cols, Data: make([]float64, rows*cols)}
	for i := range w.Data {
		w.Data[i] = weight(i)
	}
	return &snn.Dense{W: w}
}

// valued are neurons that reset to 0.
func valued() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{1}, VReset: []float64{0}}
}

// leaky are neurons with a current that leaks, which reset by subtraction.
func leaky() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelCubaLIF, Tau: []float64{8}, TauSyn: []float64{4},
		R: []float64{1}, WIn: []float64{1}, VThreshold: []float64{64}, Reset: snn.ResetSubtract}
}
