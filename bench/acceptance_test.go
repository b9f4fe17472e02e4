package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/internal/outside"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// mnist is the data the acceptance tests share.
type mnist struct {
	test        *dataset.Set
	calibration [][]float64
}

// loadMNIST reads MNIST once; 10,000 test images, or 1,000 with -short.
var loadMNIST = sync.OnceValues(func() (*mnist, error) {
	folder := filepath.Join(os.Getenv(outside.Variable), "mnist")
	train, err := dataset.Open(folder, dataset.Train)
	if err != nil {
		return nil, err
	}
	test, err := dataset.Open(folder, dataset.Test)
	if err != nil {
		return nil, err
	}
	if testing.Short() {
		test = test.Head(1000)
	}
	calibration, err := sample.Vectors(&sample.Values{Set: train}, 1000)
	return &mnist{test: test, calibration: calibration}, err
})

// acceptance gives MNIST and a model of the test data.
func acceptance(t *testing.T, model string) (*mnist, *snn.Network) {
	t.Helper()
	outside.Folder(t, "mnist")
	models := outside.Folder(t, "onnx")
	data, err := loadMNIST()
	require.NoError(t, err)
	net, err := onnx.Read(filepath.Join(models, model), onnx.Options{})
	require.NoError(t, err)
	return data, net
}

// spiking compiles a network for the profile adder.
func spiking(t *testing.T, data *mnist, net *snn.Network, bits int,
	config encode.Config) (*layout.Image, encode.Encoder) {
	t.Helper()
	on, err := profile.Load("adder")
	require.NoError(t, err)
	encoder, err := encode.New(config)
	require.NoError(t, err)
	result, err := compiler.Compile(t.Context(), net, compiler.Options{
		Chip: on, WeightBits: bits, Encoder: compiler.EncoderSettings(encoder.Config()),
		Conversion: convert.Options{Calibration: data.calibration, InputPeak: encoder.Peak()},
	})
	require.NoError(t, err)
	return result.Image, encoder
}

// annAccuracy is the share of images that the network gets right as an ANN.
func annAccuracy(t *testing.T, data *mnist, net *snn.Network) float64 {
	t.Helper()
	ann, err := snn.NewAnalog(net)
	require.NoError(t, err)
	right := 0
	for i, x := range vectors(t, data.test) {
		out, err := ann.Run(x)
		require.NoError(t, err)
		best := 0
		for k, v := range out {
			if v > out[best] {
				best = k
			}
		}
		if best == int(data.test.Labels[i]) {
			right++
		}
	}
	return float64(right) / float64(data.test.Len())
}

// evaluate emulates the test images by two workers.
func evaluate(t *testing.T, data *mnist, img *layout.Image,
	encoder encode.Encoder) *bench.Evaluation {
	t.Helper()
	c, err := chip.Load(img)
	require.NoError(t, err)
	found, err := bench.Evaluate(context.Background(), bench.Run{
		Chip: c, Options: chip.Options{ByTick: true}, Workers: 2,
		Source: &sample.Encoded{Values: sample.Values{Set: data.test}, Encoder: encoder},
	})
	require.NoError(t, err)
	return found
}

// points is the loss in accuracy against the ANN after so many ticks, in
// percentage points.
func points(ann float64, e *bench.Evaluation, ticks int) float64 {
	return 100 * (ann - float64(e.CorrectByTick[ticks-1])/float64(e.Samples))
}

// slack widens a bound on 10,000 images for the fewer that -short takes.
func slack(bound float64) float64 {
	if testing.Short() {
		return bound + 0.3
	}
	return bound
}

// TestConvertedMLP holds converted networks to the accuracy of their ANN.
func TestConvertedMLP(t *testing.T) {
	data, net := acceptance(t, "mlp_784_128_10.onnx")
	ann := annAccuracy(t, data, net)
	for _, c := range []struct {
		bits int
		// at32 and at64 are the largest losses after so many ticks; 0 is
		// no bound.
		at32, at64 float64
	}{
		{bits: 8, at32: 0.2, at64: 0.15},
		{bits: 4, at64: 0.7},
	} {
		t.Run(fmt.Sprint(c.bits, " bits"), func(t *testing.T) {
			img, encoder := spiking(t, data, net, c.bits,
				encode.Config{Kind: encode.KindRate, Ticks: 64})
			found := evaluate(t, data, img, encoder)
			t.Logf("ANN %.2f %%, lost %.2f points at 32 ticks and %.2f at 64", 100*ann,
				points(ann, found, 32), points(ann, found, 64))
			if c.at32 > 0 {
				require.LessOrEqual(t, points(ann, found, 32), slack(c.at32))
			}
			require.LessOrEqual(t, points(ann, found, 64), slack(c.at64))
			require.Equal(t, found.Correct, found.CorrectByTick[63])
		})
	}
}

// TestOtherEncoders holds the encoders that a network is not converted for
// first to about the accuracy of the ANN.
func TestOtherEncoders(t *testing.T) {
	for _, c := range []struct {
		config encode.Config
		lost   float64
	}{
		{encode.Config{Kind: encode.KindDirect, Ticks: 32}, 0.2},
		{encode.Config{Kind: encode.KindBernoulli, Ticks: 64}, 1.2},
	} {
		t.Run(c.config.Kind, func(t *testing.T) {
			data, net := acceptance(t, "mlp_784_128_10.onnx")
			small := &mnist{test: data.test.Head(2000), calibration: data.calibration}
			ann := annAccuracy(t, small, net)
			img, encoder := spiking(t, small, net, 8, c.config)
			found := evaluate(t, small, img, encoder)
			lost := points(ann, found, c.config.Ticks)
			t.Logf("ANN %.2f %%, lost %.2f points", 100*ann, lost)
			require.LessOrEqual(t, lost, slack(c.lost))
		})
	}
}

// TestVariantsAreOneModel compiles one network from files that write it in
// several ways: the images are the same but for the names that files give.
func TestVariantsAreOneModel(t *testing.T) {
	var want []byte
	for _, name := range []string{
		"mlp_784_128_10.onnx", "mlp_784_128_10_external.onnx",
		"mlp_784_128_10_matmul_floatdata.onnx", "mlp_784_128_10_opset9.onnx",
	} {
		t.Run(name, func(t *testing.T) {
			data, net := acceptance(t, name)
			img, _ := spiking(t, data, net, 8, encode.Config{Kind: encode.KindRate, Ticks: 32})
			img.Model, img.Input.Name = "model", "input"
			for p := range img.Populations {
				img.Populations[p].Name = fmt.Sprint("layer ", p)
			}
			var file bytes.Buffer
			require.NoError(t, layout.Write(&file, img))
			if want == nil {
				want = file.Bytes()
			}
			require.True(t, bytes.Equal(want, file.Bytes()), "%s compiles to another image", name)
		})
	}
}
