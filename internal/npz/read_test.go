package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type expectation struct {
	Type     string   `json:"type"`
	Shape    []int    `json:"shape"`
	Elements []string `json:"elements"`
}

func expectations(t testing.TB) map[string]expectation {
	t.Helper()
	b, err := os.ReadFile("testdata/expected.json")
	require.NoError(t, err)
	var all map[string]expectation
	require.NoError(t, json.Unmarshal(b, &all))
	require.NotEmpty(t, all)
	return all
}

// load reads "file.npz/member" or "file.npy" of testdata.
func load(name string) (*Array, error) {
	file, key, inside := strings.Cut(name, "/")
	path := filepath.Join("testdata", file)
	if !inside {
		return OpenNPY(path)
	}
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Array(key)
}

func TestNumPyFixtures(t *testing.T) {
	for name, want := range expectations(t) {
		t.Run(name, func(t *testing.T) {
			a, err := load(name)
			require.NoError(t, err)
			require.Equal(t, want.Type, a.Type.String())
			require.Equal(t, want.Shape, a.Shape)
			require.Equal(t, len(want.Elements), a.Len())
			require.Equal(t, want.Elements, texts(t, a))
		})
	}
}

// texts gives the elements as the fixture script writes them.
func texts(t *testing.T, a *Array) []string {
	t.Helper()
	out := []string{}
	switch {
	case a.Type == String:
		s, err := a.Strings()
		require.NoError(t, err)
		return append(out, s...)
	case a.Type == Uint64:
		for b := a.Bytes(); len(b) > 0; b = b[8:] {
			out = append(out, strconv.FormatUint(binary.LittleEndian.Uint64(b), 10))
		}
	case a.Type >= Float16:
		f, err := a.Float64s()
		require.NoError(t, err)
		for _, v := range f {
			out = append(out, pythonFloat(v))
		}
	default:
		v, err := a.Int64s()
		require.NoError(t, err)
		for _, x := range v {
			out = append(out, strconv.FormatInt(x, 10))
		}
	}
	return out
}

// pythonFloat is Python's repr of a float.
func pythonFloat(v float64) string {
	if math.IsInf(v, 1) {
		return "inf"
	}
	if exp := math.Abs(v); v != 0 && (exp < 1e-4 || exp >= 1e16) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func TestNamesAndInfo(t *testing.T) {
	f, err := Open("testdata/extra.npz")
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []string{"a"}, f.Names(), "members that are no arrays are left out")
	require.True(t, f.Has("a"))
	require.False(t, f.Has("notes"))
	dtype, shape, err := f.Info("a")
	require.NoError(t, err)
	require.Equal(t, Int64, dtype)
	require.Equal(t, []int{3}, shape)
	_, err = f.Array("b")
	require.ErrorContains(t, err, `testdata/extra.npz: no array "b": it has a`)
	_, _, err = f.Info("b")
	require.ErrorContains(t, err, `no array "b"`)
	f.SetLimit(8)
	_, err = f.Array("a")
	require.ErrorContains(t, err, "limit is 8")
}

func TestRefusedTypes(t *testing.T) {
	for name, want := range map[string]string{
		"object":     "pickle",
		"structured": "structured dtypes",
		"complex":    `"<c8" is not supported`,
		"bytes":      `"|S1" is not supported`,
		"date":       `"<M8[D]" is not supported`,
	} {
		_, err := load("refused.npz/" + name)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "testdata/refused.npz: array \""+name+"\"")
	}
}

func TestAccessorsRefuseWrongTypes(t *testing.T) {
	get := func(name string) *Array {
		a, err := load("all.npz/" + name)
		require.NoError(t, err)
		return a
	}
	_, err := get("f4_le_C").Int64s()
	require.ErrorContains(t, err, `array "f4_le_C" is float32: an integer type or bool is needed`)
	_, err = get("words").Float64s()
	require.ErrorContains(t, err, "numeric")
	_, err = get("i4_le_C").Uint8s()
	require.ErrorContains(t, err, "uint8 or bool")
	_, err = get("u1_le_C").Bools()
	require.ErrorContains(t, err, "bool is needed")
	_, err = get("u1_le_C").Strings()
	require.ErrorContains(t, err, "str is needed")
	_, err = get("f8_le_C").Float32s()
	require.ErrorContains(t, err, "float16 or float32")
	_, err = get("u8_le_C").Int64s()
	require.ErrorContains(t, err, "int64 cannot hold")
	for _, name := range []string{"u8_le_C", "i8_le_C"} {
		_, err = get(name).Float64s()
		require.ErrorContains(t, err, "float64 cannot hold exactly")
	}
	f, err := get("i4_be_F").Float64s()
	require.NoError(t, err)
	require.Equal(t, []float64{math.MinInt32, math.MaxInt32, 1, 2, 3, 4}, f)
	b, err := get("b1_le_C").Bools()
	require.NoError(t, err)
	require.Equal(t, []bool{true, false, true, false, false, true}, b)
	u, err := get("u1_be_F").Uint8s()
	require.NoError(t, err)
	require.Equal(t, []uint8{0, 255, 1, 2, 3, 4}, u)
	s, err := get("f2_le_C").Float32s()
	require.NoError(t, err)
	require.Equal(t, []float32{0, -1.5, 65504, 1.0 / (1 << 14), float32(math.Inf(1)),
		1.0 / (1 << 16)}, s)
}

// npy builds a .npy file around a header text.
func npy(text string, data ...byte) []byte {
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(append(b, text...), data...)
}

func TestBadHeaders(t *testing.T) {
	dict := func(descr, order, shape string) string {
		return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n", descr, order,
			shape)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":          {nil, "no npy header"},
		"magic":          {[]byte("PK\x03\x04PK\x03\x04"), "magic"},
		"version":        {[]byte(magic + "\x04\x00"), "version 4.0"},
		"no length":      {[]byte(magic + "\x01\x00\x01"), "header length"},
		"long header":    {[]byte(magic + "\x02\x00\xff\xff\xff\xff"), "at most 65536"},
		"short header":   {[]byte(magic + "\x01\x00\x10\x00{"), "header text"},
		"no dictionary":  {npy("hello"), `expected '{'`},
		"unterminated":   {npy("{'descr': '<f4', "), "expected a string"},
		"open string":    {npy("{'descr: <f4}"), "unterminated"},
		"no colon":       {npy("{'descr' '<f4'}"), `expected ':'`},
		"unknown key":    {npy("{'dscr': '<f4'}"), `unknown key "dscr"`},
		"key twice":      {npy("{'descr': '<f4', 'descr': '<f4'}"), "twice"},
		"missing key":    {npy("{'descr': '<f4', 'shape': ()}"), `"fortran_order" is missing`},
		"no comma":       {npy("{'descr': '<f4' 'shape': ()}"), "comma"},
		"after":          {npy(dict("'<f4'", "False", "()") + "x"), "after the dictionary"},
		"bad bool":       {npy(dict("'<f4'", "Maybe", "()")), "True nor False"},
		"bad shape":      {npy(dict("'<f4'", "False", "3")), `expected '('`},
		"bad dimension":  {npy(dict("'<f4'", "False", "(-3,)")), "whole number"},
		"huge dimension": {npy(dict("'<f4'", "False", "(99999999999999999999,)")), "too large"},
		"shape comma":    {npy(dict("'<f4'", "False", "(3 3)")), "end of the shape"},
		"many dimensions": {npy(dict("'<f4'", "False", "("+strings.Repeat("1,", 65)+")")),
			"64 dimensions"},
		"product overflow":  {npy(dict("'<f4'", "False", "(4294967296, 4294967296)")), "too large"},
		"bytes overflow":    {npy(dict("'<f8'", "False", "(4611686018427387904,)")), "too large"},
		"over the limit":    {npy(dict("'<f8'", "False", "(1099511627776,)")), "limit"},
		"truncated":         {npy(dict("'<f4'", "False", "(2,)"), 1, 2, 3), "8 bytes but 3 follow"},
		"too long":          {npy(dict("'|u1'", "False", "(2,)"), 1, 2, 3), "2 bytes but 3 follow"},
		"descr empty":       {npy(dict("''", "False", "()")), "not understood"},
		"descr order":       {npy(dict("'f4'", "False", "()")), "no byte order"},
		"descr bare":        {npy(dict("'|f4'", "False", "()")), "no byte order"},
		"float128":          {npy(dict("'<f16'", "False", "()")), "not supported"},
		"string width":      {npy(dict("'<U0'", "False", "(5,)")), "string width"},
		"string width huge": {npy(dict("'<U99999999999'", "False", "(5,)")), "string width"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadNPY("x.npy", bytes.NewReader(c.file), int64(len(c.file)))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "x.npy: ")
		})
	}
}

func TestOldPythonHeader(t *testing.T) {
	file := npy(`{"shape":(2L,), "fortran_order":True,"descr":"=i2"}`, 1, 0, 2, 0)
	a, err := ReadNPY("x.npy", bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	v, err := a.Int64s()
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2}, v)
}

func TestInvalidCodePoints(t *testing.T) {
	for _, c := range []uint32{0xd800, 0x110000, math.MaxUint32} {
		file := npy("{'descr': '<U1', 'fortran_order': False, 'shape': ()}",
			binary.LittleEndian.AppendUint32(nil, c)...)
		a, err := ReadNPY("x.npy", bytes.NewReader(file), int64(len(file)))
		require.NoError(t, err)
		_, err = a.Strings()
		require.ErrorContains(t, err, "not a Unicode character")
	}
}

func TestBadArchives(t *testing.T) {
	_, err := Open("testdata/expected.json")
	require.ErrorContains(t, err, "not an npz archive")
	_, err = Open("testdata/none.npz")
	require.ErrorIs(t, err, os.ErrNotExist)

	raw := func(entry zip.FileHeader, data []byte, times int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for range times {
			h := entry
			w, err := z.CreateRaw(&h)
			require.NoError(t, err)
			_, err = w.Write(data)
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	array := func(b []byte) error {
		f, err := Read("x.npz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return err
		}
		_, err = f.Array("a")
		return err
	}
	for name, c := range map[string]struct {
		entry zip.FileHeader
		times int
		want  string
	}{
		"twice": {zip.FileHeader{Name: "a.npy"}, 2, `"a" occurs twice`},
		"beyond": {zip.FileHeader{Name: "a.npy", CompressedSize64: 1 << 40,
			UncompressedSize64: 1 << 40}, 1, "in an archive of"},
		"over limit": {zip.FileHeader{Name: "a.npy", Method: zip.Deflate, CompressedSize64: 4,
			UncompressedSize64: 1 << 40}, 1, "limit"},
		"ratio": {zip.FileHeader{Name: "a.npy", Method: zip.Deflate, CompressedSize64: 4,
			UncompressedSize64: 1 << 30}, 1, "cannot hold"},
		"stored": {zip.FileHeader{Name: "a.npy", CompressedSize64: 4, UncompressedSize64: 5},
			1, "stored in 4"},
		"other method": {zip.FileHeader{Name: "a.npy", Method: 12, CompressedSize64: 4,
			UncompressedSize64: 4}, 1, "method 12"},
		"bad deflate": {zip.FileHeader{Name: "a.npy", Method: zip.Deflate, CompressedSize64: 4,
			UncompressedSize64: 400}, 1, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, array(raw(c.entry, []byte("\xff\xff\xff\xff"), c.times)),
				c.want)
		})
	}
}

// Every single-bit change of a stored element is caught by the checksum.
func TestChecksum(t *testing.T) {
	good, err := os.ReadFile("testdata/extra.npz")
	require.NoError(t, err)
	at := bytes.LastIndex(good, []byte("\n\x00\x00\x00\x00\x00\x00\x00\x00"))
	require.Positive(t, at)
	bad := bytes.Clone(good)
	bad[at+1] ^= 4
	f, err := Read("x.npz", bytes.NewReader(bad), int64(len(bad)))
	require.NoError(t, err)
	_, err = f.Array("a")
	require.ErrorIs(t, err, zip.ErrChecksum)
}

// readAll drives everything that a hostile archive can reach.
func readAll(b []byte) {
	if a, err := ReadNPY("x", bytes.NewReader(b), int64(len(b))); err == nil {
		convertAll(a)
	}
	f, err := Read("x", bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	f.SetLimit(1 << 26)
	for _, name := range f.Names() {
		f.Info(name)
		if a, err := f.Array(name); err == nil {
			convertAll(a)
		}
	}
}

func convertAll(a *Array) {
	a.Float64s()
	a.Float32s()
	a.Int64s()
	a.Uint8s()
	a.Bools()
	a.Strings()
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.np?")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, path := range files {
		b, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add(npy("{'descr': '>U2', 'fortran_order': True, 'shape': (1, 2)}", make([]byte, 16)...))
	f.Fuzz(func(t *testing.T, b []byte) { readAll(b) })
}

func BenchmarkArray(b *testing.B) {
	var file bytes.Buffer
	w := newWriter(&file)
	require.NoError(b, Write(w, "a", []int{1 << 20}, make([]float32, 1<<20)))
	require.NoError(b, w.Close())
	f, err := Read("x", bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(b, err)
	b.SetBytes(4 << 20)
	b.ReportAllocs()
	for b.Loop() {
		a, err := f.Array("a")
		require.NoError(b, err)
		_, err = a.Float32s()
		require.NoError(b, err)
	}
}
