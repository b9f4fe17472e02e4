package onnx

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/dataset"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/snn"
)

func readModel(t testing.TB, name string) *snn.Network {
	t.Helper()
	net, err := Read(filepath.Join(outside.Folder(t, "onnx"), name+".onnx"), Options{})
	require.NoError(t, err)
	require.NoError(t, net.Validate())
	return net
}

// logits are a model's outputs for the first n MNIST test images.
func logits(t testing.TB, net *snn.Network, n int) [][]float64 {
	t.Helper()
	set, err := dataset.Open(outside.Folder(t, "mnist"), dataset.Test)
	require.NoError(t, err)
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)
	out := make([][]float64, n)
	x := make([]float64, set.Size())
	for i := range out {
		for j, p := range set.Image(i) {
			x[j] = float64(p) / 255
		}
		y, err := analog.Run(x)
		require.NoError(t, err)
		out[i] = append([]float64(nil), y...)
	}
	return out
}

// exportedLogits are those that the training tool wrote beside the model.
func exportedLogits(t testing.TB, name string) [][]float64 {
	t.Helper()
	var rows [][]float64
	file, err := npz.Open(filepath.Join(outside.Folder(t, "onnx"), name+".npz"))
	require.NoError(t, err)
	defer file.Close()
	a, err := file.Array("logits_first200")
	require.NoError(t, err)
	flat, err := a.Float64s()
	require.NoError(t, err)
	require.Len(t, flat, 200*10)
	for i := 0; i < len(flat); i += 10 {
		rows = append(rows, flat[i:i+10])
	}
	return rows
}

// requireClose compares rows within a part of each row's largest magnitude.
func requireClose(t testing.TB, want, got [][]float64, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		largest := 0.0
		for _, v := range want[i] {
			largest = max(largest, math.Abs(v))
		}
		require.InDeltaSlice(t, want[i], got[i], tolerance*largest, "image %d", i)
	}
}

func mlpVariants() []string {
	return []string{
		"mlp_784_128_10", "mlp_784_128_10_opset9",
		"mlp_784_128_10_matmul_floatdata", "mlp_784_128_10_external",
	}
}

// TestLogitsAgree runs the models on MNIST and compares with what the tool
// that trained them computed.
func TestLogitsAgree(t *testing.T) {
	for _, name := range append(mlpVariants(), "cnn_avgpool_8_16", "cnn_avgpool_bn_unfolded") {
		t.Run(name, func(t *testing.T) {
			base := "mlp_784_128_10"
			if name[0] == 'c' {
				base = "cnn_avgpool_8_16"
			}
			want := exportedLogits(t, base)
			requireClose(t, want, logits(t, readModel(t, name), len(want)), 1e-4)
		})
	}
}

// TestEncodingsAgree: however the file holds the weights, the network has
// the same operations with the same numbers.
func TestEncodingsAgree(t *testing.T) {
	want := readModel(t, mlpVariants()[0])
	for _, name := range mlpVariants()[1:] {
		got := readModel(t, name)
		require.Equal(t, want.Edges, got.Edges, name)
		require.Len(t, got.Nodes, len(want.Nodes), name)
		for i := range want.Nodes {
			require.Equal(t, want.Nodes[i].Op, got.Nodes[i].Op, "%s node %d", name, i)
			require.Equal(t, want.Nodes[i].In, got.Nodes[i].In, "%s node %d", name, i)
			require.Equal(t, want.Nodes[i].Out, got.Nodes[i].Out, "%s node %d", name, i)
		}
	}
}

// TestUnfoldedBatchNormalization: the twin whose normalisation was left
// outside the convolutions computes the same.
func TestUnfoldedBatchNormalization(t *testing.T) {
	folded := logits(t, readModel(t, "cnn_avgpool_8_16"), 200)
	unfolded := readModel(t, "cnn_avgpool_bn_unfolded")
	scales := 0
	for i := range unfolded.Nodes {
		if unfolded.Nodes[i].Op.Kind() == "scale" {
			scales++
		}
	}
	require.Positive(t, scales)
	requireClose(t, folded, logits(t, unfolded, 200), 1e-4)
}

// BenchmarkRead asks how fast a model becomes a network.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"mlp_784_128_10", "mlp_784_128_10_matmul_floatdata",
		"cnn_avgpool_8_16"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(outside.Folder(b, "onnx"), name+".onnx")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(path, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
