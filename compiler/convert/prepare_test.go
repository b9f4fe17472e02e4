package convert

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/compiler/testnets"
	"adder/snn"
)

// text writes a network as "name<source ..." node by node in the order of
// evaluation, its output as "out".
func text(t require.TestingT, net *snn.Network) string {
	order, err := net.Order()
	require.NoError(t, err)
	var words []string
	for _, i := range order {
		word := net.Nodes[i].Name
		if net.Nodes[i].Op.Kind() == "output" {
			word = "out"
		}
		for _, e := range net.Incoming(i) {
			word += "<" + net.Nodes[e.From].Name
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func square(size int) snn.Window {
	return snn.Window{KernelH: size, KernelW: size, StrideH: size, StrideW: size, DilationH: 1,
		DilationW: 1}
}

// TestPrepare: what each rewriting makes of a chain.
func TestPrepare(t *testing.T) {
	neg := func(c *testnets.Chain) { c.Add(&snn.Scale{Factor: []float64{-1}}, c.Shape...) }
	norm := func(factors ...float64) func(*testnets.Chain) {
		return func(c *testnets.Chain) {
			c.Add(&snn.Scale{Factor: factors, Shift: []float64{1, 2}}, c.Shape...)
		}
	}
	relu := func(c *testnets.Chain) { c.Add(&snn.Relu{}, c.Shape...) }
	maxi := func(c *testnets.Chain) {
		c.Add(&snn.MaxPool{Window: square(2)}, c.Shape[0], c.Shape[1]/2, c.Shape[2]/2)
	}
	mean := func(c *testnets.Chain) {
		c.Add(&snn.Pool{Window: square(2), Average: true}, c.Shape[0], c.Shape[1]/2, c.Shape[2]/2)
	}
	flat := func(c *testnets.Chain) { c.Add(&snn.Reshape{}, c.Shape.Size()) }
	steps := func(list ...func(*testnets.Chain)) []func(*testnets.Chain) { return list }
	for _, tc := range []struct {
		name  string
		steps []func(*testnets.Chain)
		opts  Options
		want  string
	}{
		{"a maximum before its activation", steps(neg, maxi, relu), Options{},
			"in scale1<in relu3<scale1 maxpool2<relu3 out<maxpool2"},
		{"with a normalisation between", steps(neg, maxi, norm(2, 0), relu), Options{},
			"in scale1<in scale3<scale1 relu4<scale3 maxpool2<relu4 out<maxpool2"},
		{"with a normalisation that turns the order", steps(neg, maxi, norm(2, -1), relu),
			Options{}, "in scale1<in maxpool2<scale1 scale3<maxpool2 relu4<scale3 out<relu4"},
		{"through a Flatten", steps(neg, maxi, flat, relu), Options{},
			"in scale1<in relu4<scale1 maxpool2<relu4 reshape3<maxpool2 out<reshape3"},
		{"two maxima", steps(neg, maxi, maxi, relu), Options{},
			"in scale1<in relu4<scale1 maxpool2<relu4 maxpool3<maxpool2 out<maxpool3"},
		{"a maximum behind a normalised activation", steps(neg, relu, norm(2, 1), maxi), Options{},
			"in scale1<in relu2<scale1 maxpool4<relu2 scale3.max<maxpool4 out<scale3.max"},
		{"a mean folds", steps(neg, relu, mean, relu), Options{},
			"in scale1<in relu2<scale1 pool3<relu2 relu4<pool3 out<relu4"},
		{"a mean with its activation", steps(neg, relu, mean, relu), Options{Pool: PoolSpike},
			"in scale1<in relu2<scale1 pool3<relu2 relu4<pool3 out<relu4"},
		{"a mean with one of its own", steps(neg, relu, mean, flat), Options{Pool: PoolSpike},
			"in scale1<in relu2<scale1 pool3.windows<relu2 pool3<pool3.windows reshape4<pool3 " +
				"out<reshape4"},
		{"a mean of what is below 0", steps(neg, mean, relu), Options{Pool: PoolSpike},
			"in scale1<in pool2<scale1 relu3<pool2 out<relu3"},
		{"a mean that fits", steps(neg, relu, mean), Options{FanIn: 4},
			"in scale1<in relu2<scale1 pool3<relu2 out<pool3"},
		{"a mean that does not", steps(neg, relu, mean), Options{FanIn: 3},
			"in scale1<in relu2<scale1 pool3.windows<relu2 pool3<pool3.windows out<pool3"},
		{"a mean that shall fold", steps(neg, relu, mean), Options{FanIn: 3, Pool: PoolFold},
			"in scale1<in relu2<scale1 pool3<relu2 out<pool3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := testnets.NewChain("chain", 2, 4, 4)
			for _, step := range tc.steps {
				step(c)
			}
			net := c.End()
			before := text(t, net)
			got, err := Prepare(net, tc.opts)
			require.NoError(t, err)
			require.NoError(t, got.Validate())
			require.Equal(t, tc.want, text(t, got))
			require.Equal(t, before, text(t, net), "the given network is as it was")
			again, err := Prepare(got, tc.opts)
			require.NoError(t, err)
			require.Equal(t, tc.want, text(t, again), "twice is once")
		})
	}
	_, err := Prepare(testnets.NewChain("n", 1).End(), Options{Pool: "keep"})
	require.EqualError(t, err, `convert n: pools as "keep": the forms are fold, spike and auto`)
}

// TestIdleRelus are dropped, and those behind kept pools stay.
func TestIdleRelus(t *testing.T) {
	build := func(ceil float64) *snn.Network {
		c := testnets.NewChain("chain", 1, 2, 2)
		c.Add(&snn.Scale{Factor: []float64{-1}}, 1, 2, 2)
		c.Add(&snn.Relu{Ceil: 6}, 1, 2, 2)
		c.Add(&snn.Pool{Window: square(2), Average: true}, 1, 1, 1)
		c.Add(&snn.Relu{Ceil: ceil}, 1, 1, 1)
		return c.End()
	}
	kinds := func(ceil float64, form Pool) (last string) {
		net, err := Prepare(build(ceil), Options{Pool: form})
		require.NoError(t, err)
		i, ok := net.Find("relu4")
		require.True(t, ok)
		return net.Nodes[i].Op.Kind()
	}
	require.Equal(t, "reshape", kinds(0, PoolFold))
	require.Equal(t, "reshape", kinds(6, PoolAuto), "no mean exceeds the ceiling")
	require.Equal(t, "relu", kinds(5, PoolFold), "a lower ceiling does something")
	require.Equal(t, "relu", kinds(0, PoolSpike))
}

// TestPrepareComputesTheSame holds prepared networks of random operations,
// with branches, against the originals.
func TestPrepareComputesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := testnets.NewChain("chain", 2, 4, 4)
		branch, shape := 0, c.Shape
		for range rapid.IntRange(1, 9).Draw(t, "length") {
			grow(t, c)
			if rapid.IntRange(0, 3).Draw(t, "branch") == 0 {
				branch, shape = c.At, c.Shape
			}
		}
		net := c.Net
		out := net.AddNode("out", &snn.Output{}, c.Shape, c.Shape)
		net.Connect(c.At, out)
		if branch > 0 && branch != c.At {
			net.Connect(branch, net.AddNode("other", &snn.Output{}, shape, shape))
		}
		opts := Options{Pool: rapid.SampledFrom([]Pool{PoolFold, PoolSpike, PoolAuto}).Draw(t,
			"pool"), FanIn: rapid.IntRange(0, 9).Draw(t, "fan-in")}
		prepared, err := Prepare(net, opts)
		require.NoError(t, err)
		require.NoError(t, prepared.Validate())
		x := rapid.SliceOfN(rapid.Float64Range(-2, 2), 32, 32).Draw(t, "x")
		require.InDeltaSlice(t, evaluate(t, net, x), evaluate(t, prepared, x), 1e-9)
	})
}

func evaluate(t *rapid.T, net *snn.Network, x []float64) []float64 {
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)
	y, err := analog.Run(x)
	require.NoError(t, err)
	return y
}

// grow appends a random operation.
func grow(t *rapid.T, c *testnets.Chain) {
	values := func(n int) []float64 {
		return rapid.SliceOfN(rapid.Float64Range(-1, 2), n, n).Draw(t, "values")
	}
	image := len(c.Shape) == 3
	switch kind := rapid.SampledFrom([]string{"relu", "relu", "scale", "max", "max", "mean", "sum",
		"flat", "move"}).Draw(t, "kind"); {
	case kind == "relu":
		c.Add(&snn.Relu{Ceil: rapid.SampledFrom([]float64{0, 1}).Draw(t, "ceil")}, c.Shape...)
	case kind == "scale":
		n := rapid.SampledFrom([]int{1, c.Shape[0], c.Shape.Size()}).Draw(t, "n")
		op := &snn.Scale{Factor: values(n)}
		if rapid.Bool().Draw(t, "shift") {
			op.Shift = values(n)
		}
		c.Add(op, c.Shape...)
	case kind == "flat":
		c.Add(&snn.Reshape{}, c.Shape.Size())
	case kind == "move":
		n := c.Shape.Size()
		c.Add(&snn.Gather{From: rapid.SliceOfN(rapid.Int32Range(-1, int32(n-1)), n, n).Draw(t,
			"from")}, c.Shape...)
	case image && c.Shape[1] > 1:
		w := square(2)
		out := []int{c.Shape[0], c.Shape[1] / 2, c.Shape[2] / 2}
		if kind == "max" {
			c.Add(&snn.MaxPool{Window: w}, out...)
		} else {
			c.Add(&snn.Pool{Window: w, Average: kind == "mean"}, out...)
		}
	}
}
