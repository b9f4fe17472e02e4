package bench_test

import (
	"context"
	"flag"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// cifarPictures is the number of test pictures that the spiking networks run; 1,000 take
// many minutes: go test ./bench -run CIFAR -cifar 1000 -timeout 2h.
var cifarPictures = flag.Int("cifar", 0, "test pictures of CIFAR-10 to run on a chip")

// cifar opens the first pictures of the archive, as it is distributed.
func cifar(t *testing.T, split dataset.Split, n int) *dataset.Set {
	t.Helper()
	set, err := dataset.OpenHead(filepath.Join(outside.Folder(t, "cifar10"), "cifar10.zip"),
		split, n)
	require.NoError(t, err)
	require.Equal(t, []any{n, []int{3, 32, 32}, 10}, []any{set.Len(), set.Shape, set.Classes})
	return set
}

func cifarModel(t *testing.T, name string) *snn.Network {
	t.Helper()
	net, err := onnx.Read(filepath.Join(outside.Folder(t, "cifar10"), name+".onnx"), onnx.Options{})
	require.NoError(t, err)
	return net
}

// The pictures of the archive give the logits that ONNX Runtime gave of them where the
// network was trained, up to the last bit of a JPEG decoder: libjpeg's there.
func TestCIFARLogits(t *testing.T) {
	const opened, perClass = 1500, 1000
	v := &sample.Values{Set: cifar(t, dataset.Test, opened)}
	file, err := npz.Open(filepath.Join(outside.Folder(t, "cifar10"), "resnet8.npz"))
	require.NoError(t, err)
	defer file.Close()
	numbers := func(name string) []float64 {
		array, err := file.Array(name)
		require.NoError(t, err)
		values, err := array.Float64s()
		require.NoError(t, err)
		return values
	}
	index, logits, labels := numbers("index"), numbers("logits"), numbers("label")
	analog, err := snn.NewAnalog(cifarModel(t, "resnet8"))
	require.NoError(t, err)
	tried := 0
	for k, i := range index {
		// The file counts class by class, the set in turn.
		number := int(i)%perClass*10 + int(i)/perClass
		if number >= opened {
			continue
		}
		tried++
		require.EqualValues(t, labels[k], v.Label(number))
		x, err := v.Analog(number, nil)
		require.NoError(t, err)
		y, err := analog.Run(x)
		require.NoError(t, err)
		require.InDeltaSlice(t, logits[10*k:10*k+10], y, 0.1)
	}
	require.Greater(t, tried, 15)
}

// On chip wide, the networks lose no more than a point at their ticks.
func TestCIFARNetworks(t *testing.T) {
	if *cifarPictures == 0 {
		t.Skip("-cifar is not set: it says how many pictures to run, which takes long")
	}
	test, training := cifar(t, dataset.Test, *cifarPictures), cifar(t, dataset.Train, 200)
	calibration, err := sample.Vectors(&sample.Values{Set: training}, training.Len())
	require.NoError(t, err)
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	for name, ticks := range map[string]int{"resnet8": 128, "vggavg_qcfs": 32} {
		t.Run(name, func(t *testing.T) {
			net := cifarModel(t, name)
			encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: ticks})
			require.NoError(t, err)
			result, err := compiler.Compile(context.Background(), net, compiler.Options{
				Chip: wide, WeightBits: 8, Encoder: compiler.EncoderSettings(encoder.Config()),
				Conversion: convert.Options{Calibration: calibration, InputPeak: encoder.Peak()},
			})
			require.NoError(t, err)
			loaded, err := chip.Load(result.Image)
			require.NoError(t, err)
			source := &sample.Encoded{Values: sample.Values{Set: test}, Encoder: encoder}
			spiking, err := bench.Evaluate(context.Background(),
				bench.Run{Chip: loaded, Source: source, Workers: 2})
			require.NoError(t, err)
			ann, err := bench.EvaluateANN(context.Background(),
				bench.ANNRun{Network: net, Samples: source, Workers: 2})
			require.NoError(t, err)
			t.Logf("%d ticks: SNN %.4f, ANN %.4f of %d pictures", ticks, spiking.Accuracy(),
				ann.Accuracy(), test.Len())
			require.InDelta(t, ann.Accuracy(), spiking.Accuracy(), max(0.01, 2/float64(test.Len())))
		})
	}
}
