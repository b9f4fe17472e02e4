package onnx

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"
)

func nan() float64 { return math.NaN() }

func decodeTensor(t testing.TB, encoded []byte) (*tensor, error) {
	t.Helper()
	p := &tensorProto{}
	require.NoError(t, message{data: encoded}.each(p.field))
	return p.decode(&externalData{folder: t.TempDir(), left: maxModelBytes})
}

func fixed32(dst []byte, field protowire.Number, v float32) []byte {
	return protowire.AppendFixed32(protowire.AppendTag(dst, field, protowire.Fixed32Type),
		math.Float32bits(v))
}

// TestTensorEncodings: every way to write two numbers.
func TestTensorEncodings(t *testing.T) {
	head := func(dataType uint64) []byte { return tensorHead("w", dataType, 2) }
	minus := uint64(math.MaxUint64 - 1) // -2 in ten bytes
	packedDims := putVarint(putBytes(nil, 1, []byte{2, 1}), 2, typeFloat)
	double := func(v float64) uint64 { return math.Float64bits(v) }
	cases := []struct {
		name    string
		encoded []byte
		want    []float64
	}{
		{"float raw", putBytes(head(typeFloat), 9, rawFloats(1.5, -2)), []float64{1.5, -2}},
		{"float packed", putBytes(head(typeFloat), 4, rawFloats(1.5, -2)), []float64{1.5, -2}},
		{"float one by one", fixed32(fixed32(head(typeFloat), 4, 1.5), 4, -2), []float64{1.5, -2}},
		{"float packed in two parts", putBytes(putBytes(head(typeFloat), 4, rawFloats(1.5)), 4,
			rawFloats(-2)), []float64{1.5, -2}},
		{"extents packed", putBytes(packedDims, 9, rawFloats(1.5, -2)), []float64{1.5, -2}},
		{"double packed",
			putBytes(head(typeDouble), 10,
				protowire.AppendFixed64(protowire.AppendFixed64(nil, double(0.1)), double(-2))),
			[]float64{0.1, -2}},
		{"double raw",
			putBytes(head(typeDouble), 9,
				protowire.AppendFixed64(protowire.AppendFixed64(nil, double(0.1)), double(-2))),
			[]float64{0.1, -2}},
		{"int64 one by one", putVarint(putVarint(head(typeInt64), 7, 1), 7, minus),
			[]float64{1, -2}},
		{"int64 packed", putBytes(head(typeInt64), 7, protowire.AppendVarint([]byte{1}, minus)),
			[]float64{1, -2}},
		{"int32 packed", putBytes(head(typeInt32), 5, protowire.AppendVarint([]byte{1}, minus)),
			[]float64{1, -2}},
		{"int32 raw", putBytes(head(typeInt32), 9, []byte{1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}),
			[]float64{1, -2}},
		{"int16 raw", putBytes(head(typeInt16), 9, []byte{1, 0, 0xfe, 0xff}), []float64{1, -2}},
		{"int8 raw", putBytes(head(typeInt8), 9, []byte{1, 0xfe}), []float64{1, -2}},
		{"uint8 raw", putBytes(head(typeUint8), 9, []byte{1, 0xfe}), []float64{1, 254}},
		{"uint32 packed",
			putBytes(head(typeUint32), 11, protowire.AppendVarint([]byte{1}, math.MaxUint32)),
			[]float64{1, math.MaxUint32}},
		{"bool raw", putBytes(head(typeBool), 9, []byte{1, 0}), []float64{1, 0}},
		{"float16 raw", putBytes(head(typeFloat16), 9, []byte{0x00, 0x3e, 0x00, 0xc0}),
			[]float64{1.5, -2}},
		{"float16 packed",
			putBytes(head(typeFloat16), 5,
				protowire.AppendVarint(protowire.AppendVarint(nil, 0x3e00), 0xc000)), []float64{1.5,
				-2}},
		{"bfloat16 raw", putBytes(head(typeBfloat16), 9, []byte{0xc0, 0x3f, 0x00, 0xc0}),
			[]float64{1.5, -2}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decodeTensor(t, tc.encoded)
			require.NoError(t, err)
			require.Equal(t, tc.want, got.floats())
		})
	}
}

func TestTensorsRefused(t *testing.T) {
	cases := []struct {
		encoded []byte
		want    string
	}{
		{putBytes(tensorHead("w", typeFloat, 2), 4, rawFloats(1)),
			"it holds 1 elements where its shape [2] of float needs 2"},
		{putBytes(tensorHead("w", typeFloat, 2), 4, []byte{1, 2, 3}), "ends inside an element"},
		{putBytes(tensorHead("w", typeDouble, 2), 10, []byte{1, 2, 3}), "ends inside an element"},
		{putBytes(tensorHead("w", typeInt64, 1), 7, []byte{0x80}), "ends inside an element"},
		{tensorHead("w", typeFloat, 0, 1<<40), "impossible size"},
		{tensorHead("w", typeFloat, 1, 1, 1, 1, 1, 1, 1, 1, 1), "it has 9 axes"},
	}
	for _, tc := range cases {
		_, err := decodeTensor(t, tc.encoded)
		require.ErrorContains(t, err, tc.want)
	}
}

// TestFloat16 covers the format: every number that has a float16 comes
// back exactly.
func TestFloat16(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x0000: 0, 0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14,
		0x3c00: 1, 0x3555: 0.333251953125, 0x7bff: 65504, 0xfc00: math.Inf(-1), 0x8001: -0x1p-24,
	} {
		require.Equal(t, want, float64(float16(bits)), "%#04x", bits)
	}
	require.True(t, math.IsNaN(float64(float16(0x7e01))))
	require.True(t, math.Signbit(float64(float16(0x8000))))
}

// TestWireRoundTrip: what protowire encodes is read back, packed or not,
// with unknown fields between.
func TestWireRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Int64(), 1, 20).Draw(t, "values")
		var encoded []byte
		for i := 0; i < len(want); {
			encoded = putString(encoded, 99, "unknown")
			if rapid.Bool().Draw(t, "alone") {
				encoded = putVarint(encoded, 8, uint64(want[i]))
				i++
				continue
			}
			n := rapid.IntRange(1, len(want)-i).Draw(t, "run")
			var list []byte
			for _, v := range want[i : i+n] {
				list = protowire.AppendVarint(list, uint64(v))
			}
			encoded = putBytes(encoded, 8, list)
			i += n
		}
		encoded = protowire.AppendTag(encoded, 3, protowire.StartGroupType)
		encoded = protowire.AppendTag(encoded, 3, protowire.EndGroupType)
		a := &attributeProto{}
		if err := (message{data: encoded}).each(a.field); err != nil {
			t.Fatal(err)
		}
		got, err := integers(a.ints)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestSliceRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		bound := rapid.Int64Range(-12, 12)
		r := sliceRange{start: bound.Draw(t, "start"), stop: bound.Draw(t, "stop"),
			step: rapid.SampledFrom([]int64{-3, -2, -1, 1, 2, 3}).Draw(t, "step")}
		want := slicedOneByOne(n, r)
		first, count := r.resolve(n)
		var got []int
		for i := range count {
			got = append(got, first+i*int(r.step))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%+v of %d: got %v, want %v", r, n, got, want)
		}
	})
}

// slicedOneByOne walks the range as the text of ONNX's Slice has it: bounds
// are clamped to [0, n] for a positive step, and for a negative one the
// start to [0, n-1] and the end to [-1, n-1].
func slicedOneByOne(n int, r sliceRange) []int {
	index := func(i int64, low, high int64) int64 {
		if i < 0 {
			i += int64(n)
		}
		return min(max(i, low), high)
	}
	var out []int
	if r.step > 0 {
		for i := index(r.start, 0, int64(n)); i < index(r.stop, 0, int64(n)); i += r.step {
			out = append(out, int(i))
		}
		return out
	}
	for i := index(r.start, 0, int64(n-1)); i > index(r.stop, -1, int64(n-1)); i += r.step {
		out = append(out, int(i))
	}
	return out
}

// externalTensor is a tensor of two floats in another file.
func externalTensor(entries ...string) []byte {
	t := putVarint(tensorHead("w", typeFloat, 2, 1), 14, 1)
	for i := 0; i < len(entries); i += 2 {
		t = putBytes(t, 13, putString(putString(nil, 1, entries[i]), 2, entries[i+1]))
	}
	return t
}

func TestExternalData(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "model")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "sub"), 0o700))
	content := append([]byte{0, 0, 0, 0}, rawFloats(3, 4)...)
	for _, path := range []string{filepath.Join(folder, "sub", "w.bin"),
		filepath.Join(dir, "outside.bin")} {
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
	require.NoError(t, os.Symlink(filepath.Join(dir, "outside.bin"),
		filepath.Join(folder, "link.bin")))
	require.NoError(t, os.Symlink(filepath.Join("sub", "w.bin"),
		filepath.Join(folder, "inside.bin")))
	read := func(entries ...string) (string, error) {
		m := vector().initializer(externalTensor(entries...)).node("MatMul m: x w > y")
		net, err := parse(m.bytes(), "test", folder, Options{})
		if err != nil {
			return "", err
		}
		return describe(net), nil
	}
	for _, location := range []string{"sub/w.bin", "inside.bin"} {
		got, err := read("location", location, "offset", "4", "length", "8", "checksum", "unused")
		require.NoError(t, err)
		require.Contains(t, got, "m dense[[3 4]]")
	}
	for _, tc := range []struct {
		want    string
		entries []string
	}{
		{"must be a file inside the model's folder",
			[]string{"location", filepath.Join(dir, "outside.bin"), "offset", "4"}},
		{"must be a file inside the model's folder",
			[]string{"location", "../outside.bin", "offset", "4"}},
		{"must be a file inside the model's folder", []string{"location", "link.bin", "offset",
			"4"}},
		{"must be a file inside the model's folder", []string{"location", "none.bin"}},
		{"is not a regular file", []string{"location", "sub"}},
		{"needs 8 bytes from byte 5 on", []string{"location", "sub/w.bin", "offset", "5"}},
		{"needs 8 bytes from byte 9223372036854775807 on",
			[]string{"location", "sub/w.bin", "offset", "9223372036854775807"}},
		{"has 4 bytes where its shape [2 1] of float needs 8",
			[]string{"location", "sub/w.bin", "length", "4"}},
		{`the impossible offset "-1"`, []string{"location", "sub/w.bin", "offset", "-1"}},
		{`the impossible length "many"`, []string{"location", "sub/w.bin", "length", "many"}},
		{"does not say which", []string{"offset", "4"}},
	} {
		_, err := read(tc.entries...)
		require.ErrorContains(t, err, "tensor 'w': ")
		require.ErrorContains(t, err, tc.want)
	}
}

// TestExternalFiles: each file that holds weights is listed once.
func TestExternalFiles(t *testing.T) {
	dir := t.TempDir()
	m := vector().initializer(externalTensor("location", "w.bin")).node("MatMul m: x w > y")
	path := filepath.Join(dir, "m.onnx")
	require.NoError(t, os.WriteFile(path, m.bytes(), 0o600))
	files, err := ExternalFiles(path)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "w.bin")}, files)

	m = vector().initializer(externalTensor("location", "../w.bin")).node("MatMul m: x w > y")
	require.NoError(t, os.WriteFile(path, m.bytes(), 0o600))
	files, err = ExternalFiles(path)
	require.NoError(t, err)
	require.Empty(t, files, "Read refuses it")
	_, err = ExternalFiles(dir)
	require.Error(t, err)
}
