package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/levels"
	"adder/compiler/place"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// TestLevelsOf reads levels from trains of two ticks of a window and the ticks of a code,
// the first of which is the last of the window.
func TestLevelsOf(t *testing.T) {
	radix := spike.NewTrain(3, 4) // 2 ticks of a window, 3 bits
	radix.Set(1, 0)
	radix.Set(3, 0) // 101
	radix.Set(2, 2) // 010
	require.Equal(t, []int32{5, 0, 2}, LevelsOf(radix, encode.KindRadix, 3, 3))
	level := spike.NewTrain(2, 4) // 2 bits
	level.Set(1, 1)
	level.Set(2, 1)
	require.Equal(t, []int32{0, 2}, LevelsOf(level, encode.KindLevel, 2, 2))
	maximum := spike.NewTrain(4, 2) // windows of two neurons, of which the second fires
	maximum.Set(0, 1)
	maximum.Set(1, 3)
	require.Equal(t, []int32{2, 1}, LevelsOf(maximum, encode.KindRadix, 2, 2))
}

// residual is a network on digits with padding, strides, a residual sum, a maximum over
// windows that overlap, and a mean.
func residual(set *dataset.Set) *snn.Network {
	r := rand.New(rand.NewPCG(5, 6))
	numbers := func(n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = r.NormFloat64() / 3
		}
		return out
	}
	n := &snn.Network{Name: "residual"}
	shape := snn.Shape{1, set.Shape[len(set.Shape)-2], set.Shape[len(set.Shape)-1]}
	at := n.AddNode("in", &snn.Input{}, shape, shape)
	join := func(name string, op snn.Op, from ...int) int {
		out, err := snn.Infer(op, n.Nodes[from[0]].Out)
		if err != nil {
			panic(err)
		}
		i := n.AddNode(name, op, n.Nodes[from[0]].Out, out)
		for _, f := range from {
			n.Connect(f, i)
		}
		return i
	}
	conv := func(name string, in, out, stride int, from int) int {
		return join(name, &snn.Conv{InChannels: in, OutChannels: out, Groups: 1,
			Weight: numbers(in * out * 9), Bias: numbers(out),
			Window: snn.Window{KernelH: 3, KernelW: 3, StrideH: stride, StrideW: stride,
				DilationH: 1, DilationW: 1, PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1}},
			from)
	}
	first := join("relu1", &snn.Relu{}, conv("conv1", 1, 4, 3, at))
	skip := join("skip", &snn.Scale{Factor: []float64{5}}, first)
	sum := join("relu2", &snn.Relu{}, conv("conv2", 4, 4, 1, first), skip)
	most := join("max",
		&snn.MaxPool{Window: snn.Window{KernelH: 3, KernelW: 3, StrideH: 2, StrideW: 2,
			DilationH: 1, DilationW: 1}}, sum)
	third := join("relu3", &snn.Relu{}, conv("conv3", 4, 6, 1, most))
	mean := join("mean",
		&snn.Pool{Window: snn.Window{KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 2, DilationH: 1,
			DilationW: 1}, Average: true}, third)
	size := n.Nodes[mean].Out.Size()
	flat := n.AddNode("flat", &snn.Reshape{}, n.Nodes[mean].Out, snn.Shape{size})
	n.Connect(mean, flat)
	out := join("dense",
		&snn.Dense{W: &snn.Matrix64{Rows: 10, Cols: size, Data: numbers(10 * size)},
			Bias: numbers(10)}, flat)
	join("out", &snn.Output{}, out)
	return n
}

// TestCodesAreExact holds the chip to the quantised network on both engines, by both codes,
// with pools of either form, wherever its layers are placed.
func TestCodesAreExact(t *testing.T) {
	f, err := fixture()
	require.NoError(t, err)
	set := f.set.Head(4)
	net := residual(set)
	require.NoError(t, net.Validate())
	calibration, err := sample.Vectors(&sample.Values{Set: f.set}, 30)
	require.NoError(t, err)
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	for _, c := range []struct {
		code string
		pool convert.Pool
		bits int
		seed uint64
	}{{encode.KindRadix, convert.PoolFold, 4, 0}, {encode.KindRadix, convert.PoolSpike, 3, 7},
		{encode.KindLevel, convert.PoolFold, 3, 3}} {
		result, err := compiler.Compile(context.Background(), net, compiler.Options{
			Chip: wide, Encoder: layout.Encoder{Kind: c.code},
			Levels:     levels.Options{InputBits: 3, ActivationBits: c.bits},
			Conversion: convert.Options{Calibration: calibration, Pool: c.pool},
			Placement:  place.Options{Seed: c.seed}, Check: true,
		})
		require.NoError(t, err)
		loaded, err := chip.Load(result.Image)
		require.NoError(t, err)
		encoder, err := EncoderOf(&result.Image.Encoder, 0)
		require.NoError(t, err)
		for _, engine := range []string{"fast", "cycle"} {
			r := Run{Chip: loaded, Source: &sample.Encoded{Values: sample.Values{Set: set},
				Encoder: encoder}, Workers: 2, Options: chip.Options{Ticks: encoder.Config().Ticks}}
			compared, err := CompareQuantised(&r, result.Quantised)
			require.NoError(t, err)
			if o := r.Options; engine == "cycle" {
				r.Engine = func() (chip.Engine, error) { return loaded.NewCycle(o, nil) }
			}
			e, err := Evaluate(context.Background(), r)
			require.NoError(t, err)
			require.Zero(t, e.Counts.Core.Saturations)
			require.Equal(t, set.Len(), compared.Result.Samples)
			require.Zero(t, compared.Result.Differ, "%+v %s: %+v", c, engine, compared.Result.First)
			require.GreaterOrEqual(t, len(compared.Result.Layers), 3)
			for _, l := range compared.Result.Layers {
				require.Zero(t, l.Differ, "%+v %s: %s %+v", c, engine, l.Layer, l.First)
				require.Positive(t, l.Spikes, l.Layer)
			}
		}
	}
}

// TestComparisonFindsWhatDiffers spoils a bias of the quantised network behind the image's back.
func TestComparisonFindsWhatDiffers(t *testing.T) {
	f, err := fixture()
	require.NoError(t, err)
	calibration, err := sample.Vectors(&sample.Values{Set: f.set}, 30)
	require.NoError(t, err)
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	result, err := compiler.Compile(context.Background(), f.ann.Network, compiler.Options{
		Chip: wide, Encoder: layout.Encoder{Kind: encode.KindRadix},
		Conversion: convert.Options{Calibration: calibration},
	})
	require.NoError(t, err)
	loaded, err := chip.Load(result.Image)
	require.NoError(t, err)
	encoder, err := EncoderOf(&result.Image.Encoder, 0)
	require.NoError(t, err)
	q := *result.Quantised
	q.Populations = slices.Clone(q.Populations)
	out := &q.Populations[q.Output]
	out.Bias = slices.Clone(out.Bias)
	out.Bias[3]++
	r := Run{Chip: loaded, Source: &sample.Encoded{Values: sample.Values{Set: f.set.Head(5)},
		Encoder: encoder}}
	compared, err := CompareQuantised(&r, &q)
	require.NoError(t, err)
	_, err = Evaluate(context.Background(), r)
	require.NoError(t, err)
	require.EqualValues(t, 5, compared.Result.Differ)
	first := compared.Result.First
	require.Equal(t, &OutputDifference{Sample: 0, Output: 3, Have: first.Want - 1, Want: first.Want},
		first)
	require.Zero(t, compared.Result.Layers[0].Differ)

	r.Source = &sample.Trains{}
	_, err = CompareQuantised(&r, &q)
	require.ErrorContains(t, err, "have no levels")
}
