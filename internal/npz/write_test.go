package npz

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// archive writes an archive in memory and opens it.
func archive(t require.TestingT, fill func(w *Writer)) *File {
	var b bytes.Buffer
	w := newWriter(&b)
	fill(w)
	require.NoError(t, w.Close())
	f, err := Read("mem.npz", bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	return f
}

// roundTrip writes data in pieces and requires it back.
func roundTrip[T Number](t *rapid.T, dtype DType, gen *rapid.Generator[T],
	back func(*Array) ([]T, error)) {
	shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")
	n, err := elements(shape)
	require.NoError(t, err)
	data := rapid.SliceOfN(gen, n, n).Draw(t, "data")
	cut := rapid.IntRange(0, n).Draw(t, "cut")
	f := archive(t, func(w *Writer) {
		s, err := begin[T](w, "a", shape)
		require.NoError(t, err)
		require.NoError(t, s.Append(data[:cut]))
		require.NoError(t, s.Append(data[cut:]))
		require.NoError(t, s.Close())
	})
	a, err := f.Array("a")
	require.NoError(t, err)
	require.Equal(t, dtype, a.Type)
	require.Equal(t, append([]int{}, shape...), a.Shape)
	got, err := back(a)
	require.NoError(t, err)
	require.Equal(t, append([]T{}, data...), append([]T{}, got...))

	var bare bytes.Buffer
	require.NoError(t, WriteNPY(&bare, shape, data))
	again, err := ReadNPY("mem.npy", &bare, int64(bare.Len()))
	require.NoError(t, err)
	require.Equal(t, a.Bytes(), again.Bytes())
}

// asInts adapts Int64s to a narrower integer type.
func asInts[T Number](convert func(int64) T) func(*Array) ([]T, error) {
	return func(a *Array) ([]T, error) {
		v, err := a.Int64s()
		out := make([]T, len(v))
		for i, x := range v {
			out[i] = convert(x)
		}
		return out, err
	}
}

func TestRoundTrip(t *testing.T) {
	t.Run("bool", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Bool, rapid.Bool(), (*Array).Bools)
	}))
	t.Run("uint8", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Uint8, rapid.Uint8(), (*Array).Uint8s)
	}))
	t.Run("int8", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Int8, rapid.Int8(), asInts(func(v int64) int8 { return int8(v) }))
	}))
	t.Run("int16", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Int16, rapid.Int16(), asInts(func(v int64) int16 { return int16(v) }))
	}))
	t.Run("uint16", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Uint16, rapid.Uint16(), asInts(func(v int64) uint16 { return uint16(v) }))
	}))
	t.Run("int32", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Int32, rapid.Int32(), asInts(func(v int64) int32 { return int32(v) }))
	}))
	t.Run("uint32", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Uint32, rapid.Uint32(), asInts(func(v int64) uint32 { return uint32(v) }))
	}))
	t.Run("int64", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Int64, rapid.Int64(), (*Array).Int64s)
	}))
	t.Run("uint64", rapid.MakeCheck(func(t *rapid.T) {
		gen := rapid.Uint64Range(0, math.MaxInt64)
		roundTrip(t, Uint64, gen, asInts(func(v int64) uint64 { return uint64(v) }))
	}))
	t.Run("float32", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Float32, rapid.Float32(), (*Array).Float32s)
	}))
	t.Run("float64", rapid.MakeCheck(func(t *rapid.T) {
		roundTrip(t, Float64, rapid.Float64(), (*Array).Float64s)
	}))
}

func TestStringRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.String(), 0, 6).Draw(t, "data")
		for i, s := range data {
			data[i] = strings.TrimRight(s, "\x00")
		}
		f := archive(t, func(w *Writer) {
			require.NoError(t, writeStrings(w, "s", []int{len(data)}, data))
		})
		a, err := f.Array("s")
		require.NoError(t, err)
		got, err := a.Strings()
		require.NoError(t, err)
		require.Equal(t, append([]string{}, data...), got)
	})
}

// Fortran order is the transposed array's C order.
func TestFortranIsTranspose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 9).Draw(t, "rows")
		cols := rapid.IntRange(1, 9).Draw(t, "cols")
		data := make([]byte, rows*cols)
		for i := range data {
			data[i] = byte(i)
		}
		got := fromFortran(data, []int{rows, cols}, 1)
		for r := range rows {
			for c := range cols {
				require.Equal(t, data[c*rows+r], got[r*cols+c])
			}
		}
	})
}

func fillSample(t testing.TB, w *Writer) {
	require.NoError(t,
		Write(w, "zebra", []int{2, 3}, []float32{0, 1.5, -2, float32(math.Inf(1)), 3, 1e-40}))
	require.NoError(t, Write(w, "scalar", nil, []int64{-7}))
	require.NoError(t, Write(w, "mask", []int{3}, []bool{true, false, true}))
	require.NoError(t, Write(w, "bytes", []int{2, 2, 1}, []uint8{0, 1, 254, 255}))
	require.NoError(t, Write(w, "ints", []int{2}, []int32{math.MinInt32, math.MaxInt32}))
	require.NoError(t, Write(w, "doubles", []int{0, 5}, []float64(nil)))
	require.NoError(t, writeStrings(w, "words", []int{2, 1}, []string{"grüße 𝄞", ""}))
	require.NoError(t, writeStrings(w, "word", nil, []string{"axon"}))
	s, err := begin[uint8](w, "big", []int{1000, 1000})
	require.NoError(t, err)
	row := make([]uint8, 1000)
	for r := range 1000 {
		for c := range row {
			row[c] = byte(r * c)
		}
		require.NoError(t, s.Append(row))
	}
	require.NoError(t, s.Close())
}

func TestCreateIsAtomicAndDeterministic(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i, name := range []string{"a.npz", "b.npz"} {
		path := filepath.Join(dir, name)
		w, err := Create(path)
		require.NoError(t, err)
		defer w.Abort()
		fillSample(t, w)
		require.NoFileExists(t, path)
		require.NoError(t, w.Close())
		w.Abort()
		files[i], err = os.ReadFile(path)
		require.NoError(t, err)
	}
	require.Equal(t, files[0], files[1])
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "no temporary file is left")
}

func TestWriterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		fill func(w *Writer) error
		want string
	}{
		"few elements": {func(w *Writer) error {
			return Write(w, "a", []int{3}, []int32{1})
		}, "2 elements of its shape are missing"},
		"many elements": {func(w *Writer) error {
			return Write(w, "a", []int{1}, []int32{1, 2, 3})
		}, "2 elements more"},
		"negative shape": {func(w *Writer) error {
			return Write(w, "a", []int{-1}, []int32{})
		}, "negative"},
		"huge shape": {func(w *Writer) error {
			return Write(w, "a", []int{1 << 40, 1 << 40}, []int32{})
		}, "too large"},
		"no name": {func(w *Writer) error {
			return Write(w, "", nil, []int32{1})
		}, "not an array name"},
		"twice": {func(w *Writer) error {
			return errors.Join(Write(w, "a", nil, []int32{1}), Write(w, "a", nil, []int32{1}))
		}, "written twice"},
		"nested": {func(w *Writer) error {
			_, err := begin[uint8](w, "a", []int{2})
			return errors.Join(err, Write(w, "b", nil, []int32{1}))
		}, "before the stream"},
		"bad text": {func(w *Writer) error {
			return writeStrings(w, "a", nil, []string{"\xff"})
		}, "valid UTF-8"},
		"zero at end": {func(w *Writer) error {
			return writeStrings(w, "a", nil, []string{"x\x00"})
		}, "ends in a zero"},
		"text count": {func(w *Writer) error {
			return writeStrings(w, "a", nil, nil)
		}, "0 strings for shape ()"},
		"open at end": {func(w *Writer) error {
			_, err := begin[uint8](w, "a", []int{2})
			return err
		}, ""},
		"many strings": {func(w *Writer) error {
			return writeStrings(w, "a", []int{1}, []string{"a", "b"})
		}, "2 strings for shape (1,)"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npz")
			w, err := Create(path)
			require.NoError(t, err)
			err = c.fill(w)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
			} else {
				require.NoError(t, err)
			}
			require.Error(t, w.Close(), "a spoilt archive is not kept")
			entries, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Empty(t, entries)
			require.Error(t, Write(w, "late", nil, []int32{1}))
		})
	}
	require.ErrorContains(t, WriteNPY(&bytes.Buffer{}, []int{3}, []int8{1}),
		"1 elements for shape (3,)")
	require.ErrorContains(t, WriteNPY(&bytes.Buffer{}, []int{-3}, []int8{1}), "negative")
	_, err := Create(filepath.Join(t.TempDir(), "no", "such", "x.npz"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestAbortLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npz")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	w, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, Write(w, "a", nil, []int32{1}))
	w.Abort()
	require.Error(t, w.Close())
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(old))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

const readBack = `
import json, sys, numpy as np
f = np.load(sys.argv[1])  # allow_pickle is off
out = {}
for name in f.files:
    a = f[name]
    out[name] = {"dtype": a.dtype.str, "shape": a.shape, "c": bool(a.flags.c_contiguous),
                 "first": [str(v) for v in a.ravel()[:6]], "sum": str(a.sum()) if a.dtype.kind == "u" else ""}
json.dump(out, sys.stdout)
`

// TestNumPyReadsOurs lets NumPy itself open what the writer made.
func TestNumPyReadsOurs(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(python, "-c", "import numpy").Run()
	}
	if err != nil {
		// A python3 without NumPy may hide the system's.
		python = "/usr/bin/python3"
		if exec.Command(python, "-c", "import numpy").Run() != nil {
			t.Skip("no python3 with numpy")
		}
	}
	path := filepath.Join(t.TempDir(), "ours.npz")
	w, err := Create(path)
	require.NoError(t, err)
	fillSample(t, w)
	require.NoError(t, w.Close())
	text, err := exec.Command(python, "-c", readBack, path).Output()
	require.NoError(t, err)
	type array struct {
		DType string
		Shape []int
		C     bool
		First []string
		Sum   string
	}
	var got map[string]array
	require.NoError(t, json.Unmarshal(text, &got))
	var sum int
	for r := range 1000 {
		for c := range 1000 {
			sum += int(byte(r * c))
		}
	}
	big := got["big"]
	require.Equal(t, []int{1000, 1000}, big.Shape)
	require.Equal(t, sum, mustInt(t, big.Sum))
	delete(got, "big")
	require.Equal(t, map[string]array{
		"zebra": {"<f4", []int{2, 3}, true, []string{"0.0", "1.5", "-2.0", "inf", "3.0", "1e-40"},
			""},
		"scalar":  {"<i8", []int{}, true, []string{"-7"}, ""},
		"mask":    {"|b1", []int{3}, true, []string{"True", "False", "True"}, ""},
		"bytes":   {"|u1", []int{2, 2, 1}, true, []string{"0", "1", "254", "255"}, "510"},
		"ints":    {"<i4", []int{2}, true, []string{"-2147483648", "2147483647"}, ""},
		"doubles": {"<f8", []int{0, 5}, true, []string{}, ""},
		"words":   {"<U7", []int{2, 1}, true, []string{"grüße 𝄞", ""}, ""},
		"word":    {"<U4", []int{}, true, []string{"axon"}, ""},
	}, got)
}

func mustInt(t *testing.T, s string) int {
	t.Helper()
	var n int
	require.NoError(t, json.Unmarshal([]byte(s), &n))
	return n
}

// writeStrings adds an array of unicode strings, as wide as the longest one.
// A string must be valid UTF-8 and must not end in a zero character, which
// NumPy would strip.
func writeStrings(w *Writer, name string, shape []int, data []string) error {
	if w.err != nil {
		return w.err
	}
	n, err := elements(shape)
	if err == nil && n != len(data) {
		err = fmt.Errorf("%d strings for shape %s", len(data), shapeText(shape))
	}
	width := 1
	for i, s := range data {
		if err == nil && (!utf8.ValidString(s) || (s != "" && s[len(s)-1] == 0)) {
			err = fmt.Errorf("string %d (%q) is not valid UTF-8 or ends in a zero", i, s)
		}
		width = max(width, utf8.RuneCountInString(s))
	}
	if err != nil {
		w.err = fmt.Errorf("npz: array %q: %w", name, err)
		return w.err
	}
	out, err := w.member(name, fmt.Sprintf("<U%d", width), shape)
	if err != nil {
		w.err = err
		return err
	}
	row := make([]byte, 4*width)
	for _, s := range data {
		clear(row)
		i := 0
		for _, c := range s {
			binary.LittleEndian.PutUint32(row[i:], uint32(c))
			i += 4
		}
		if _, err := out.Write(row); err != nil {
			w.err = fmt.Errorf("npz: array %q: %w", name, err)
			return w.err
		}
	}
	return nil
}
