package layout

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/internal/golden"
)

func TestGoldenVersion2(t *testing.T) { requireGolden(t, version2, smallImage()) }

// TestGoldenVersion3 has a leak by sign, which version 2 did not know.
func TestGoldenVersion3(t *testing.T) {
	img := smallImage()
	img.Cores[1].Config.Groups[0].Leak = -3
	requireGolden(t, "testdata/version3.image", img)
}

// TestGoldenVersion4 has a code, which version 3 did not know.
func TestGoldenVersion4(t *testing.T) {
	img := smallImage()
	img.Host, img.Encoder.Kind, img.Encoder.Bits, img.Encoder.Scale, img.Encoder.Zero =
		nil, "radix", 3, NewReal(0.25), 2
	code := core.Code{Kind: core.CodeRadix, Window: 3, Bits: 2}
	img.Cores[0].Config.Groups[0].Code, img.Cores[1].Config.Groups[0].Code = code, code
	img.Cores[1].Config.Groups[0].Code.Table = 1
	img.Cores[1].Config.Boundaries = []core.BoundaryTable{{-1, 5, 5}}
	requireGolden(t, "testdata/version4.image", img)
	require.EqualValues(t, 4, img.Span(0, 100))
	require.EqualValues(t, 100, img.Span(1, 100))
}

// TestGoldenVersion5 has a typed row, which version 4 did not know.
func TestGoldenVersion5(t *testing.T) {
	img := smallImage()
	cfg := &img.Cores[0].Config
	cfg.Types = [][]int16{make([]int16, cfg.Neurons()), make([]int16, cfg.Neurons())}
	cfg.Types[1][0] = -255
	cfg.Masks = []uint64{5}
	cfg.Rows[0] = core.Row{Format: core.Typed, WeightBits: 9, Exclude: -1, Count: 3, Type: 1}
	requireGolden(t, "testdata/version5.image", img)
	f := Measure(img).Cores[0]
	require.Equal(t, StoreFootprint{Rows: 1, Weights: 3, Bits: 3}, f.Typed)
	require.EqualValues(t, cfg.Neurons()*(4*int(cfg.Widths.Potential)+2*9), f.ConstantBits)
}

// TestGoldenVersion7 has values of spikes and neurons of model shift, which version 6 did not
// know.
func TestGoldenVersion7(t *testing.T) {
	img := smallImage()
	cfg := &img.Cores[0].Config
	cfg.Groups[0] = core.Group{
		Count: 2, ResetMode: core.ResetSubtract, Shift: core.Shift{Most: 31, V: 4, U: 3, W: 2,
			Second: true},
	}
	cfg.Axons[1].Value = 6
	cfg.Rows[0].Shift, cfg.Rows[0].Second = 3, true
	requireGolden(t, "testdata/version7.image", img)
}

// requireGolden holds the bytes of an image against a file, and the file's image
// against it.
func requireGolden(t *testing.T, path string, img *Image) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, img))
	if golden.Rewriting() {
		require.NoError(t, os.WriteFile(path, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -rewrite to make it")
	require.True(t, bytes.Equal(want, out.Bytes()), "the bytes of %s have changed: a change "+
		"needs a new version", path)

	got, err := Open(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(img, got))
}

// TestGoldenVersion8 has weights outside of the chip, which version 7 did not know.
func TestGoldenVersion8(t *testing.T) {
	img := smallImage()
	for i := range img.Cores {
		img.Cores[i].Config.Widths.OffChip = 64
	}
	requireGolden(t, "testdata/version8.image", img)
}

// TestGoldenVersion1 reads a file of the version before encoders had fields.
func TestGoldenVersion1(t *testing.T) {
	img, err := Open("testdata/version1.image")
	require.NoError(t, err)
	want := smallImage()
	want.Encoder.Fields, want.Encoder.Cut = 0, 0
	require.Empty(t, cmp.Diff(want, img))
}

// The cores of the golden image load, so the file is one that a chip can run.
func TestGoldenCoresLoad(t *testing.T) {
	img, err := Open(version2)
	require.NoError(t, err)
	for i := range img.Cores {
		_, err := core.New(&img.Cores[i].Config)
		require.NoError(t, err)
	}
}

// TestGoldenVersion9 has neurons of two compartments, which version 8 did not know.
func TestGoldenVersion9(t *testing.T) {
	img := smallImage()
	img.Cores[1].Config.Groups[0].Pairs = true
	requireGolden(t, "testdata/version9.image", img)
}
