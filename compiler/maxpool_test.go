package compiler

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/compiler/testnets"
	"adder/layout"
	"adder/snn"
	"adder/spike"
)

// pooledNetwork is an activation of its input and a maximum over windows.
func pooledNetwork(w snn.Window, out snn.Shape) *snn.Network {
	c := testnets.NewChain("pooled", 2, 4, 4)
	c.Add(&snn.Relu{}, 2, 4, 4)
	c.Add(&snn.MaxPool{Window: w}, out...)
	c.Add(&snn.Reshape{}, out.Size())
	return c.End()
}

var pooledWindows = []struct {
	name string
	bits int // the least with which latches work
	w    snn.Window
	out  snn.Shape
}{
	{"apart", 4, snn.Window{KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 2, DilationH: 1,
		DilationW: 1}, snn.Shape{2, 2, 2}},
	{"overlapping, padded", 5, snn.Window{KernelH: 3, KernelW: 3, StrideH: 2, StrideW: 2,
		DilationH: 1, DilationW: 1, PadTop: 1, PadLeft: 1}, snn.Shape{2, 2, 2}},
}

// covered lists the inputs of window o of channel c, in the order of the
// window, -1 where it hangs over the border.
func covered(w snn.Window, c, oy, ox int) (inputs []int) {
	for ky := range w.KernelH {
		for kx := range w.KernelW {
			y, x := oy*w.StrideH+ky-w.PadTop, ox*w.StrideW+kx-w.PadLeft
			if y < 0 || y > 3 || x < 0 || x > 3 {
				inputs = append(inputs, -1)
				continue
			}
			inputs = append(inputs, (c*4+y)*4+x)
		}
	}
	return inputs
}

// populationOf finds a layer of an integer network.
func populationOf(t require.TestingT, net *ir.Network, name string) int {
	for p := range net.Populations {
		if net.Populations[p].Name == name {
			return p
		}
	}
	require.Fail(t, "no layer "+name)
	return -1
}

// TestMaxPoolForms compares the spikes of a pooled layer with what its form
// says of the spikes of the layer before, on random spikes.
func TestMaxPoolForms(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	ones := make([]float64, 32)
	for i := range ones {
		ones[i] = 1
	}
	for _, form := range []convert.MaxPool{convert.MaxPoolOr, convert.MaxPoolFirst} {
		for _, c := range pooledWindows {
			testMaxPoolForm(t, chip, ones, form, c.w, c.out, c.bits)
			testMaxPoolForm(t, chip, ones, form, c.w, c.out, c.bits+1)
			testMaxPoolForm(t, chip, ones, form, c.w, c.out, 8)
		}
	}
	for _, c := range pooledWindows {
		_, err := Compile(t.Context(), pooledNetwork(c.w, c.out), Options{
			Chip: chip, WeightBits: c.bits - 1, Encoder: layout.Encoder{Kind: "rate", Ticks: 12},
			Conversion: convert.Options{Calibration: [][]float64{ones},
				MaxPool: convert.MaxPoolFirst},
		})
		require.ErrorContains(t, err, fmt.Sprintf("needs weights of %d bits, not %d", c.bits,
			c.bits-1))
	}
}

func testMaxPoolForm(t *testing.T, chip *profile.Profile, ones []float64, form convert.MaxPool,
	w snn.Window, shape snn.Shape, bits int) {
	t.Run(fmt.Sprintf("%s of %d at %d bits", form, w.KernelH*w.KernelW, bits), func(t *testing.T) {
		r, err := Compile(t.Context(), pooledNetwork(w, shape), Options{
			Chip: chip, WeightBits: bits, Encoder: layout.Encoder{Kind: "rate", Ticks: 12},
			Conversion: convert.Options{Calibration: [][]float64{ones}, MaxPool: form},
		})
		require.NoError(t, err)
		rapid.Check(t, func(t *rapid.T) {
			train := spike.NewTrain(32, 12)
			for tick := range 12 {
				for i := range 32 {
					if rapid.IntRange(0, 3).Draw(t, "spike") == 0 {
						train.Set(tick, i)
					}
				}
			}
			got := irtest.Interpret(t, r.Network, train)
			before := got.Spikes[populationOf(t, r.Network, "relu1")]
			after := got.Spikes[populationOf(t, r.Network, "maxpool2")]
			if form == convert.MaxPoolOr {
				requireOr(t, w, before, after)
			} else {
				requireFirst(t, w, before, after)
			}
		})
	})
}

func requireOr(t *rapid.T, w snn.Window, before, after *spike.Train) {
	for tick := range 12 {
		for o := range 8 {
			any := false
			for _, i := range covered(w, o/4, o/2%2, o%2) {
				any = any || i >= 0 && before.Get(tick, i)
			}
			require.Equal(t, any, after.Get(tick, o), "tick %d window %d", tick, o)
		}
	}
}

func requireFirst(t *rapid.T, w snn.Window, before, after *spike.Train) {
	for o := range 8 {
		inputs := covered(w, o/4, o/2%2, o%2)
		first := -1
		for tick := range 12 {
			for k, i := range inputs {
				spiked := i >= 0 && before.Get(tick, i)
				if spiked && first < 0 {
					first = k
				}
				gate := ((o/4*len(inputs)+k)*2+o/2%2)*2 + o%2
				require.Equal(t, spiked && k == first, after.Get(tick, gate),
					"tick %d window %d input %d", tick, o, k)
			}
		}
	}
}

// TestMaxPoolIsRefused without a form, with an unknown one, and where there
// are no spikes.
func TestMaxPoolIsRefused(t *testing.T) {
	w := pooledWindows[0]
	sample := convert.Options{Calibration: [][]float64{make([]float64, 32)}}
	_, _, err := convert.Network(t.Context(), pooledNetwork(w.w, w.out), sample)
	require.ErrorContains(t, err, "node maxpool2 is a max-pooling layer, which has no linear "+
		"spiking form: choose an approximation with --maxpool or or --maxpool first")
	sample.MaxPool = "max"
	_, _, err = convert.Network(t.Context(), pooledNetwork(w.w, w.out), sample)
	require.ErrorContains(t, err, `max-pooling as "max": the spiking forms are or and first`)
	c := testnets.NewChain("bare", 2, 4, 4)
	c.Add(&snn.Scale{Factor: []float64{2, -2}}, 2, 4, 4)
	c.Add(&snn.MaxPool{Window: w.w}, 2, 2, 2)
	sample.MaxPool = convert.MaxPoolOr
	_, _, err = convert.Network(t.Context(), c.End(), sample)
	require.ErrorContains(t, err, "node maxpool2 pools signals that are no activations")
}

// residualNetwork adds an activation to one that comes of it, both of very
// different size.
func residualNetwork() *snn.Network {
	c := testnets.NewChain("residual", 6)
	dense := func(outputs int, scale float64) {
		w := &snn.Matrix64{Rows: outputs, Cols: c.Shape.Size()}
		for range outputs * c.Shape.Size() {
			w.Data = append(w.Data, scale*(c.Random.Float64()-0.3))
		}
		c.Add(&snn.Dense{W: w}, outputs)
	}
	dense(8, 4)
	c.Add(&snn.Relu{}, 8)
	skip := c.At
	dense(8, 0.1)
	c.Add(&snn.Relu{}, 8)
	dense(5, 1)
	c.Net.Connect(skip, c.At) // the sum of both branches enters the layer
	return c.End()
}

// TestResidualBranchesMeet converts a sum of two activations with scales a
// factor of forty apart: the mean input of the output per tick is the ANN's
// output, and both branches arrive in the same tick.
func TestResidualBranchesMeet(t *testing.T) {
	const ticks = 400
	net := residualNetwork()
	x := []float64{0.25, 0.5, 0.75, 1, 0.125, 0.625}
	r, err := Compile(t.Context(), net, Options{
		Chip: func() *profile.Profile {
			chip, err := profile.Load("wide")
			require.NoError(t, err)
			return chip
		}(),
		WeightBits: 16, Encoder: layout.Encoder{Kind: "rate", Ticks: ticks},
		Conversion: convert.Options{Calibration: [][]float64{x}, Percentile: 100},
	})
	require.NoError(t, err)
	require.Greater(t, r.Report.Conversion[0].Lambda, 5*r.Report.Conversion[1].Lambda)
	train := spike.NewTrain(6, ticks)
	for tick := range ticks {
		for i, v := range x {
			if math.Floor(float64(tick+1)*v) > math.Floor(float64(tick)*v) {
				train.Set(tick, i)
			}
		}
	}
	got := irtest.Interpret(t, r.Network, train)
	eval, err := snn.NewAnalog(net)
	require.NoError(t, err)
	want, err := eval.Run(x)
	require.NoError(t, err)
	out := &r.Network.Populations[r.Network.Output]
	for n, v := range got.Final[r.Network.Output] {
		require.InDelta(t, want[n], float64(v)/out.Unit[n]/ticks,
			0.03*r.Report.Conversion[0].Lambda, "output %d", n)
	}
	delays := map[string]int{}
	for _, p := range r.Network.Projections {
		delays[p.Name] = p.Delay
	}
	require.Equal(t, 1, delays["relu2 -> output6"], "the skip waits for the branch")
	require.Equal(t, 0, delays["relu4 -> output6"])
}

// TestMaxPoolOfJoinedActivations: a maximum finds the spikes of two layers
// of different scales side by side.
func TestMaxPoolOfJoinedActivations(t *testing.T) {
	net := &snn.Network{Name: "joined"}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{1, 2, 2}, snn.Shape{1, 2, 2})
	out := net.AddNode("join", &snn.Reshape{}, snn.Shape{2, 2, 2}, snn.Shape{2, 2, 2})
	for k, gain := range []float64{1, 3} {
		from := slices.Repeat([]int32{-1}, 8)
		for i := range 4 {
			from[4*k+i] = int32(i)
		}
		scale := net.AddNode(fmt.Sprint("gain", k), &snn.Scale{Factor: []float64{gain}},
			snn.Shape{1, 2, 2}, snn.Shape{1, 2, 2})
		relu := net.AddNode(fmt.Sprint("relu", k), &snn.Relu{}, snn.Shape{1, 2, 2},
			snn.Shape{1, 2, 2})
		place := net.AddNode(fmt.Sprint("place", k), &snn.Gather{From: from}, snn.Shape{1, 2, 2},
			snn.Shape{2, 2, 2})
		net.Connect(in, scale)
		net.Connect(scale, relu)
		net.Connect(relu, place)
		net.Connect(place, out)
	}
	pool := net.AddNode("pool", &snn.MaxPool{Window: pooledWindows[0].w}, snn.Shape{2, 2, 2},
		snn.Shape{2, 1, 1})
	net.Connect(out, pool)
	net.Connect(pool, net.AddNode("out", &snn.Output{}, snn.Shape{2, 1, 1}, snn.Shape{2, 1, 1}))

	ones := []float64{1, 1, 1, 1}
	spiking, _, err := convert.Network(t.Context(), net,
		convert.Options{Calibration: [][]float64{ones}, MaxPool: convert.MaxPoolOr})
	require.NoError(t, err)
	reference, err := snn.NewReference(spiking, snn.ReferenceOptions{})
	require.NoError(t, err)
	for range 10 {
		require.NoError(t, reference.Step([][]float64{ones}))
	}
	require.InDeltaSlice(t, []float64{10, 30}, reference.Signal(spiking.Outputs()[0]), 1e-9)
}
