package hdf5

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// expectation is what h5py reads at a path of a fixture.
type expectation struct {
	Kind     string   `json:"kind"`
	Names    int      `json:"names"`
	Shape    []int    `json:"shape"`
	Null     bool     `json:"null"`
	Elements []string `json:"elements"`
	Count    int      `json:"count"`
	Sum      string   `json:"sum"`
	Text     string   `json:"text"`
}

func expectations(t testing.TB) map[string]map[string]expectation {
	t.Helper()
	b, err := os.ReadFile("testdata/expected.json")
	require.NoError(t, err)
	var all map[string]map[string]expectation
	require.NoError(t, json.Unmarshal(b, &all))
	require.NotEmpty(t, all)
	return all
}

// fixture returns the bytes of a file of testdata, which may be gzipped there.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	path := filepath.Join("testdata", name)
	if b, err := os.ReadFile(path); err == nil {
		return b
	}
	packed, err := os.Open(path + ".gz")
	require.NoError(t, err)
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return b
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func TestH5pyFixtures(t *testing.T) {
	all := expectations(t)
	for _, file := range sortedKeys(all) {
		t.Run(file, func(t *testing.T) {
			b := fixture(t, file)
			f, err := New(file, bytes.NewReader(b), int64(len(b)))
			require.NoError(t, err)
			want := all[file]
			for _, path := range sortedKeys(want) {
				checkObject(t, f.Root(), path, want[path])
			}
		})
	}
}

func checkObject(t *testing.T, root *Group, path string, want expectation) {
	t.Helper()
	path, attribute, isAttribute := strings.Cut(path, "@")
	switch {
	case isAttribute:
		a, err := attributeAt(root, path, attribute)
		require.NoError(t, err)
		require.Equal(t, attribute, a.Name())
		checkElements(t, path+"@"+attribute, &a.elements, want)
	case want.Kind == "error":
		_, err := root.Kind(path)
		require.ErrorContains(t, err, want.Text, path)
	case want.Kind == "group":
		k, err := root.Kind(path)
		require.NoError(t, err)
		require.Equal(t, KindGroup, k, path)
		g, err := root.Group(path)
		require.NoError(t, err)
		require.Len(t, g.Names(), want.Names, path)
		require.True(t, sort.StringsAreSorted(g.Names()))
		require.Equal(t, path, g.Path())
	case want.Kind == "other":
		k, err := root.Kind(path)
		require.NoError(t, err)
		require.Equal(t, KindOther, k, path)
	default:
		k, err := root.Kind(path)
		require.NoError(t, err)
		require.Equal(t, KindDataset, k, path)
		d, err := root.Dataset(path)
		require.NoError(t, err)
		checkElements(t, path, &d.elements, want)
	}
}

func attributeAt(root *Group, path, name string) (*Attribute, error) {
	if k, err := root.Kind(path); err != nil || k == KindDataset {
		d, err := root.Dataset(path)
		if err != nil {
			return nil, err
		}
		return d.Attribute(name)
	}
	g, err := root.Group(path)
	if err != nil {
		return nil, err
	}
	return g.Attribute(name)
}

func checkElements(t *testing.T, path string, e *elements, want expectation) {
	t.Helper()
	require.Equal(t, want.Null, e.Null(), path)
	require.Equal(t, want.Shape, e.Shape(), path)
	texts, numbers := readElements(t, path, e, want.Kind)
	if want.Count == 0 {
		require.Equal(t, append([]string{}, want.Elements...), texts, path)
		require.Equal(t, len(want.Elements), e.Len(), path)
		return
	}
	require.Equal(t, want.Count, e.Len(), path)
	sum := 0
	for i := range e.Len() {
		if want.Kind == "string" {
			sum = (sum + (i+1)*len(texts[i])) % (1 << 40)
		} else {
			sum += (i%997 + 1) * int(numbers[i])
		}
	}
	require.Equal(t, want.Sum, strconv.Itoa(sum), path)
}

// readElements gives the elements as the fixture script writes them, numbers
// also as such.
func readElements(t *testing.T, path string, e *elements, kind string) ([]string, []int64) {
	t.Helper()
	texts := []string{}
	switch kind {
	case "string":
		s, err := e.Strings()
		require.NoError(t, err, path)
		return append(texts, s...), nil
	case "float":
		v, err := e.Float64s()
		require.NoError(t, err, path)
		for _, x := range v {
			texts = append(texts, pythonHex(x))
		}
		return texts, nil
	case "bool":
		require.True(t, e.Type().isBool(), path)
		_, err := e.Bools()
		require.NoError(t, err, path)
	}
	v, err := e.Int64s()
	require.NoError(t, err, path)
	for _, x := range v {
		texts = append(texts, strconv.FormatInt(x, 10))
	}
	return texts, v
}

// pythonHex is Python's float.hex, which shows subnormal numbers and signed
// zeros in a form of its own.
func pythonHex(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	b := math.Float64bits(v)
	frac, exp := b&(1<<52-1), int(b>>52&0x7ff)
	sign, lead := "", "1"
	if b>>63 != 0 {
		sign = "-"
	}
	if exp == 0 {
		lead, exp = "0", 1
		if frac == 0 {
			return sign + "0x0.0p+0"
		}
	}
	digits := strconv.FormatUint(frac, 16)
	digits = strings.Repeat("0", 13-len(digits)) + digits
	e := strconv.Itoa(exp - 1023)
	if exp >= 1023 {
		e = "+" + e
	}
	return sign + "0x" + lead + "." + digits + "p" + e
}

// walk reads everything below a group and returns the first error that is not
// about a link which leads nowhere or into a type that is not read.
func walk(g *Group, visit func(*elements)) error {
	keep := func(first, err error) error {
		if first == nil {
			return err
		}
		return first
	}
	var first error
	attributes, err := g.Attributes()
	first = keep(first, err)
	for _, a := range attributes {
		visit(&a.elements)
	}
	for _, name := range g.Names() {
		kind, err := g.Kind(name)
		first = keep(first, err)
		switch {
		case err != nil:
		case kind == KindGroup:
			child, err := g.Group(name)
			first = keep(first, err)
			if err == nil {
				first = keep(first, walk(child, visit))
			}
		case kind == KindDataset:
			d, err := g.Dataset(name)
			first = keep(first, err)
			if err != nil {
				continue
			}
			attributes, err := d.Attributes()
			first = keep(first, err)
			for _, a := range attributes {
				visit(&a.elements)
			}
			visit(&d.elements)
		}
	}
	return first
}

// readAny reads elements by their class.
func readAny(e *elements) error {
	var err error
	switch e.Type().Class {
	case ClassString:
		_, err = e.Strings()
	case ClassFloat:
		_, err = e.Float64s()
	default:
		_, err = e.Int64s()
	}
	return err
}

// TestNIRFiles opens every NIR file of the outside test data and reads it whole.
func TestNIRFiles(t *testing.T) {
	count := 0
	err := filepath.WalkDir(outside.Folder(t, "nir"),
		func(path string, _ os.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".nir" {
				return err
			}
			count++
			f, err := Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			datasets := 0
			err = walk(f.Root(), func(e *elements) {
				datasets++
				require.NoError(t, readAny(e))
			})
			require.Positive(t, datasets, path)
			return err
		})
	require.NoError(t, err)
	require.Positive(t, count)
	t.Logf("%d files", count)
}
