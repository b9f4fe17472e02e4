package snn

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// padded is a convolution that pads on every side, then a dense layer.
func padded(t *rapid.T) *Network {
	in := Shape{2, 3, 3}
	w := Window{KernelH: 3, KernelW: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1,
		PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1}
	n := &Network{Name: "padded"}
	draw := func(name string, count int) []float64 {
		return rapid.SliceOfN(rapid.Float64Range(-2, 2), count, count).Draw(t, name)
	}
	a := n.AddNode("in", &Input{}, in, in)
	b := n.AddNode("conv", &Conv{InChannels: 2, OutChannels: 2, Groups: 1, Window: w,
		Weight: draw("kernel", 36), Bias: draw("bias", 2)}, in, in)
	c := n.AddNode("relu", &Relu{}, in, in)
	d := n.AddNode("flat", &Reshape{}, in, Shape{18})
	e := n.AddNode("dense", &Dense{W: &Matrix64{Rows: 2, Cols: 18, Data: draw("dense", 36)}},
		Shape{18}, Shape{2})
	f := n.AddNode("out", &Output{}, Shape{2}, Shape{2})
	for i, from := range []int{a, b, c, d, e} {
		n.Connect(from, []int{b, c, d, e, f}[i])
	}
	return n
}

func run(t *rapid.T, n *Network, x []float64) []float64 {
	require.NoError(t, n.Validate())
	analog, err := NewAnalog(n)
	require.NoError(t, err)
	y, err := analog.Run(x)
	require.NoError(t, err)
	return y
}

// A network that is fed u computes what the trained one computes from x, at the border
// of padded convolutions too.
func TestRefeedComputesTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := padded(rt)
		count := rapid.SampledFrom([]int{1, 18}).Draw(rt, "entries")
		f := Feed{
			Factor: rapid.SliceOfN(rapid.Float64Range(0.1, 5), count, count).Draw(rt, "factor"),
			Shift:  rapid.SliceOfN(rapid.Float64Range(-3, 3), count, count).Draw(rt, "shift"),
			Signed: rapid.Bool().Draw(rt, "signed"),
		}
		fed, err := Refeed(n, f)
		require.NoError(rt, err)
		u := rapid.SliceOfN(rapid.Float64Range(-1, 1), 18, 18).Draw(rt, "u")
		x, lines := make([]float64, 18), make([]float64, 18)
		for k := range u {
			x[k] = At(f.Factor, k, 1)*u[k] + At(f.Shift, k, 0)
		}
		copy(lines, u)
		if f.Signed {
			lines = make([]float64, 36)
			for k, v := range u {
				// Two channels of nine: plus at 0..8 and 18..26, minus behind each.
				at := k + k/9*9
				lines[at], lines[at+9] = max(v, 0), max(-v, 0)
			}
		}
		require.InDeltaSlice(rt, run(rt, n, x), run(rt, fed, lines), 1e-9)
		require.Len(rt, n.Nodes, 6, "the network itself is not changed")
		require.Equal(rt, Shape{2, 3, 3}, n.Nodes[0].Out)
	})
}

func TestRefeedRefuses(t *testing.T) {
	two := &Network{Name: "two"}
	two.AddNode("a", &Input{}, Shape{1}, Shape{1})
	two.AddNode("b", &Input{}, Shape{1}, Shape{1})
	_, err := Refeed(two, Feed{})
	require.ErrorContains(t, err, "network two has 2 inputs")
	one := &Network{Name: "one"}
	one.AddNode("a", &Input{}, Shape{3}, Shape{3})
	_, err = Refeed(one, Feed{Factor: []float64{1, 2}})
	require.ErrorContains(t, err, "takes 3 elements and is fed by 2 factors")
}
