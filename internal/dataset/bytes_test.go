package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// npy is a .npy file.
func npy[T npz.Number](t testing.TB, shape []int, data ...T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, npz.WriteNPY(&b, shape, data))
	return b.Bytes()
}

// zipped packs files into an archive, in the order of their names.
func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = f.Write(files[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// tree writes files into folders below a new one.
func tree(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	return dir
}

// inArchive writes files into a zip archive.
func inArchive(t testing.TB, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "set.zip")
	require.NoError(t, os.WriteFile(path, zipped(t, files), 0o644))
	return path
}

// dot is a PNG picture of 3 x 2 pixels of one colour.
func dot(t testing.TB, c color.Color) []byte {
	t.Helper()
	var img interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewNRGBA(image.Rect(0, 0, 3, 2))
	if _, grey := c.(color.Gray); grey {
		img = image.NewGray(image.Rect(0, 0, 3, 2))
	}
	for k := range 6 {
		img.Set(k%3, k/3, c)
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// cifarRecord is a record of CIFAR whose pixels are all alike.
func cifarRecord(pixel byte, labels ...byte) []byte {
	return append(labels, bytes.Repeat([]byte{pixel}, cifarPixels)...)
}

// idx is an IDX file of a type.
func idx(code byte, shape []int, values ...byte) []byte {
	b := []byte{0, 0, code, byte(len(shape))}
	for _, d := range shape {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, values...)
}

func floats(values ...float32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}
