package layer

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func draw(n int, zeros float64, rnd *rand.Rand) []float32 {
	x := make([]float32, n)
	for i := range x {
		if rnd.Float64() >= zeros {
			x[i] = float32(rnd.NormFloat64())
		}
	}
	return x
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func linears() map[string]Linear {
	return map[string]Linear{
		"dense":          &Dense{Of: Shape{1, 1, 13}, Outputs: 7},
		"dense on space": &Dense{Of: Shape{3, 2, 4}, Outputs: 5},
		"conv":           &Conv{Of: Shape{5, 6, 2}, Outputs: 3, Kernel: 3, Stride: 1, Padding: 1},
		"conv stride":    &Conv{Of: Shape{7, 5, 2}, Outputs: 3, Kernel: 3, Stride: 2, Padding: 1},
		"conv no pad":    &Conv{Of: Shape{6, 6, 1}, Outputs: 2, Kernel: 5, Stride: 1},
		"conv wide pad":  &Conv{Of: Shape{2, 3, 2}, Outputs: 2, Kernel: 5, Stride: 1, Padding: 2},
		"conv 1x1":       &Conv{Of: Shape{4, 4, 3}, Outputs: 4, Kernel: 1, Stride: 1},
	}
}

// planes turns a signal channels first, as other tools have it.
func planes(s Shape, x []float32) []float64 {
	out := make([]float64, len(x))
	for c := range s.Channels {
		for p := range s.Height * s.Width {
			out[c*s.Height*s.Width+p] = float64(x[p*s.Channels+c])
		}
	}
	return out
}

// reference is a layer by its definition, on signals channels first and weights as
// Export gives them.
func reference(l Linear, w []float32, x []float64) []float64 {
	in, out := l.In(), l.Out()
	y := make([]float64, out.Size())
	c, ok := l.(*Conv)
	if !ok {
		for o := range y {
			for i, v := range x {
				y[o] += float64(w[o*len(x)+i]) * v
			}
		}
		return y
	}
	for o := range out.Channels {
		for oy := range out.Height {
			for ox := range out.Width {
				for i := range in.Channels {
					for ky := range c.Kernel {
						for kx := range c.Kernel {
							iy, ix := oy*c.Stride-c.Padding+ky, ox*c.Stride-c.Padding+kx
							if iy < 0 || iy >= in.Height || ix < 0 || ix >= in.Width {
								continue
							}
							y[(o*out.Height+oy)*out.Width+
								ox] += float64(w[((o*in.Channels+i)*c.Kernel+ky)*c.Kernel+
								kx]) * x[(i*in.Height+iy)*in.Width+ix]
						}
					}
				}
			}
		}
	}
	return y
}

func TestForwardIsTheDefinition(t *testing.T) {
	for name, l := range linears() {
		rnd := rand.New(rand.NewPCG(1, 2))
		w, x := draw(l.Weights(), 0, rnd), draw(l.In().Size(), 0.5, rnd)
		y := make([]float32, l.Out().Size())
		l.Forward(w, x, y)
		want, got := reference(l, Export(l, w), planes(l.In(), x)), planes(l.Out(), y)
		require.InDeltaSlice(t, want, got, 1e-5, name)
		require.Equal(t, w, Import(l, Export(l, w)), name)
	}
}

// TestBackwardIsTheAdjoint: <dy, W x> is linear in each, so its gradients by x and by W must
// give it again.
func TestBackwardIsTheAdjoint(t *testing.T) {
	for name, l := range linears() {
		rnd := rand.New(rand.NewPCG(3, 4))
		w, x, dy := draw(l.Weights(), 0, rnd), draw(l.In().Size(), 0.5, rnd), draw(l.Out().Size(),
			0.5, rnd)
		y, dx, dw, wt := make([]float32, len(dy)), make([]float32, len(x)), make([]float32,
			len(w)), make([]float32, len(w))
		l.Forward(w, x, y)
		l.Transpose(w, wt)
		l.Backward(wt, dy, dx)
		l.Gradient(x, dy, dw)
		want := dot(dy, y)
		require.NotZero(t, want)
		require.InDelta(t, want, dot(x, dx), 1e-4, name)
		require.InDelta(t, want, dot(w, dw), 1e-4, name)
		// A single output hears what it should.
		one := make([]float32, len(dy))
		one[len(one)-1] = 1
		clear(dx)
		l.Backward(wt, one, dx)
		require.InDelta(t, float64(y[len(y)-1]), dot(x, dx), 1e-4, name)
	}
}

func TestPools(t *testing.T) {
	mean := &Pool{Of: Shape{5, 4, 2}, Kernel: 2}
	require.Equal(t, Shape{2, 2, 2}, mean.Out())
	x := make([]float32, 40)
	for i := range x {
		x[i] = float32(i)
	}
	y := make([]float32, 8)
	mean.Forward(x, y)
	require.Equal(t, []float32{5, 6, 9, 10, 21, 22, 25, 26}, y)
	dx := make([]float32, 40)
	mean.Backward(nil, nil, []float32{4, 8, 0, 0, 0, 0, 0, 12}, dx)
	require.Equal(t, []float32{1, 2, 1, 2, 0, 0, 0, 0, 1, 2, 1, 2, 0, 0, 0, 0}, dx[:16])
	require.Equal(t, []float32{0, 3, 0, 3, 0, 0, 0, 0}, dx[28:36])

	largest := &Pool{Of: Shape{2, 4, 1}, Kernel: 2, Max: true}
	x = []float32{-1, -2, 3, 3, -4, -1, 0, 3}
	y = make([]float32, 2)
	largest.Forward(x, y)
	require.Equal(t, []float32{-1, 3}, y)
	dx = make([]float32, 8)
	largest.Backward(x, y, []float32{5, 7}, dx)
	require.Equal(t, []float32{5, 0, 7, 0, 0, 0, 0, 0}, dx)
}

func TestParse(t *testing.T) {
	stages, err := Parse("32C3-AP2-16c5s2-MP2-128", Shape{28, 28, 1}, 10)
	require.NoError(t, err)
	var got []string
	for _, s := range stages {
		got = append(got, s.Name+" "+s.In().String()+" "+s.Linear.In().String()+" "+
			s.Linear.Out().String())
	}
	require.Equal(t, []string{
		"conv1 1x28x28 1x28x28 32x28x28", "conv2 32x28x28 32x14x14 16x7x7",
		"fc1 16x7x7 16x3x3 128x1x1", "output 128x1x1 128x1x1 10x1x1",
	}, got)
	require.True(t, stages[2].Pools[0].Max)

	linear, err := Parse("", Shape{1, 1, 4}, 2)
	require.NoError(t, err)
	require.Len(t, linear, 1)
	for text, want := range map[string]string{
		"12X": `layer "12X" is not known`, "32C4": "kernels are odd", "AP40": "no such window",
		"128--10": "is not known",
		"0":       "1 to 65536 outputs", "99999999999999999999": "1 to 65536 outputs",
		"3C99999999999": "kernels are odd", "AP0": "no such window",
	} {
		_, err := Parse(text, Shape{28, 28, 1}, 10)
		require.ErrorContains(t, err, want, text)
	}
}
