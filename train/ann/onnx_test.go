package ann

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"adder/internal/dataset"
	"adder/train/traintest"
)

// message is a decoded protobuf message: the values of each field, in order.
type message map[protowire.Number][]any // uint64, uint32 or []byte

func decode(t *testing.T, b []byte) message {
	t.Helper()
	m := message{}
	for len(b) > 0 {
		num, kind, n := protowire.ConsumeTag(b)
		require.Positive(t, n)
		b = b[n:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			v, n = protowire.ConsumeFixed32(b)
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(b)
		default:
			require.Fail(t, "unexpected wire type", "%v", kind)
		}
		require.Positive(t, n)
		b = b[n:]
		m[num] = append(m[num], v)
	}
	return m
}

func (m message) messages(t *testing.T, field protowire.Number) []message {
	t.Helper()
	var out []message
	for _, v := range m[field] {
		out = append(out, decode(t, v.([]byte)))
	}
	return out
}

func (m message) text(field protowire.Number) []string {
	var out []string
	for _, v := range m[field] {
		out = append(out, string(v.([]byte)))
	}
	return out
}

// shape returns the dimensions of a ValueInfoProto's tensor type.
func (m message) shape(t *testing.T) []any {
	t.Helper()
	tensor := m.messages(t, 2)[0].messages(t, 1)[0]
	require.Equal(t, []any{uint64(1)}, tensor[1], "float32")
	var dims []any
	for _, d := range tensor.messages(t, 2)[0].messages(t, 1) {
		if d[2] != nil {
			dims = append(dims, d.text(2)[0])
			continue
		}
		dims = append(dims, d[1][0])
	}
	return dims
}

// TestONNXStructure reads the file by the numbers of onnx.proto3, written out
// here anew.
func TestONNXStructure(t *testing.T) {
	a := newANN([]int{784, 20, 15, 10}, 9)
	var buf bytes.Buffer
	require.NoError(t, a.WriteONNX(&buf))

	model := decode(t, buf.Bytes())
	require.Equal(t, []any{uint64(7)}, model[1])
	require.Equal(t, []string{"adder"}, model.text(2))
	require.Equal(t, []any{uint64(13)}, model.messages(t, 8)[0][2])
	graph := model.messages(t, 7)[0]
	require.Equal(t, []string{"mlp"}, graph.text(2))

	in, out := graph.messages(t, 11), graph.messages(t, 12)
	require.Len(t, in, 1)
	require.Len(t, out, 1)
	require.Equal(t, []string{"input"}, in[0].text(1))
	require.Equal(t, []any{"batch", uint64(784)}, in[0].shape(t))
	require.Equal(t, []string{"logits"}, out[0].text(1))
	require.Equal(t, []any{"batch", uint64(10)}, out[0].shape(t))

	var nodes []string
	for _, n := range graph.messages(t, 1) {
		nodes = append(nodes, fmt.Sprint(n.text(4)[0], n.text(1), n.text(2)))
		if n.text(4)[0] != "Gemm" {
			require.Empty(t, n[5])
			continue
		}
		attrs := n.messages(t, 5)
		require.Len(t, attrs, 3)
		for i, name := range []string{"alpha", "beta"} {
			require.Equal(t, message{1: {[]byte(name)}, 2: {math.Float32bits(1)}, 20: {uint64(1)}},
				attrs[i])
		}
		require.Equal(t, message{1: {[]byte("transB")}, 3: {uint64(1)}, 20: {uint64(2)}}, attrs[2])
	}
	require.Equal(t, []string{
		"Gemm[input 0.weight 0.bias] [/0/Gemm_output_0]",
		"Relu[/0/Gemm_output_0] [/1/Relu_output_0]",
		"Gemm[/1/Relu_output_0 2.weight 2.bias] [/2/Gemm_output_0]",
		"Relu[/2/Gemm_output_0] [/3/Relu_output_0]",
		"Gemm[/3/Relu_output_0 4.weight 4.bias] [logits]",
	}, nodes)

	tensors := map[string]message{}
	for _, m := range graph.messages(t, 5) {
		require.Equal(t, []any{uint64(1)}, m[2], "float32")
		tensors[m.text(8)[0]] = m
	}
	require.Len(t, tensors, 6)
	for i, l := range a.Layers {
		w, b := tensors[fmt.Sprintf("%d.weight", 2*i)], tensors[fmt.Sprintf("%d.bias", 2*i)]
		require.Equal(t, []any{uint64(l.Out), uint64(l.In)}, w[1])
		require.Equal(t, []any{uint64(l.Out)}, b[1])
		require.Equal(t, l.Bias, floats(b))
		weights := floats(w)
		require.Len(t, weights, l.In*l.Out)
		for k, v := range weights {
			require.Equal(t, l.Weight[k%l.In*l.Out+k/l.In], v)
		}
	}
}

// floats returns a tensor's raw data.
func floats(m message) []float32 {
	raw := m[9][0].([]byte)
	v := make([]float32, len(raw)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return v
}

func TestSaveONNX(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.onnx")
	require.NoError(t, os.WriteFile(path, []byte("an older file"), 0o644))
	a, err := Train(t.Context(), values(traintest.Digits(t, dataset.Train, 20)),
		Config{Epochs: 1, Batch: 8, LearningRate: 0.1}, nil)
	require.NoError(t, err)
	require.NoError(t, a.SaveONNX(path))
	var want bytes.Buffer
	require.NoError(t, a.WriteONNX(&want))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want.Bytes(), got)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o644), info.Mode().Perm())

	require.ErrorContains(t, a.SaveONNX(filepath.Join(dir, "none", "m.onnx")), "m.onnx")
	// A folder cannot be replaced by a file: the temporary file must go.
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "taken.onnx", "x"), 0o755))
	require.Error(t, a.SaveONNX(filepath.Join(dir, "taken.onnx")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestWriteONNXReportsFailure(t *testing.T) {
	full := errors.New("disk full")
	require.ErrorIs(t, newANN([]int{4, 2}, 0).WriteONNX(failing{full}), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
