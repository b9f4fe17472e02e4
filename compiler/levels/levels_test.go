package levels

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/convert"
	"adder/quantised"
	"adder/snn"
)

// drawing draws numbers for tests.
type drawing struct{ r *rand.Rand }

func (d drawing) numbers(n int, low, high float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = low + d.r.Float64()*(high-low)
	}
	return out
}

func (d drawing) conv(in, out, kernel, stride, pad int) *snn.Conv {
	return &snn.Conv{
		InChannels: in, OutChannels: out, Groups: 1, Weight: d.numbers(in*out*kernel*kernel, -1, 1),
		Bias: d.numbers(out, -0.5, 0.5),
		Window: snn.Window{KernelH: kernel, KernelW: kernel, StrideH: stride, StrideW: stride,
			DilationH: 1, DilationW: 1, PadTop: pad, PadLeft: pad, PadBottom: pad, PadRight: pad},
	}
}

func square(kernel, stride int) snn.Window {
	return snn.Window{KernelH: kernel, KernelW: kernel, StrideH: stride, StrideW: stride,
		DilationH: 1, DilationW: 1}
}

// everything is a network with padding, a residual sum of unlike branches, a maximum over
// windows that overlap, one of a signal that is read twice, a mean and a ceiling.
func everything() *snn.Network {
	d := drawing{rand.New(rand.NewPCG(1, 2))}
	n := &snn.Network{Name: "everything"}
	at := n.AddNode("in", &snn.Input{}, snn.Shape{2, 6, 6}, snn.Shape{2, 6, 6})
	join := func(name string, op snn.Op, from ...int) int {
		in := n.Nodes[from[0]].Out
		out, err := snn.Infer(op, in)
		if err != nil {
			panic(err)
		}
		i := n.AddNode(name, op, in, out)
		for _, f := range from {
			n.Connect(f, i)
		}
		return i
	}
	scaled := join("normalise", &snn.Scale{Factor: []float64{2, 3}, Shift: []float64{-0.5, -1}}, at)
	first := join("relu1", &snn.Relu{}, join("conv1", d.conv(2, 4, 3, 1, 1), scaled))
	second := join("relu2", &snn.Relu{Ceil: 4}, join("conv2", d.conv(4, 4, 3, 1, 1), first))
	third := join("conv3", d.conv(4, 4, 3, 1, 1), second)
	skip := join("skip", &snn.Scale{Factor: []float64{6}}, first)
	sum := join("relu3", &snn.Relu{}, third, skip)
	pooled := join("max1", &snn.MaxPool{Window: square(2, 2)},
		join("relu4", &snn.Relu{}, join("conv4", d.conv(4, 4, 1, 1, 0), sum)))
	twice := join("max2", &snn.MaxPool{Window: square(3, 1)}, pooled)
	other := join("down", d.conv(4, 4, 3, 1, 0), pooled)
	joined := join("relu5", &snn.Relu{}, join("point", d.conv(4, 4, 1, 1, 0), twice), other)
	mean := join("mean", &snn.Pool{Window: square(1, 1), Average: true}, joined)
	flat := n.AddNode("flat", &snn.Reshape{}, snn.Shape{4, 1, 1}, snn.Shape{4})
	n.Connect(mean, flat)
	out := join("dense", &snn.Dense{W: &snn.Matrix64{Rows: 3, Cols: 4, Data: d.numbers(12, -1, 1)},
		Bias: d.numbers(3, -1, 1)}, flat)
	join("out", &snn.Output{}, out)
	return n
}

func samples(n, size int) (out [][]float64) {
	d := drawing{rand.New(rand.NewPCG(3, 4))}
	for range n {
		out = append(out, d.numbers(size, 0, 1))
	}
	return out
}

// TestWideLevelsAreNearlyReal makes integers of so many bits that the quantised network
// must come out near the trained one: whatever is lost in scales, biases, windows or
// padding would show.
func TestWideLevelsAreNearlyReal(t *testing.T) {
	net := everything()
	require.NoError(t, net.Validate())
	calibration := samples(200, 72)
	for _, pool := range []convert.Pool{convert.PoolFold, convert.PoolSpike} {
		q, report, err := Network(context.Background(), net, Options{
			Calibration: calibration, WeightBits: 16, InputBits: 12, ActivationBits: 12,
			MaxExponent: 4, Pool: pool,
		})
		require.NoError(t, err)
		e, err := quantised.NewEvaluator(q)
		require.NoError(t, err)
		a, err := snn.NewAnalog(net)
		require.NoError(t, err)
		largest := 0.0
		for _, x := range calibration {
			y, err := e.Run(x)
			require.NoError(t, err)
			want, err := a.Run(x)
			require.NoError(t, err)
			for k, v := range y {
				largest = max(largest, math.Abs(float64(v)*q.Populations[q.Output].Unit[0]-want[k]))
			}
		}
		require.Less(t, largest, 0.1, "%+v", report.Layers)
	}
}

func TestWindowsOfLayers(t *testing.T) {
	q, _, err := Network(context.Background(), everything(),
		Options{Calibration: samples(20, 72), MaxExponent: 4})
	require.NoError(t, err)
	windows := map[string]int{}
	for i := range q.Populations {
		if w := q.Populations[i].Windows; w != nil {
			windows[q.Populations[i].Name] = len(w.Start) - 1
		}
	}
	// The first maximum is of the sums of relu4, which it alone reads; the second copies
	// what others read too.
	require.Equal(t, map[string]int{"relu4": 36, "max2.windows": 4}, windows)
	for i := range q.Projections {
		if q.Projections[i].Name == "relu1-relu3" {
			require.Positive(t, q.Projections[i].Exponent, "a branch of large weights keeps the "+
				"others' bits")
		}
	}
}

func TestCeilingBoundsTheRange(t *testing.T) {
	_, report, err := Network(context.Background(), everything(),
		Options{Calibration: samples(50, 72), ActivationBits: 3})
	require.NoError(t, err)
	for _, l := range report.Layers {
		if l.Name == "relu2" {
			require.LessOrEqual(t, l.Range, 4.0)
			require.Equal(t, 3, l.Bits)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		says string
		o    Options
	}{
		{"needs samples to measure its activations", Options{}},
		{"activations of 17 bits", Options{Calibration: samples(2, 72), ActivationBits: 17}},
		{"weights of 1 bits", Options{Calibration: samples(2, 72), WeightBits: 1}},
		{"the input is the same in every calibration sample",
			Options{Calibration: [][]float64{make([]float64, 72)}}},
	} {
		_, _, err := Network(context.Background(), everything(), c.o)
		require.ErrorContains(t, err, c.says)
	}
}
