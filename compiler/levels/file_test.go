package levels

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/quantised"
)

// TestFilesToTheBit compares the sums of models that are quantised by their file with
// what ONNX Runtime computes of them, in every value.
func TestFilesToTheBit(t *testing.T) {
	folder := outside.Folder(t, "onnx")
	test, err := dataset.Open(outside.Folder(t, "mnist"), dataset.Test)
	require.NoError(t, err)
	for _, name := range []string{"qdq_mlp_u8", "qdq_mlp_3_4bit"} {
		net, err := onnx.Read(filepath.Join(folder, name+".onnx"), onnx.Options{})
		require.NoError(t, err)
		q, report, err := Network(context.Background(), net, Options{})
		require.NoError(t, err)
		require.True(t, report.ByFile)
		require.Empty(t, report.Warnings)
		e, err := quantised.NewEvaluator(q)
		require.NoError(t, err)
		want := array(t, filepath.Join(folder, name+".npz"), "logits_int_first1000")
		scale := array(t, filepath.Join(folder, name+".npz"), "logit_scale")[0]
		require.InDelta(t, scale, q.Populations[q.Output].Unit[0], scale*1e-6)
		for i := range len(want) / 10 {
			y, err := e.Run(analog(test, i))
			require.NoError(t, err)
			for k, v := range y {
				require.Equal(t, int64(want[i*10+k]), v, "%s, image %d, output %d", name, i, k)
			}
		}
	}
}

func array(t *testing.T, file, name string) []float64 {
	t.Helper()
	f, err := npz.Open(file)
	require.NoError(t, err)
	a, err := f.Array(name)
	require.NoError(t, err)
	values, err := a.Float64s()
	require.NoError(t, err)
	return values
}

func TestCommonStep(t *testing.T) {
	for _, c := range []struct {
		integers []float64
		step     float64
	}{{[]float64{1, 2, 127}, 0.0065585}, {[]float64{3, 5, 250}, 1.3e-4},
		{[]float64{40000, 65000, 65001}, 7e-5}, {[]float64{4}, 2}} {
		var values []float64
		for _, n := range c.integers {
			v := n * c.step
			if n < 256 {
				v = float64(float32(v))
			}
			values = append(values, v)
		}
		want := c.step
		if len(values) == 1 {
			want *= c.integers[0] // one weight is one step
		}
		require.InDelta(t, want, commonStep(values), want*1e-6)
	}
	require.Equal(t, 0.0, commonStep(nil))
	require.Equal(t, -1.0, commonStep([]float64{1, math.Pi, 10, 10 * math.Sqrt2}))
}
