package snn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// square is a window with equal extents on both axes.
func square(kernel, stride, pad int) Window {
	return Window{KernelH: kernel, KernelW: kernel, StrideH: stride, StrideW: stride, DilationH: 1,
		DilationW: 1,
		PadTop:    pad, PadLeft: pad, PadBottom: pad, PadRight: pad}
}

// drawWindow gives a window that fits into an h x w signal.
func drawWindow(t *rapid.T, h, w int) Window {
	d := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	win := Window{
		KernelH: d("kh", 1, 3), KernelW: d("kw", 1, 4), StrideH: d("sh", 1, 3),
		StrideW:   d("sw", 1, 3),
		DilationH: d("dh", 1, 2), DilationW: d("dw", 1, 2),
		PadTop: d("pt", 0, 3), PadLeft: d("pl", 0, 3), PadBottom: d("pb", 0, 3),
		PadRight: d("pr", 0, 3),
	}
	if h == 1 {
		win.KernelH, win.StrideH, win.DilationH, win.PadTop, win.PadBottom = 1, 1, 1, 0, 0
	}
	if _, _, err := win.Out(h, w); err != nil {
		t.Skip("the window does not fit")
	}
	return win
}

// drawValues gives n small numbers, some of them 0.
func drawValues(t *rapid.T, name string, n int) []float64 {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		return float64(rapid.IntRange(-4, 4).Draw(t, "v")) / 4
	}), n, n).Draw(t, name)
}

// drawLinear gives a valid linear node of any kind.
func drawLinear(t *rapid.T) *Node {
	c, h, w := rapid.IntRange(1, 4).Draw(t, "c"), rapid.IntRange(1, 6).Draw(t,
		"h"), rapid.IntRange(1, 6).Draw(t, "w")
	in := Shape{c, h, w}
	if h == 1 && rapid.Bool().Draw(t, "flat") {
		in = Shape{c, w}
	}
	node := &Node{Name: "n", In: in}
	switch kind := rapid.SampledFrom([]string{"dense", "conv", "pool", "scale", "reshape",
		"gather"}).Draw(t, "kind"); kind {
	case "dense":
		node.Op = drawDense(t, in[len(in)-1])
	case "conv":
		groups := rapid.SampledFrom([]int{1, c}).Draw(t, "groups")
		win := drawWindow(t, h, w)
		out := groups * rapid.IntRange(1, 3).Draw(t, "out")
		node.Op = &Conv{
			Weight:     drawValues(t, "weight", out*c/groups*win.KernelH*win.KernelW),
			Bias:       drawValues(t, "bias", out),
			InChannels: c, OutChannels: out, Groups: groups, Window: win,
		}
	case "pool":
		node.Op = &Pool{Window: drawWindow(t, h, w), Average: rapid.Bool().Draw(t, "avg"),
			ExcludePadding: rapid.Bool().Draw(t, "ex")}
	case "scale":
		n := rapid.SampledFrom([]int{1, c, in.Size()}).Draw(t, "n")
		node.Op = &Scale{Factor: drawValues(t, "factor", n), Shift: drawValues(t, "shift", n)}
	case "reshape":
		node.Op = &Reshape{}
		node.Out = Shape{in.Size()}
		return node
	case "gather":
		n := rapid.IntRange(1, 12).Draw(t, "n")
		node.Out = Shape{n}
		node.Op = &Gather{From: rapid.SliceOfN(rapid.Int32Range(-1, int32(in.Size()-1)), n,
			n).Draw(t, "from")}
		return node
	}
	out, err := Infer(node.Op, in)
	require.NoError(t, err)
	node.Out = out
	return node
}

func drawDense(t *rapid.T, cols int) *Dense {
	rows := rapid.IntRange(1, 9).Draw(t, "rows")
	weights := drawValues(t, "weight", rows*cols)
	d := &Dense{Bias: drawValues(t, "bias", rows)}
	switch rapid.IntRange(0, 2).Draw(t, "backing") {
	case 0:
		d.W = &Matrix64{rows, cols, weights}
	case 1:
		f := make([]float32, len(weights))
		for i, v := range weights {
			f[i] = float32(v)
		}
		d.W = &Matrix32{rows, cols, f}
	default:
		d.W = computed{&Matrix64{rows, cols, weights}}
	}
	return d
}

// computed hides the backing of a matrix.
type computed struct{ m *Matrix64 }

func (c computed) Dims() (int, int)                   { return c.m.Dims() }
func (c computed) Row(r int, buf []float64) []float64 { return c.m.Row(r, buf) }

// TestForwardIsFanout holds the fast evaluation of every linear operation
// against its columns. The values are multiples of 1/16, so sums are exact.
func TestForwardIsFanout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		node := drawLinear(t)
		x := drawValues(t, "x", node.In.Size())
		want := make([]float64, node.Out.Size())
		copy(want, Biases(node))
		var macs int64
		for src, v := range x {
			last := -1
			Fanout(node, src, func(dst int, w float64) {
				require.Greater(t, dst, last, "order of the fan-out")
				last = dst
				want[dst] += w * v
				if v != 0 {
					macs++
				}
			})
		}
		got := make([]float64, len(want))
		l, err := NewLinear(node)
		require.NoError(t, err)
		effective := l.Forward(x, got)
		if p, ok := node.Op.(*Pool); ok && p.Average {
			require.InDeltaSlice(t, want, got, 1e-12)
		} else {
			require.Equal(t, want, got)
		}
		if MACs(node) > 0 {
			require.Equal(t, macs, effective, "effective MACs")
		}
		Forward(node, x, want)
		require.Equal(t, got, want)
	})
}

// TestMACsCountTaps holds the closed count against the taps themselves.
func TestMACsCountTaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		node := drawLinear(t)
		var taps int64
		for src := range node.In.Size() {
			Fanout(node, src, func(int, float64) { taps++ })
		}
		switch node.Op.(type) {
		case *Pool, *Reshape, *Gather:
			require.Zero(t, MACs(node))
		default:
			require.Equal(t, taps, MACs(node))
		}
	})
}

// TestConvByHand computes convolutions directly from the definition.
func TestConvByHand(t *testing.T) {
	conv := &Conv{
		Weight: []float64{1, 2, 3, 4}, Bias: []float64{10},
		InChannels: 1, OutChannels: 1, Groups: 1, Window: square(2, 1, 0),
	}
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	padded := *conv
	padded.Window = square(2, 2, 1)
	asymmetric := *conv
	asymmetric.Window.PadRight = 1
	dilated := *conv
	dilated.Window.DilationH, dilated.Window.DilationW = 2, 2
	tests := []struct {
		name string
		conv *Conv
		out  Shape
		want []float64
		macs int64
	}{
		{"plain", conv, Shape{1, 2, 2}, []float64{47, 57, 77, 87}, 16},
		{"padding and stride", &padded, Shape{1, 2, 2}, []float64{14, 28, 46, 87}, 9},
		{"padding on one side", &asymmetric, Shape{1, 2, 3}, []float64{47, 57, 31, 77, 87, 43}, 20},
		{"dilation", &dilated, Shape{1, 1, 1}, []float64{10 + 1 + 6 + 21 + 36}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := &Node{Op: tt.conv, In: Shape{1, 3, 3}}
			out, err := Infer(tt.conv, node.In)
			require.NoError(t, err)
			require.Equal(t, tt.out, out)
			node.Out = out
			y := make([]float64, out.Size())
			Forward(node, x, y)
			require.Equal(t, tt.want, y)
			require.Equal(t, tt.macs, MACs(node))
		})
	}
}

func TestPoolByHand(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	tests := []struct {
		name string
		op   Op
		want []float64
	}{
		{"sum", &Pool{Window: square(2, 2, 1)}, []float64{1, 5, 11, 28}},
		{"mean", &Pool{Window: square(2, 2, 1), Average: true}, []float64{0.25, 1.25, 2.75, 7}},
		{"mean without padding", &Pool{Window: square(2, 2, 1), Average: true,
			ExcludePadding: true}, []float64{1, 2.5, 5.5, 7}},
		{"max", &MaxPool{Window: square(2, 2, 1)}, []float64{1, 3, 7, 9}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := &Network{Name: "pool"}
			chain(t, n, Shape{1, 3, 3}, tt.op)
			a, err := NewAnalog(n)
			require.NoError(t, err)
			y, err := a.Run(x)
			require.NoError(t, err)
			require.Equal(t, tt.want, y)
		})
	}
}

func TestMaxPoolOfNegativesIgnoresPadding(t *testing.T) {
	n := &Network{Name: "pool"}
	chain(t, n, Shape{1, 2},
		&MaxPool{Window: Window{KernelH: 1, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1,
			DilationW: 1, PadLeft: 1}})
	a, err := NewAnalog(n)
	require.NoError(t, err)
	y, err := a.Run([]float64{-3, -2})
	require.NoError(t, err)
	require.Equal(t, []float64{-3, -2}, y)
}

// chain adds an Input, the operations and an Output, each fed by the one
// before; nodes are called by their position: "0" is the Input.
func chain(t testing.TB, n *Network, in Shape, ops ...Op) {
	t.Helper()
	last := n.AddNode("0", &Input{}, in, in)
	for i, op := range ops {
		out, err := Infer(op, in)
		require.NoError(t, err)
		next := n.AddNode(fmt.Sprint(i+1), op, in, out)
		n.Connect(last, next)
		last, in = next, out
	}
	n.Connect(last, n.AddNode(fmt.Sprint(len(ops)+1), &Output{}, in, in))
}

func TestTranspose(t *testing.T) {
	want := []float64{1, 4, 2, 5, 3, 6}
	m64 := &Matrix64{2, 3, []float64{1, 2, 3, 4, 5, 6}}
	m32 := &Matrix32{2, 3, []float32{1, 2, 3, 4, 5, 6}}
	for _, m := range []Matrix{m64, m32, computed{m64}} {
		got := Transpose(m)
		rows, cols := got.Dims()
		require.Equal(t, []int{3, 2}, []int{rows, cols})
		var all []float64
		for r := range rows {
			all = append(all, got.Row(r, make([]float64, cols))...)
		}
		require.Equal(t, want, all)
	}
}

func TestParameters(t *testing.T) {
	require.EqualValues(t, 8,
		parameters(&Node{Op: &Dense{W: &Matrix64{Rows: 2, Cols: 3}, Bias: make([]float64, 2)}}))
	require.EqualValues(t, 5,
		parameters(&Node{Op: &Conv{Weight: make([]float64, 4), Bias: make([]float64, 1)}}))
	require.EqualValues(t, 2,
		parameters(&Node{Op: &Scale{Factor: make([]float64, 1), Shift: make([]float64, 1)}}))
	require.Zero(t, parameters(&Node{Op: &Relu{}}))
}

// randomDense gives a float32 layer without structure.
func randomDense(rows, cols int) *Dense {
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]float32, rows*cols)
	for i := range data {
		data[i] = float32(rng.NormFloat64())
	}
	return &Dense{W: &Matrix32{rows, cols, data}, Bias: make([]float64, rows)}
}

// randomSample gives a signal in which about one element in five is not 0,
// as in a handwritten digit.
func randomSample(size int) []float64 {
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([]float64, size)
	for i := range x {
		if rng.IntN(5) == 0 {
			x[i] = rng.Float64()
		}
	}
	return x
}

// BenchmarkAnalogMLP asks what an image costs in a 784-128-10 ReLU net.
func BenchmarkAnalogMLP(b *testing.B) {
	n := &Network{Name: "mlp"}
	chain(b, n, Shape{784}, randomDense(128, 784), &Relu{}, randomDense(10, 128))
	benchmarkAnalog(b, n)
}

// BenchmarkAnalogCNN asks what an image costs in a small convolutional net.
func BenchmarkAnalogCNN(b *testing.B) {
	conv := func(in, out int) *Conv {
		weight := make([]float64, in*out*9)
		for i := range weight {
			weight[i] = float64(i%7) - 3
		}
		return &Conv{Weight: weight, InChannels: in, OutChannels: out, Groups: 1,
			Window: square(3, 1, 1)}
	}
	n := &Network{Name: "cnn"}
	chain(b, n, Shape{1, 28, 28}, conv(1, 16), &Relu{},
		&Pool{Window: square(2, 2, 0), Average: true}, conv(16, 32), &Relu{})
	benchmarkAnalog(b, n)
}

func benchmarkAnalog(b *testing.B, n *Network) {
	a, err := NewAnalog(n)
	require.NoError(b, err)
	x := randomSample(n.Nodes[0].Out.Size())
	var macs int64
	for i := range n.Nodes {
		macs += MACs(&n.Nodes[i])
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err = a.Run(x)
	}
	require.NoError(b, err)
	b.ReportMetric(float64(macs)*float64(b.N)/b.Elapsed().Seconds()/1e9, "dense-GMAC/s")
}

// TestMaxPoolIsMaxOverFanin holds MaxPool against the windows that the
// columns of a sum over the same window describe.
func TestMaxPoolIsMaxOverFanin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, h, w := rapid.IntRange(1, 3).Draw(t, "c"), rapid.IntRange(1, 6).Draw(t,
			"h"), rapid.IntRange(1, 6).Draw(t, "w")
		in := Shape{c, h, w}
		window := drawWindow(t, h, w)
		out, err := Infer(&Pool{Window: window}, in)
		require.NoError(t, err)
		x := drawValues(t, "x", in.Size())
		want := make([]float64, out.Size())
		seen := make([]bool, out.Size())
		for src, v := range x {
			Fanout(&Node{Op: &Pool{Window: window}, In: in, Out: out}, src,
				func(dst int, _ float64) {
					if !seen[dst] || v > want[dst] {
						seen[dst], want[dst] = true, v
					}
				})
		}
		got := make([]float64, out.Size())
		maxPool(&MaxPool{Window: window}, in, x, got)
		require.Equal(t, want, got)
	})
}
