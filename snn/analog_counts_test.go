package snn

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestNonzeroMACs counts multiply-accumulates one by one, over random dense and
// convolutional weights of which many are 0.
func TestNonzeroMACs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom([]float64{0, 0, 1, -2, 0.5})
		draw := func(n int) []float64 { return rapid.SliceOfN(number, n, n).Draw(t, "numbers") }
		net := &Network{Name: "zeros"}
		in := net.AddNode("in", &Input{}, Shape{2, 3, 3}, Shape{2, 3, 3})
		window := Window{KernelH: 2, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1,
			PadTop: 1}
		conv := net.AddNode("conv", &Conv{Window: window, InChannels: 2, OutChannels: 3, Groups: 1,
			Weight: draw(24)},
			Shape{2, 3, 3}, Shape{3, 3, 2})
		flat := net.AddNode("flat", &Reshape{}, Shape{3, 3, 2}, Shape{18})
		fc := net.AddNode("fc", &Dense{W: &Matrix64{Rows: 4, Cols: 18, Data: draw(72)}}, Shape{18},
			Shape{4})
		out := net.AddNode("out", &Output{}, Shape{4}, Shape{4})
		for _, e := range [][2]int{{in, conv}, {conv, flat}, {flat, fc}, {fc, out}} {
			net.Connect(e[0], e[1])
		}
		a, err := NewAnalog(net)
		require.NoError(t, err)
		_, err = a.Run(draw(18))
		require.NoError(t, err)
		for _, i := range []int{conv, fc} {
			want, from := int64(0), a.plan.sources[i][0].From
			for src, x := range a.Activation(from) {
				Fanout(&net.Nodes[i], src, func(_ int, w float64) {
					if x != 0 && w != 0 {
						want++
					}
				})
			}
			require.Equal(t, want, a.NonzeroMACs(i))
			require.LessOrEqual(t, want, a.EffectiveMACs(i))
		}
		zeros := int64(0)
		for _, w := range net.Nodes[conv].Op.(*Conv).Weight {
			if w == 0 {
				zeros++
			}
		}
		require.Equal(t, zeros, ZeroWeights(&net.Nodes[conv]))
	})
}
