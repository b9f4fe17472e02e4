package ann

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/snn"
	"adder/train/traintest"
)

// TestONNXReadsBack reads the written file by the compiler's front end, which
// knows nothing of the writer, and compares what it computes.
func TestONNXReadsBack(t *testing.T) {
	a, err := Train(t.Context(), values(traintest.Digits(t, dataset.Train, 500)),
		Config{Hidden: []int{24, 16}, Epochs: 2, Batch: 32, LearningRate: 0.1}, nil)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "m.onnx")
	require.NoError(t, a.SaveONNX(path))
	net, err := onnx.Read(path, onnx.Options{})
	require.NoError(t, err)
	require.NoError(t, net.Validate())
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)

	test := traintest.Digits(t, dataset.Test, 50)
	want, err := a.Logits(values(test))
	require.NoError(t, err)
	x := make([]float64, test.Size())
	for i := range test.Len() {
		for j, p := range test.Image(i) {
			x[j] = float64(p) / 255
		}
		got, err := analog.Run(x)
		require.NoError(t, err)
		require.Len(t, got, 10)
		for k, v := range got {
			require.InDelta(t, want[10*i+k], v, 1e-4)
		}
	}
}
