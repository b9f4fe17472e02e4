package adder_test

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder"
)

// TestSamplesAreRefused lists samples that are none.
func TestSamplesAreRefused(t *testing.T) {
	img := digitsImage(t)
	for name, c := range map[string]struct {
		samples adder.Samples
		options adder.RunOptions
		want    string
	}{
		"none": {adder.Samples{Shape: []int{784}}, adder.RunOptions{},
			"0 of Bytes, Reals and Spikes"},
		"two": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 784),
			Reals: make([]float32, 784)}, adder.RunOptions{}, "2 of Bytes"},
		"in parts": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 785)},
			adder.RunOptions{}, "whole samples"},
		"labels": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 784),
			Labels: []int32{1, 2}}, adder.RunOptions{}, "2 labels of 1 samples"},
		"no number": {adder.Samples{Shape: []int{1}, Reals: []float32{float32(math.NaN())}},
			adder.RunOptions{}, "no number"},
		"small": {adder.Samples{Shape: []int{5}, Bytes: make([]uint8, 5)},
			adder.RunOptions{}, "a sample has shape 5, 5 elements, and the model takes 784, 784"},
		"counts": {adder.Samples{Shape: []int{784}, Ticks: 1,
			Spikes: bytes.Repeat([]byte{2}, 784)}, adder.RunOptions{}, "2 spikes"},
		"few spikes": {adder.Samples{Shape: []int{5}, Ticks: 1, Spikes: make([]byte, 5)},
			adder.RunOptions{}, "5 sources"},
		"layer": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 784)},
			adder.RunOptions{Spikes: []string{"no"}}, `no layer "no"`},
		"engine": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 784)},
			adder.RunOptions{Engine: "slow"}, `engine "slow" is not known`},
		"direct input": {adder.Samples{Shape: []int{784}, Bytes: make([]uint8, 784)},
			adder.RunOptions{Encoder: "direct"}, "compile it again"},
	} {
		_, err := img.Run(t.Context(), &c.samples, c.options)
		require.ErrorContains(t, err, c.want, name)
	}
}

// TestRunsDependOnSamplesAlone runs samples of any shape, by any number of workers, one by
// one and as the spikes that they are, on both engines, with one result.
func TestRunsDependOnSamplesAlone(t *testing.T) {
	img := digitsImage(t)
	x := digits("test", 5)
	hidden := img.Layers()[0].Name
	want, err := img.Run(t.Context(), x, adder.RunOptions{Workers: 1, Spikes: []string{hidden},
		Potentials: []string{img.Output()}})
	require.NoError(t, err)
	require.Len(t, want.Spikes[hidden], 5*want.Ticks*24)
	require.Len(t, want.Potentials[img.Output()], 5*want.Ticks*10)
	last := want.Potentials[img.Output()][(want.Ticks-1)*10:][:10]
	require.Equal(t, last, want.Output[:10])

	flat := &adder.Samples{Bytes: x.Bytes, Shape: []int{784}}
	more, err := img.Run(t.Context(), flat, adder.RunOptions{Workers: 3, Engine: adder.EngineCycle,
		Spikes: []string{hidden}, Potentials: []string{img.Output()}})
	require.NoError(t, err)
	require.Positive(t, more.Cycles.Total)
	more.Cycles = nil
	require.Equal(t, want, more)

	var trains []uint8
	for i := range x.Len() {
		one := &adder.Samples{Bytes: x.Bytes[i*784:][:784], Shape: x.Shape}
		r, err := img.Run(t.Context(), one, adder.RunOptions{First: uint64(i)})
		require.NoError(t, err)
		require.Equal(t, want.Classes[i], r.Classes[0])
		train, err := img.Encode(x, i, adder.RunOptions{})
		require.NoError(t, err)
		trains = append(trains, train...)
	}
	asSpikes, err := img.Run(t.Context(), &adder.Samples{Spikes: trains, Ticks: img.Ticks(),
		Shape: img.InputShape()}, adder.RunOptions{})
	require.NoError(t, err)
	require.Equal(t, want.Output, asSpikes.Output)
	require.Equal(t, want.Counts["synops"], asSpikes.Counts["synops"])
}

// TestRunIsCancelled: a context ends a run, and the next one is whole.
func TestRunIsCancelled(t *testing.T) {
	img := digitsImage(t)
	x := digits("test", 20)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := img.Run(ctx, x, adder.RunOptions{Workers: 1, Progress: func(done, _ int) {
		if done == 3 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	r, err := img.Run(t.Context(), x, adder.RunOptions{})
	require.NoError(t, err)
	require.Len(t, r.Classes, 20)
}

// TestImagesAreWritten: what is written is read as the same image.
func TestImagesAreWritten(t *testing.T) {
	img := digitsImage(t)
	var one, two bytes.Buffer
	require.NoError(t, img.Write(&one))
	again, err := adder.Read(bytes.NewReader(one.Bytes()), "image")
	require.NoError(t, err)
	require.NoError(t, again.Write(&two))
	require.Equal(t, one.Bytes(), two.Bytes())
}

func digitsImage(t *testing.T) *adder.Image {
	path, remove := model()
	t.Cleanup(remove)
	img, err := adder.Compile(t.Context(), path,
		adder.CompileOptions{Calibration: digits("train", 100)})
	require.NoError(t, err)
	return img
}

// TestSessionOfDirectInput steps an image whose first layer the host computes.
func TestSessionOfDirectInput(t *testing.T) {
	path, remove := model()
	defer remove()
	img, err := adder.Compile(t.Context(), path,
		adder.CompileOptions{Calibration: digits("train", 100), Encoder: "direct", Ticks: 12})
	require.NoError(t, err)
	_, err = img.NewSession(adder.SessionOptions{})
	require.ErrorContains(t, err, "give the session the sample")
	x := digits("test", 1)
	s, err := img.NewSession(adder.SessionOptions{Input: x})
	require.NoError(t, err)
	for range 12 {
		require.NoError(t, s.Step(t.Context(), nil))
	}
	stepped, err := s.Finish(t.Context())
	require.NoError(t, err)
	whole, err := img.Run(t.Context(), x, adder.RunOptions{})
	require.NoError(t, err)
	require.Equal(t, whole.Output, stepped.Output)
	require.Equal(t, whole.Classes, stepped.Classes)
}

// TestRunWarns: floats of 0 to 255 on an image that knows 0 to 1 are run, and warned of.
func TestRunWarns(t *testing.T) {
	img, x := digitsImage(t), digits("test", 2)
	quiet, err := img.Run(t.Context(), x, adder.RunOptions{})
	require.NoError(t, err)
	require.Empty(t, quiet.Warnings)
	loud := &adder.Samples{Shape: x.Shape}
	for _, b := range x.Bytes {
		loud.Reals = append(loud.Reals, float32(b))
	}
	r, err := img.Run(t.Context(), loud, adder.RunOptions{})
	require.NoError(t, err)
	require.Len(t, r.Warnings, 1)
	require.Contains(t, r.Warnings[0], "of 1,568 inputs lay outside")
}
