package code_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/code"
	"adder/compiler/levels"
	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/internal/outside"
	"adder/quantised"
)

// TestTrainedNetworksAreExact runs networks as trained, in bits of their own or of
// calibration, on both engines: no output is another than the evaluator's.
func TestTrainedNetworksAreExact(t *testing.T) {
	mnist, models, colour := outside.Folder(t, "mnist"), outside.Folder(t,
		"onnx"), outside.Folder(t, "cifar10")
	cifar := filepath.Join(colour, "cifar10.zip")
	if testing.Short() {
		t.Skip("trained networks")
	}
	for _, test := range []struct {
		model, data, chip string
		kinds             []string
		input, activation int
		samples, clocked  int
		calibration       int
	}{
		{filepath.Join(models, "mlp_784_128_10.onnx"), mnist, "adder", kinds, 3, 4, 500, 20, 500},
		{filepath.Join(models, "qdq_mlp_u8.onnx"), mnist, "adder", kinds, 0, 0, 100, 10, 0},
		{filepath.Join(models, "cnn_avgpool_8_16.onnx"), mnist, "adder", kinds, 4, 4, 20, 2, 200},
		{filepath.Join(colour, "vggmax.onnx"), cifar, "wide", kinds[:1], 4, 4, 5, 0, 50},
		{filepath.Join(colour, "resnet8.onnx"), cifar, "wide", kinds[:1], 4, 4, 5, 1, 50},
	} {
		for _, kind := range test.kinds {
			t.Run(filepath.Base(test.model)+" "+kind, func(t *testing.T) {
				q := quantise(t, test.model, test.data, levels.Options{
					InputBits: test.input, ActivationBits: test.activation,
				}, test.calibration)
				requireExact(t, q, kind, test.chip, test.data, test.samples, test.clocked)
			})
		}
	}
}

// quantise brings a model to levels, by the first training samples where it has none.
func quantise(t *testing.T, model, data string, o levels.Options, samples int) *quantised.Network {
	net, err := onnx.Read(model, onnx.Options{})
	require.NoError(t, err)
	if samples > 0 {
		train, err := dataset.OpenHead(data, dataset.Train, samples)
		require.NoError(t, err)
		for i := range samples {
			o.Calibration = append(o.Calibration, analog(train, i))
		}
	}
	q, _, err := levels.Network(t.Context(), net, o)
	require.NoError(t, err)
	return q
}

// analog are the pixels of a picture, from 0 to 1.
func analog(s *dataset.Set, i int) []float64 {
	x := make([]float64, s.Size())
	for k, v := range s.Image(i) {
		x[k] = float64(v) / 255
	}
	return x
}

func requireExact(t *testing.T, q *quantised.Network, kind, on, data string, samples, clocked int) {
	profiled, err := profile.Load(on)
	require.NoError(t, err)
	net, err := code.Network(q, kind, profiled)
	require.NoError(t, err)
	encoder := encoderOf(q, kind)
	r, err := compiler.CompileIR(t.Context(), net,
		compiler.Options{Chip: profiled, Encoder: encoder})
	require.NoError(t, err)
	loaded, err := chip.Load(r.Image)
	require.NoError(t, err)
	test, err := dataset.OpenHead(data, dataset.Test, samples)
	require.NoError(t, err)
	fast := loaded.NewFast(chip.Options{})
	cycle, err := loaded.NewCycle(chip.Options{}, nil)
	require.NoError(t, err)
	evaluator, err := quantised.NewEvaluator(q)
	require.NoError(t, err)
	input := make([]int32, q.Input.Size)
	var synops, right int64
	for i := range samples {
		x := analog(test, i)
		want, err := evaluator.Run(x)
		require.NoError(t, err)
		q.Input.Levels(x, input)
		s := &chip.Sample{Number: uint64(i), Spikes: trainOf(t, &encoder, input)}
		engines := []chip.Engine{fast}
		if i < clocked {
			engines = append(engines, cycle)
		}
		for _, e := range engines {
			got, err := e.Run(t.Context(), s)
			require.NoError(t, err)
			require.Zero(t, got.Counts.Core.Saturations)
			for n := range want {
				require.EqualValues(t, want[n], got.Output[n], "sample %d, output %d", i, n)
			}
			if e == fast {
				synops += got.Counts.Core.Synops
				if got.Class == int(test.Labels[i]) {
					right++
				}
			}
		}
	}
	t.Logf("%d samples: %.2f %%, %d synops, %d neurons, %d cores, %d ticks", samples,
		100*float64(right)/float64(samples),
		synops/int64(samples), r.Report.Neurons, len(r.Report.Cores),
		int(encoder.Ticks)+loaded.Latency())
}
