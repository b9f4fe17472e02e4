package survey_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/nir"
	"adder/compiler/testnets"
	"adder/internal/outside"
	"adder/layout"
	"adder/snn"
	"adder/survey"
)

func chip(t *testing.T, name string) *profile.Profile {
	t.Helper()
	p, err := profile.Load(name)
	require.NoError(t, err)
	return p
}

// sized is a model that the compiler sizes.
func sized(net *snn.Network) *survey.Model {
	size := func(ctx context.Context, p *profile.Profile, f survey.Form) (*compiler.Sizing, error) {
		return compiler.Size(ctx, net, compiler.Options{
			Chip: p, WeightBits: f.WeightBits, Encoder: layout.Encoder{Kind: layout.EncoderSpikes,
				Ticks: 10},
		})
	}
	return &survey.Model{Name: net.Name, Net: net, Form: survey.Form{WeightBits: 8}, Size: size}
}

func run(t *testing.T, m *survey.Model, o survey.Options, chips ...*profile.Profile) []survey.Fit {
	t.Helper()
	fits, err := survey.Run(t.Context(), m, chips, o)
	require.NoError(t, err)
	require.Len(t, fits, len(chips))
	return fits
}

// TestShapesAgreeWithTheCompiler: cores by the shapes of layers are those of the passes.
func TestShapesAgreeWithTheCompiler(t *testing.T) {
	changed := func(change func(p *profile.Profile)) *profile.Profile {
		p := *chip(t, "adder")
		change(&p)
		return &p
	}
	chips := []*profile.Profile{
		chip(t, "adder"), chip(t, "wide"), chip(t, "loihi"),
		changed(func(p *profile.Profile) { p.Core.Neurons = 300 }),
		changed(func(p *profile.Profile) { p.Core.InputAxons = 1100 }),
		changed(func(p *profile.Profile) { p.Core.SynapseMemory = 1 << 20 }),
	}
	networks := []*snn.Network{testnets.Pool(), testnets.Layered()}
	if testing.Short() {
		networks, chips = networks[:1], chips[2:4]
	}
	for _, net := range networks {
		shapes := sized(net)
		shapes.Size = nil
		byShape := run(t, shapes, survey.Options{}, chips...)
		compiled := run(t, sized(net), survey.Options{Compile: true, Workers: 2}, chips...)
		for i := range chips {
			require.Equal(t, survey.ByShape, byShape[i].Sized)
			require.Equal(t, survey.Compiled, compiled[i].Sized)
			require.Equal(t, compiled[i].Fits, byShape[i].Fits, "%s on chip %d", net.Name, i)
			require.True(t, compiled[i].Fits)
			want, got := *compiled[i].Cores, *byShape[i].Cores
			require.LessOrEqual(t, math.Abs(float64(got-want)), math.Max(1, 0.25*float64(want)),
				"%s on chip %d: %d cores by shape, %d compiled", net.Name, i, got, want)
		}
	}
}

// TestLimitsThatCompilingNames: where a network does not fit, every limit of the compiler
// is in the result.
func TestLimitsThatCompilingNames(t *testing.T) {
	p := *chip(t, "adder")
	p.Core.InputAxons = 100
	net := testnets.Layered()
	_, err := sized(net).Size(t.Context(), &p, survey.Form{WeightBits: 8})
	var misfit *fit.Error
	require.True(t, errors.As(err, &misfit))
	got := run(t, sized(net), survey.Options{Compile: true}, &p)[0]
	require.False(t, got.Fits)
	require.Nil(t, got.Cores)
	for _, e := range misfit.Limits {
		require.True(t, slices.ContainsFunc(got.Limits, func(l survey.Limit) bool {
			return l.Layer == e.Layer && l.Limit == e.Limit && l.Need == e.Need && l.Have == e.Have
		}), "%+v", e)
	}
	for _, l := range got.Limits {
		require.NotEmpty(t, l.Help)
	}
}

// TestTheChangeThatIsNamedMends: with the width of weights that the help names, the limit is
// gone.
func TestTheChangeThatIsNamedMends(t *testing.T) {
	p := *chip(t, "adder")
	p.Core.SynapseMemory, p.Weights.SharedRows = 4096, false
	m := sized(testnets.Layered())
	got := run(t, m, survey.Options{Compile: true}, &p)[0]
	require.Equal(t, "bits of synapse memory for one neuron", got.Limits[0].Limit)
	require.Equal(t, "5-bit weights (--bits 5)", got.Limits[0].Help, "784 weights in 4096 bits")
	binds := func(bits int) bool {
		m.Form.WeightBits = bits
		limits := run(t, m, survey.Options{Compile: true}, &p)[0].Limits
		return slices.ContainsFunc(limits, func(l survey.Limit) bool {
			return l.Layer == got.Limits[0].Layer && l.Limit == got.Limits[0].Limit
		})
	}
	require.False(t, binds(5))
	require.True(t, binds(6), "it is the least change")
}

// vendorNetwork is 2x34x34-16C5s2-16C3-P2-8C3-P2-256-10 of neurons that reset to a value.
func vendorNetwork() *snn.Network {
	net := &snn.Network{Name: "vendor", DT: 1e-3}
	shape := snn.Shape{2, 34, 34}
	at := net.AddNode("input", &snn.Input{}, shape, shape)
	add := func(name string, op snn.Op) {
		out, err := snn.Infer(op, shape)
		if err != nil {
			panic(err)
		}
		next := net.AddNode(name, op, shape, out)
		net.Connect(at, next)
		at, shape = next, out
	}
	window := func(k, stride, pad int) snn.Window {
		return snn.Window{
			KernelH: k, KernelW: k, StrideH: stride, StrideW: stride, DilationH: 1, DilationW: 1,
			PadTop: pad, PadLeft: pad, PadBottom: pad, PadRight: pad,
		}
	}
	filled := func(n int) []float64 {
		w := make([]float64, n)
		for i := range w {
			w[i] = float64(i%7) - 2.5
		}
		return w
	}
	neurons := func(name string) {
		add(name, &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
			VThreshold: []float64{1}, VReset: []float64{0}})
	}
	conv := func(name string, c, f int, w snn.Window) {
		add(name+".conv", &snn.Conv{Weight: filled(c * f * w.KernelH * w.KernelW), InChannels: c,
			OutChannels: f, Groups: 1, Window: w})
		neurons(name)
	}
	dense := func(name string, in, out int) {
		add(name+".dense",
			&snn.Dense{W: &snn.Matrix64{Rows: out, Cols: in, Data: filled(in * out)}})
		neurons(name)
	}
	conv("a", 2, 16, window(5, 2, 1))
	conv("b", 16, 16, window(3, 1, 1))
	add("p1", &snn.Pool{Window: window(2, 2, 0)})
	conv("c", 16, 8, window(3, 1, 1))
	add("p2", &snn.Pool{Window: window(2, 2, 0)})
	flat := net.AddNode("flat", &snn.Reshape{}, shape, snn.Shape{128})
	net.Connect(at, flat)
	at, shape = flat, snn.Shape{128}
	dense("d", 128, 256)
	dense("e", 256, 10)
	net.Connect(at, net.AddNode("output", &snn.Output{}, shape, shape))
	return net
}

// speckWords are kernel and neuron memory of the five layers, by the vendor's rule:
// c 2^(ceil log2 of k k + ceil log2 of f), f 2^(ceil log2 of fx + ceil log2 of fy).
var speckWords = [][2]int64{
	{2 << (5 + 4), 16 << (4 + 4)},
	{16 << (4 + 4), 16 << (4 + 4)},
	{16 << (4 + 3), 8 << (3 + 3)},
	{8 << (4 + 8), 256},
	{256 << (0 + 4), 10},
}

func requireSpeck(t *testing.T, f *survey.Fit) {
	t.Helper()
	require.True(t, f.Fits, "%+v", f.Limits)
	require.False(t, f.Exact)
	require.Equal(t, survey.FitOnlyLabel, f.Label)
	require.Equal(t, 5, *f.Cores)
	require.Len(t, f.Places, 5)
	seen := map[string]bool{}
	for i, p := range f.Places {
		require.Regexp(t, `^core [0-8]$`, p.Cores)
		require.False(t, seen[p.Cores], "%s twice", p.Cores)
		seen[p.Cores] = true
		require.Equal(t, speckWords[i], [2]int64{p.Used[0].Used, p.Used[1].Used}, p.Layer)
		require.LessOrEqual(t, p.Used[0].Used, p.Used[0].Have)
		require.LessOrEqual(t, p.Used[1].Used, p.Used[1].Have)
	}
}

// TestSpeckHoldsWhatTheVendorsChipRan: the memory rule on the layers of the network that ran
// on the vendor's chip, as built here and as published.
func TestSpeckHoldsWhatTheVendorsChipRan(t *testing.T) {
	requireSpeck(t, &run(t, sized(vendorNetwork()), survey.Options{}, chip(t, "speck2f"))[0])
	folder := outside.Folder(t, "nir")
	net, err := nir.Read(filepath.Join(folder, "public", "NIR__cnn_sinabs__89e0a61.nir"),
		nir.Options{})
	require.NoError(t, err)
	requireSpeck(t, &run(t, sized(net), survey.Options{}, chip(t, "speck2f"))[0])
}

// TestSpeckRefuses: each rule of a core on a network that breaks it.
func TestSpeckRefuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(c *profile.LayerCores)
		layer  string
		limit  string
		need   int64
		have   int64
	}{
		{"kernel", func(c *profile.LayerCores) {
			c.MaxKernel = 4
		}, "a", "neurons along a kernel", 5, 4},
		{"stride", func(c *profile.LayerCores) {
			c.Strides = []int{1}
		}, "a", "neurons of stride", 2, 1},
		{"padding", func(c *profile.LayerCores) {
			c.MaxPadding = 0
		}, "a", "neurons of padding", 1, 0},
		{"pool", func(c *profile.LayerCores) { c.Pools = []int{1} }, "c",
			"neurons along a pool before it", 2, 1},
		{"channels", func(c *profile.LayerCores) {
			c.MaxChannels = 255
		}, "d", "channels", 256, 255},
		{"map", func(c *profile.LayerCores) {
			c.MapWidth = 15
		}, "a", "neurons across its map", 16, 15},
		{"input", func(c *profile.LayerCores) {
			c.InputHeight = 33
		}, "a", "pixels down its input", 34,
			33},
		{"outputs", func(c *profile.LayerCores) {
			c.Outputs = 9
		}, "e", "neurons that are read", 10, 9},
		{"memory", func(c *profile.LayerCores) {
			c.Cores = []profile.LayerCore{{Count: 9, KernelWords: 32767, NeuronWords: 1 << 16}}
		}, "d", "words of kernel memory", 32768, 32767},
		{"cores", func(c *profile.LayerCores) { c.Cores = c.Cores[2:3] }, "", "cores", 5, 2},
	} {
		p := *chip(t, "speck2f")
		f, l := *p.FitOnly, *p.FitOnly.Layers
		tc.change(&l)
		f.Layers, p.FitOnly = &l, &f
		got := run(t, sized(vendorNetwork()), survey.Options{}, &p)[0]
		require.False(t, got.Fits, tc.name)
		found := slices.ContainsFunc(got.Limits, func(l survey.Limit) bool {
			return l.Layer == tc.layer && l.Limit == tc.limit && l.Need == tc.need &&
				l.Have == tc.have
		})
		require.True(t, found, "%s: %+v", tc.name, got.Limits)
	}
}

// TestClassesByHand: what layers take of cores by class.
func TestClassesByHand(t *testing.T) {
	fits := run(t, sized(testnets.Layered()), survey.Options{}, chip(t, "../chip/profile/testdata/trade.yaml"),
		chip(t, "darwin3"), chip(t, "odin"))
	pai, darwin, odin := &fits[0], &fits[1], &fits[2]
	// 784-1024-1024-10 at 8 bits: 64 neurons a core of up to 1152 sources.
	require.True(t, pai.Fits, "%+v", pai.Limits)
	require.Equal(t, 16+16+1, *pai.Cores)
	// 784 and 1024 weights of 8 bits a neuron: 501 and 384 neurons in 3 Mibit.
	require.True(t, darwin.Fits)
	require.Equal(t, 3+3+1, *darwin.Cores)
	require.Equal(t, "3 large", darwin.Places[0].Cores)
	require.Equal(t, "1 small", darwin.Places[2].Cores)
	// Sources with weights of both signs take two rows of a crossbar.
	require.False(t, odin.Fits)
	require.True(t, slices.ContainsFunc(odin.Limits, func(l survey.Limit) bool {
		return l.Limit == "input axons for one neuron" && l.Need == 2*784 && l.Have == 256
	}), "%+v", odin.Limits)
}

// TestFiles: the label of chips that are not emulated is in every form of output.
func TestFiles(t *testing.T) {
	fits := run(t, sized(vendorNetwork()), survey.Options{}, chip(t, "speck2f"), chip(t, "odin"),
		chip(t, "adder"))
	var text bytes.Buffer
	require.NoError(t, survey.WriteCSV(&text, fits))
	rows, err := csv.NewReader(&text).ReadAll()
	require.NoError(t, err)
	labelled := slices.Index(rows[0], "label")
	require.Equal(t, survey.FitOnlyLabel, rows[1][labelled])
	require.Greater(t, len(rows), 4, "a row for each further limit")

	picture := survey.Picture(fits)
	require.Contains(t, string(picture), survey.FitOnlyLabel)
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
}

// TestWorkersChangeNothing: chips side by side give what they give one after the other.
func TestWorkersChangeNothing(t *testing.T) {
	var chips []*profile.Profile
	for _, name := range profile.Shipped() {
		chips = append(chips, chip(t, name))
	}
	one := run(t, sized(testnets.Pool()), survey.Options{Workers: 1}, chips...)
	require.Equal(t, one, run(t, sized(testnets.Pool()), survey.Options{Workers: 4}, chips...))
}
