package sample

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/internal/dataset"
	"adder/spike/encode"
)

// colours is a picture of 3 channels, one row and two columns.
func colours(values ...uint8) *dataset.Set {
	return &dataset.Set{Name: "colours", Shape: []int{3, 1, 2}, Picture: true, Classes: 2,
		Bytes: values, Labels: []int32{1}}
}

func analog(t testing.TB, set *dataset.Set, p Pipeline, input []int) []float64 {
	t.Helper()
	v, err := NewValues(set, p, input)
	require.NoError(t, err)
	x, err := v.Analog(0, nil)
	require.NoError(t, err)
	return x
}

// The numbers are those of torchvision's ToTensor and Normalize, worked out by hand.
func TestPipeline(t *testing.T) {
	set := colours(255, 0, 51, 102, 0, 255)
	require.InDeltaSlice(t, []float64{1, 0, 0.2, 0.4, 0, 1},
		analog(t, set, Pipeline{}, []int{3, 1, 2}), 1e-15)
	require.InDeltaSlice(t, []float64{1, -1, -0.6, -0.2, -1, 1},
		analog(t, set, Pipeline{Mean: []float64{0.5}, Std: []float64{0.5}}, []int{6}), 1e-15)
	require.InDeltaSlice(t, []float64{0.9 / 0.5, -0.1 / 0.5, 0, 0.2, -1.2, -0.8},
		analog(t, set, Pipeline{Mean: []float64{0.1, 0.2, 3}, Std: []float64{0.5, 1, 2.5}}, nil),
		1e-15)
	require.InDeltaSlice(t, []float64{255, 0, 51, 102, 0, 255},
		analog(t, set, Pipeline{Scale: 255}, nil), 1e-12)

	real := &dataset.Set{Name: "real", Shape: []int{2}, Reals: []float32{-8, 255},
		Labels: []int32{0}}
	require.Equal(t, []float64{-8, 255}, analog(t, real, Pipeline{}, nil))
	require.Equal(t, []float64{-3, 0},
		analog(t, real, Pipeline{Scale: 0.5, Mean: []float64{2, 127.5}, Std: []float64{2, 1}}, nil),
		"each element is a channel")
}

// A network that takes rows, columns, channels hears them so, and its channels are the
// last axis.
func TestLayout(t *testing.T) {
	set := colours(1, 2, 3, 4, 5, 6)
	turned := []float64{1, 3, 5, 2, 4, 6}
	for i := range turned {
		turned[i] /= 255
	}
	require.InDeltaSlice(t, turned, analog(t, set, Pipeline{Layout: LayoutHWC}, []int{6}), 1e-15)
	require.InDeltaSlice(t, turned, analog(t, set, Pipeline{}, []int{1, 2, 3}), 1e-15,
		"the axes say it")
	normal := analog(t, set, Pipeline{Layout: LayoutHWC, Mean: []float64{0, 1, 2}}, nil)
	for i := range turned {
		require.InDelta(t, turned[i]-float64(i%3), normal[i], 1e-15)
	}

	array := &dataset.Set{Name: "array", Shape: []int{8, 9, 3}, Bytes: make([]uint8, 216),
		Labels: []int32{0}}
	for i := range array.Bytes {
		array.Bytes[i] = uint8(i)
	}
	_, err := NewValues(array, Pipeline{}, []int{3, 8, 9})
	require.EqualError(t, err, "array: a sample has shape 8x9x3 and the model takes 3x8x9: "+
		"--layout chw turns the samples, --layout hwc feeds them as they are")
	x := analog(t, array, Pipeline{Layout: LayoutCHW}, []int{3, 8, 9})
	require.Equal(t, 3.0/255, x[1])
	require.Equal(t, 1.0/255, x[72])
	require.Equal(t, 1.0/255, analog(t, array, Pipeline{Layout: LayoutHWC}, []int{216})[1])
	require.Equal(t, 1.0/255, analog(t, array, Pipeline{}, []int{216})[1])
}

func TestPipelineRefuses(t *testing.T) {
	set := colours(1, 2, 3, 4, 5, 6)
	for want, p := range map[string]Pipeline{
		"--mean [NaN]: write finite":       {Mean: []float64{math.NaN()}},
		"--std [0]: write numbers above 0": {Std: []float64{0}},
		"--scale -1":                       {Scale: -1},
		"--layout nchw: write chw or hwc":  {Layout: "nchw"},
		"--mean has 2 numbers and --std 3": {Mean: []float64{1, 2},
			Std: []float64{1, 2, 3}},
		"have 4 numbers and a sample of shape 3x1x": {Mean: []float64{1, 2, 3, 4}},
	} {
		_, err := NewValues(set, p, nil)
		require.ErrorContains(t, err, want)
	}
	_, err := NewValues(set, Pipeline{}, []int{784})
	require.EqualError(t, err, "colours: a sample has shape 3x1x2, 6 elements, and the model "+
		"takes 784, 784")
}

// What the chip's input stands for, through the factor and the shift of the plan, is
// what the pipeline made, for bytes exactly.
func TestPlanKeepsTheNumbers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		channels := rapid.SampledFrom([]int{1, 3}).Draw(rt, "channels")
		some := func(name string, low, high float64) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(low, high), channels, channels).Draw(rt, name)
		}
		p := Pipeline{
			Scale: rapid.SampledFrom([]float64{0, 1, 255, 0.01}).Draw(rt, "scale"),
			Mean:  some("mean", -2, 2), Std: some("std", 0.1, 3),
			Layout: rapid.SampledFrom([]string{"", LayoutCHW, LayoutHWC}).Draw(rt, "layout"),
			Bytes:  rapid.Bool().Draw(rt, "bytes"),
		}
		set := &dataset.Set{Name: "set", Shape: []int{3, 2, 2}, Picture: true, Classes: 1,
			Labels: []int32{0}}
		kind := rapid.SampledFrom([]string{"bytes", "positive", "signed"}).Draw(rt, "kind")
		switch kind {
		case "bytes":
			set.Bytes = rapid.SliceOfN(rapid.Uint8(), 12, 12).Draw(rt, "pixels")
		case "positive":
			set.Reals = rapid.SliceOfN(rapid.Float32Range(0, 300), 12, 12).Draw(rt, "reals")
		default:
			set.Reals = rapid.SliceOfN(rapid.Float32Range(-300, 300), 12, 12).Draw(rt, "reals")
			set.Reals[7] = -1
		}
		v, err := NewValues(set, p, nil)
		require.NoError(rt, err)
		plan, err := newPlan(v, 1)
		require.NoError(rt, err)
		require.Equal(rt, kind == "signed", plan.Signed)
		encoder, err := encode.New(encode.Config{Kind: encode.KindDirect, Bits: 16})
		require.NoError(rt, err)
		fed := &Encoded{Values: *v, Encoder: encoder, Preparation: plan.Preparation}
		want, err := v.Analog(0, nil)
		require.NoError(rt, err)
		var s chip.Sample
		_, err = fed.Feed(0, &s)
		require.NoError(rt, err)
		for k, u := range fed.SourceValues(0) {
			require.True(rt, u <= 1 && (u >= 0 || plan.Signed && u >= -1))
			x := at(plan.Factor, k, 1)*u + at(plan.Shift, k, 0)
			require.InDelta(rt, want[k], x, 1e-9*(1+math.Abs(want[k])))
			require.InDelta(rt, u, float64(s.Levels[k])/float64(s.MaxLevel), 1e-5)
		}
		require.Zero(rt, fed.Clipped())
	})
}

// A signed element is two lines of spikes: plus before minus, channel by channel.
func TestTwoLines(t *testing.T) {
	set := &dataset.Set{Name: "signed", Shape: []int{2, 2},
		Reals: []float32{1, -0.5, 0, -2, 4, 0, 0, 0}, Labels: []int32{0, 0}}
	v, err := NewValues(set, Pipeline{}, nil)
	require.NoError(t, err)
	plan, err := newPlan(v, 1)
	require.NoError(t, err)
	require.Equal(t, []any{true, 2.0, []float64{2}}, []any{plan.Signed, plan.Range, plan.Factor})
	require.Equal(t, "two lines of spikes, plus and minus, a spike per tick stands for 2",
		plan.Describe(false))
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: 8})
	require.NoError(t, err)
	fed := &Encoded{Values: *v, Encoder: encoder, Preparation: plan.Preparation, Groups: 2}
	require.Equal(t, []int{8, 8}, []int{fed.Size(), fed.Ticks()})
	require.Equal(t, []float64{0.5, 0, 0, 0.25, 0, 0, 0, 1}, fed.SourceValues(0))
	var s chip.Sample
	_, err = fed.Feed(0, &s)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0.5, 0, 0, 0.25, 0, 0, 0, 1}, Rates(s.Spikes, nil), 1.0/16)
	_, err = fed.Feed(1, &s)
	require.NoError(t, err)
	require.EqualValues(t, 1, fed.Clipped(), "4 is beyond the 2 that was measured")
}

func TestDescribe(t *testing.T) {
	v := func(set *dataset.Set, p Pipeline) *Plan {
		values, err := NewValues(set, p, nil)
		require.NoError(t, err)
		plan, err := newPlan(values, 9)
		require.NoError(t, err)
		return plan
	}
	pixels := colours(1, 2, 3, 4, 5, 6)
	real := func(x ...float32) *dataset.Set {
		return &dataset.Set{Shape: []int{len(x)}, Reals: x, Labels: []int32{0}}
	}
	require.Equal(t, "as it is", v(pixels, Pipeline{}).Describe(false))
	require.Equal(t, "pixels stay spikes, normalisation folded into the first layer",
		v(pixels, Pipeline{Mean: []float64{1}}).Describe(false))
	require.Equal(t, "pixels are levels, normalisation folded into the first layer",
		v(pixels, Pipeline{Std: []float64{2}}).Describe(true))
	require.Equal(t, "numbers from 0, 1 stands for 7, normalisation folded into the first layer",
		v(real(7, 2), Pipeline{}).Describe(false))
	require.Equal(t, "signed levels, 1 stands for 7", v(real(-7, 2), Pipeline{}).Describe(true))
	require.Equal(t, "as it is", v(real(0.5, 1), Pipeline{}).Describe(false))
}
