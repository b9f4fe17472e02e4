package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/layout"
	"adder/quantised"
	"adder/spike"
	"adder/spike/encode"
)

// TestSplitLayer compiles the dense layers of PyTorch's MNIST example, of which the first
// hears 9,216 sources, for cores of 4,096 axons: every integer is that of the network whose
// neurons hear all of them.
func TestSplitLayer(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	sample := make([]float64, 9216)
	for i := range sample {
		sample[i] = float64(i*7919%101) / 100
	}
	opts := Options{Chip: adder, Encoder: layout.Encoder{Kind: encode.KindRadix}, WeightBits: 5}
	opts.Conversion.Calibration = [][]float64{sample}
	r, err := Compile(t.Context(), perceptron(9216, 32, 10), opts)
	require.NoError(t, err)
	require.Len(t, r.Report.Splits, 1)
	split := r.Report.Splits[0]
	require.Equal(t, []any{"relu2", 9216, 4096, 3},
		[]any{split.Layer, split.FanIn, split.Have, split.Sums})

	e, err := quantised.NewEvaluator(r.Quantised)
	require.NoError(t, err)
	want, err := e.Run(sample)
	require.NoError(t, err)
	made, err := encode.New(EncoderConfig(&r.Image.Encoder, 0))
	require.NoError(t, err)
	train := new(spike.Train)
	made.(*encode.Coded).EncodeLevels(e.Levels(quantised.FromInput), train)
	loaded, err := chip.Load(r.Image)
	require.NoError(t, err)
	got, err := loaded.NewFast(chip.Options{}).Run(t.Context(), &chip.Sample{Spikes: train})
	require.NoError(t, err)
	for k, sum := range want {
		require.EqualValues(t, sum, got.Output[k])
	}
	require.Equal(t, 4+split.WordBits, r.Report.Latency, "the sum, then four bits")
}

// TestSplitRefused names what splits a layer, or that the chip cannot.
func TestSplitRefused(t *testing.T) {
	for chipName, want := range map[string]string{
		"adder": "layer relu2 needs 5,000 input axons for one neuron; the chip has 4,096: " +
			"prune it by 904, or put a layer of at most 4,096 outputs before it; " +
			"or take --code radix, which splits the layer exactly",
		"loihi": "chip loihi has no radix neurons, so the layer cannot be split",
	} {
		on, err := profile.Load(chipName)
		require.NoError(t, err)
		opts := Options{Chip: on, Encoder: layout.Encoder{Kind: "rate", Ticks: 8}}
		_, err = Compile(t.Context(), perceptron(5000, 3, 2), opts)
		require.ErrorContains(t, err, want)
	}
}
