package hdf5

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func openFixture(t *testing.T, name string) *File {
	t.Helper()
	b := fixture(t, name)
	f, err := New(name, bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f
}

// TestRefusals opens or reads what must be an error and looks at its text.
func TestRefusals(t *testing.T) {
	for path, want := range map[string]string{
		"none":       `/ has no "none"`,
		"loop/none":  `/loop has no "none"`,
		"text/x":     "not a group but a dataset",
		"huge":       "memory or work",
		"huge_late":  "memory or work",
		"bomb":       "deflate: more than",
		"short":      "63 bytes where 64 are needed",
		"rotten":     "deflate: zlib",
		"sum":        "fletcher32: checksum",
		"lzf":        "lzf: the data is damaged",
		"lzf_bomb":   "lzf: more than",
		"scale":      "filter 6 (scale-offset) is not supported",
		"compound":   "the elements are compound",
		"opaque":     "the elements are opaque",
		"reference":  "the elements are reference",
		"sequence":   "the elements are variable sequence",
		"external":   "external data",
		"virtual":    "virtual datasets",
		"loop":       "not a dataset but a group",
		"loop/inner": "not a dataset but a group",
	} {
		t.Run(path, func(t *testing.T) {
			f := openFixture(t, "hostile.h5")
			d, err := f.Root().Dataset(path)
			if err == nil {
				_, err = d.Float64s()
			}
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, "hostile.h5: /")
		})
	}
}

func TestGroupCycles(t *testing.T) {
	root := openFixture(t, "hostile.h5").Root()
	for _, path := range []string{"loop/inner/back", "/loop/soft", "loop/inner/back/inner",
		"/loop/soft/loop"} {
		_, err := root.Group(path)
		require.ErrorContains(t, err, "the group contains itself", path)
	}
	g, err := root.Group("loop/inner")
	require.NoError(t, err)
	require.Equal(t, "/loop/inner", g.Path())
	require.True(t, g.Has("back"))
	require.False(t, g.Has("forth"))
	_, err = g.Group("/text")
	require.ErrorContains(t, err, "not a group but a dataset")
	same, err := g.Group(".")
	require.NoError(t, err)
	require.Equal(t, g.Path(), same.Path())
}

// Few groups may make astronomically many paths; the budget ends the walk.
func TestManyPathsEnd(t *testing.T) {
	f := openFixture(t, "hostile.h5")
	g, err := f.Root().Group("paths/39")
	require.NoError(t, err)
	require.ErrorIs(t, walk(g, func(*elements) {}), errBudget)
}

func TestSetBudget(t *testing.T) {
	f := openFixture(t, "supers_latest.h5")
	d, err := f.Root().Dataset("a")
	require.NoError(t, err)
	f.SetBudget(1 << 20)
	_, err = d.Int64s()
	require.ErrorIs(t, err, errBudget)
	f.SetBudget(1 << 30)
	v, err := d.Int64s()
	require.NoError(t, err)
	require.Len(t, v, 600000)
}

func TestAccessors(t *testing.T) {
	root := openFixture(t, "numbers_earliest.h5").Root()
	hostile := openFixture(t, "hostile.h5").Root()
	get := func(g *Group, path string) *Dataset {
		d, err := g.Dataset(path)
		require.NoError(t, err)
		return d
	}
	i, err := get(root, "one").Int64()
	require.NoError(t, err)
	require.Equal(t, int64(4), i, "one element of one dimension will do")
	x, err := get(root, "scalar").Float64()
	require.NoError(t, err)
	require.Equal(t, 2.5, x)
	x, err = get(root, "scalar_int").Float64()
	require.NoError(t, err)
	require.Equal(t, -3.0, x)
	b, err := get(root, "bool").Bool()
	require.NoError(t, err)
	require.True(t, b)
	s, err := get(hostile, "text").Text()
	require.NoError(t, err)
	require.Equal(t, "x", s)
	v, err := get(root, "null").Float64s()
	require.NoError(t, err)
	require.Empty(t, v)

	for _, c := range []struct {
		read func() error
		want string
	}{
		{func() error {
			_, err := get(root, "cube").Int64()
			return err
		}, "60 elements of shape [3 4 5] where one is needed"},
		{func() error { _, err := get(root, "null").Int64(); return err }, "0 elements"},
		{func() error {
			_, err := get(root, "f4_le").Int64s()
			return err
		}, "the elements are float32: an integer type is needed"},
		{func() error {
			_, err := get(root, "f4_le").Strings()
			return err
		}, "a string type is needed"},
		{func() error {
			_, err := get(hostile, "text").Float64()
			return err
		}, "the elements are str: a numeric type is needed"},
		{func() error {
			_, err := get(hostile, "big").Int64s()
			return err
		}, "element 0 is 18446744073709551615, which int64 cannot hold"},
		{func() error {
			_, err := get(hostile, "big").Float64s()
			return err
		}, "float64 holds exactly"},
		{func() error {
			_, err := get(hostile, "three").Bools()
			return err
		}, "element 2 is 3, neither 0 nor 1"},
		{func() error {
			_, err := get(root, "one").Attribute("x")
			return err
		}, `/one: no attribute "x"`},
	} {
		require.ErrorContains(t, c.read(), c.want)
	}
}

func TestTypes(t *testing.T) {
	root := openFixture(t, "numbers_latest.h5").Root()
	for path, want := range map[string]string{
		"i1_le": "int8", "u2_be": "uint16", "f2_be": "float16", "f8_le": "float64",
		"longdouble": "float128",
		"bools":      "bool", "enum": "enum", "pairs": "float32", "committed": "float32",
	} {
		d, err := root.Dataset(path)
		require.NoError(t, err)
		require.Equal(t, want, d.Type().String(), path)
		require.Equal(t, strings.HasSuffix(path, "_be"), d.Type().BigEndian && path != "enum" &&
			path != "pairs", path)
	}
	d, err := root.Dataset("enum")
	require.NoError(t, err)
	require.ElementsMatch(t, []EnumMember{{"RED", 0}, {"GREEN", 1}, {"BLUE", -42}},
		d.Type().Members)
	require.Equal(t, []string{"group", "dataset", "other"},
		[]string{KindGroup.String(), KindDataset.String(), KindOther.String()})
}

func TestLookup3(t *testing.T) {
	// The values that Bob Jenkins' lookup3.c gives in its own comments.
	require.Equal(t, uint32(0xdeadbeef), lookup3(nil))
	require.Equal(t, uint32(0x17770551), lookup3([]byte("Four score and seven years ago")))
}

func TestFletcher32(t *testing.T) {
	// Sums of big-endian words, by hand: 0x0102, 0x0304; the odd byte is a high half.
	require.Equal(t, uint32(0x05080406), fletcher32([]byte{1, 2, 3, 4}))
	require.Equal(t, uint32(0x0e0e0906), fletcher32([]byte{1, 2, 3, 4, 5}))
	require.Equal(t, uint32(0), fletcher32(nil))
}

func TestFloatLayouts(t *testing.T) {
	bfloat := floatLayout{sign: 15, expAt: 7, expBits: 8, mantBits: 7, bias: 127, norm: 2}
	require.Equal(t, 1.5, bfloat.value(0x3fc0, 0))
	require.Equal(t, -math.Ldexp(255, 120), bfloat.value(0xff7f, 0))
	require.Equal(t, math.Inf(-1), bfloat.value(0xff80, 0))
	require.True(t, math.IsNaN(bfloat.value(0x7fc0, 0)))
	require.Equal(t, math.Ldexp(1, -133), bfloat.value(1, 0))
}

func TestUnprintablePathsAreQuoted(t *testing.T) {
	root := openFixture(t, "hostile.h5").Root()
	_, err := root.Dataset("a\x1b[2Jb")
	require.ErrorContains(t, err, `"/a\x1b[2Jb"`)
	require.NotContains(t, err.Error(), "\x1b")
}

func BenchmarkChunked(b *testing.B) {
	data := fixture(b, "chunks_latest.h5")
	b.ReportAllocs()
	for b.Loop() {
		f, err := New("x", bytes.NewReader(data), int64(len(data)))
		require.NoError(b, err)
		d, err := f.Root().Dataset("all_grow1")
		require.NoError(b, err)
		_, err = d.Int64s()
		require.NoError(b, err)
	}
}
