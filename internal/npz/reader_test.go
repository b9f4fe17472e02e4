package npz

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// readPieces reads an array in pieces of n elements.
func readPieces(r *Reader, n int) ([]float64, error) {
	var out []float64
	dst := make([]float64, n)
	for {
		k, err := r.Float64s(dst)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, dst[:k]...)
	}
}

// TestReaderReadsWhatArrayReads: in pieces of any size and past skipped elements, for
// each type.
func TestReaderReadsWhatArrayReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	w, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, Write(w, "f8", []int{2, 4}, []float64{0, 1, 2, 3, 4, 5, 250, 7.5}))
	require.NoError(t, Write(w, "f4", []int{8}, []float32{0, 1, -2.5, 3, 4, 5, 6, 7}))
	require.NoError(t, Write(w, "u1", []int{8}, []uint8{0, 1, 2, 255, 4, 5, 6, 7}))
	require.NoError(t, Write(w, "i2", []int{8}, []int16{0, 1, -2, 255, 4, 5, 6, -32768}))
	require.NoError(t, Write(w, "u8", []int{8}, []uint64{0, 1, 2, 1 << 53, 4, 5, 6, 7}))
	require.NoError(t,
		Write(w, "b1", []int{8}, []bool{true, false, true, true, false, false, true, true}))
	require.NoError(t, w.Close())
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	for _, name := range f.Names() {
		a, err := f.Array(name)
		require.NoError(t, err)
		want, err := a.Float64s()
		require.NoError(t, err)
		for skip := range 8 {
			r, err := f.Reader(name)
			require.NoError(t, err)
			require.Equal(t, a.Shape, r.Shape)
			require.Equal(t, a.Type, r.Type)
			require.NoError(t, r.Skip(skip))
			got, err := readPieces(r, 3)
			require.NoError(t, err)
			require.Equal(t, want[skip:], got, name)
			require.ErrorContains(t, r.Skip(1), "0 elements are left, not 1")
			require.NoError(t, r.Close())
		}
	}
	_, err = f.Reader("none")
	require.ErrorContains(t, err, `no array "none"`)
}

// TestReaderOfNPY: the bare file, big-endian numbers, the order of Fortran, and files
// that are cut or too long.
func TestReaderOfNPY(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	save := func(b []byte) { require.NoError(t, os.WriteFile(path, b, 0o600)) }
	header, err := formatHeader(">i2", []int{3})
	require.NoError(t, err)
	header = bytes.Replace(header, []byte("False"), []byte("True "), 1)
	save(append(header, 0, 1, 1, 0, 0xff, 0xff))
	r, err := OpenReader(path)
	require.NoError(t, err)
	require.True(t, r.Fortran)
	got, err := readPieces(r, 2)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 256, -1}, got)
	require.NoError(t, r.Close())
	save(append(header, 0, 1, 1, 0, 0xff))
	_, err = OpenReader(path)
	require.ErrorContains(t, err, "takes 6 bytes but 5 follow the header")
	header, err = formatHeader("<U2", []int{1})
	require.NoError(t, err)
	save(append(header, make([]byte, 8)...))
	_, err = OpenReader(path)
	require.ErrorContains(t, err, "the array is str: numbers are needed")
}

// TestReaderVerifiesTheChecksum with the last element.
func TestReaderVerifiesTheChecksum(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, err := z.CreateHeader(&zip.FileHeader{Name: "a.npy", Method: zip.Store})
	require.NoError(t, err)
	require.NoError(t, WriteNPY(m, []int{4}, []uint8{'w', 'x', 'y', 'z'}))
	require.NoError(t, z.Close())
	damaged := bytes.Replace(b.Bytes(), []byte("wxyz"), []byte("wxyy"), 1)
	f, err := Read("a.npz", bytes.NewReader(damaged), int64(len(damaged)))
	require.NoError(t, err)
	r, err := f.Reader("a")
	require.NoError(t, err)
	_, err = readPieces(r, 4)
	require.ErrorContains(t, err, `a.npz: array "a": the file is damaged`)
}
