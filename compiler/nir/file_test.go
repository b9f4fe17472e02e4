package nir

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/internal/draws"
	"adder/snn"
)

// TestFiles reads the files that testdata/make.py wrote with h5py.
func TestFiles(t *testing.T) {
	n, err := Read(filepath.Join("testdata", "recurrent.nir"), Options{})
	require.NoError(t, err)
	require.Empty(t, n.Warnings)
	require.Equal(t, "recurrent", n.Name)
	require.ElementsMatch(t, []string{
		"input > fc", "fc > hidden.lif", "hidden.lif ~> hidden.w_rec", "hidden.w_rec > hidden.lif",
		"hidden.lif > output",
	}, edges(n))
	require.Equal(t, &snn.Neuron{
		Model: snn.ModelCubaLIF, Tau: []float64{4e-4, 4e-4, 4e-4, 4e-4},
		TauSyn: []float64{2e-4, 2e-4, 2e-4, 2e-4},
		R:      []float64{1, 1, 1, 1}, WIn: []float64{2, 2, 2, 2}, VLeak: make([]float64, 4),
		VThreshold: []float64{0.25, 0.5, 0.75, 1},
	}, find(t, n, "hidden.lif").Op)

	n, err = Read(filepath.Join("testdata", "vision.nir"), Options{})
	require.NoError(t, err)
	require.Empty(t, n.Warnings)
	require.Equal(t, snn.Shape{2, 5, 6}, find(t, n, "conv").Out)
	require.Equal(t, snn.Shape{12}, find(t, n, "flat").Out)
	require.Equal(t, []int{1, 1, 1}, find(t, n, "delay").Op.(*snn.Delay).Ticks)
}

func TestFilesThatAreNotNIR(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct{ name, content, want string }{
		{"empty.nir", "", "not an HDF5 file"},
		{"text.nir", "a text that is longer than eight bytes", "not an HDF5 file"},
		{"pickle.nir", "PK\x03\x04 and whatever follows in a zip archive", "zip archive"},
	} {
		path := filepath.Join(folder, tt.name)
		require.NoError(t, os.WriteFile(path, []byte(tt.content), 0o644))
		_, err := Read(path, Options{})
		require.ErrorContains(t, err, tt.want)
		require.ErrorContains(t, err, path)
	}
	_, err := Read(filepath.Join(folder, "absent.nir"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

func samples(t testing.TB) [][]byte {
	var out [][]byte
	for _, name := range []string{"recurrent.nir", "vision.nir"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		out = append(out, b)
	}
	return out
}

// attempt decodes a file that may be damaged. What is read must be valid.
func attempt(t require.TestingT, b []byte) (read bool) {
	n, err := decode("damaged", bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil {
		return false
	}
	require.NoError(t, n.Validate())
	return true
}

// TestDamagedFiles changes bytes, words and lengths at random, the same
// way in every run. No file may make the reader panic.
func TestDamagedFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	read := 0
	files := samples(t)
	for k := range draws.Times(4000) {
		if attempt(t, damage(rng, files[k%len(files)])) {
			read++
		}
	}
	require.Greater(t, read, 0, "some damage is harmless")
	t.Logf("%d damaged files can still be read", read)
}

// damage is b with bits, bytes and words changed, or its end cut off.
func damage(rng *rand.Rand, b []byte) []byte {
	words := []uint64{0, 1, 1 << 31, 1 << 32, 1 << 62, ^uint64(0)}
	b = bytes.Clone(b)
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(b) - 8)
		switch rng.IntN(4) {
		case 0:
			b[at] ^= 1 << rng.IntN(8)
		case 1:
			b[at] = byte(rng.Uint32())
		case 2:
			binary.LittleEndian.PutUint64(b[at&^7:], words[rng.IntN(len(words))])
		case 3:
			b = b[:max(64, len(b)-rng.IntN(200))]
		}
	}
	return b
}

func FuzzDecode(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { attempt(t, b) })
}

// TestDamagedTrees replaces datasets of whole files by others of any shape
// and content, which damage to bytes seldom achieves.
func TestDamagedTrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := manyPrimitives()
		nodes := f["node"].(memory)["nodes"].(memory)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			names, _ := nodes.members()
			group := nodes[rapid.SampledFrom(names).Draw(t, "node")].(memory)
			datasets, _ := group.members()
			if len(datasets) == 0 {
				continue
			}
			name := rapid.SampledFrom(datasets).Draw(t, "dataset")
			if rapid.Bool().Draw(t, "drop") {
				delete(group, name)
				continue
			}
			group[name] = drawDataset(t)
		}
		n, err := fromTree("damaged", f, Options{})
		if err == nil {
			require.NoError(t, n.Validate())
		}
	})
}

func drawDataset(t *rapid.T) any {
	if rapid.IntRange(0, 4).Draw(t, "word") == 0 {
		return rapid.SampledFrom([]string{"", "same", "valid", "LIF", "Conv2d", "Affine", "Flatten",
			"NIRGraph"}).Draw(t, "text")
	}
	a := &array{extents: rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "extents")}
	if a.size() == 0 {
		return a
	}
	value := rapid.OneOf(rapid.SampledFrom([]float64{0, 1, -1, 2, 3, 1e9, -1e9, 1e300, 0.5}),
		rapid.Float64())
	a.numbers = rapid.SliceOfN(value, a.size(), a.size()).Draw(t, "numbers")
	return a
}

// manyPrimitives is a file with most kinds of nodes.
func manyPrimitives() memory {
	conv := memory{"type": "Conv2d", "weight": filled(2, 1, 2, 2), "bias": []float64{1, 2},
		"stride": []int{1, 1}, "padding": []int{1, 0}, "dilation": 1, "groups": 2,
		"input_shape": []int{4, 4}}
	return path([]int{2, 4, 4}, conv,
		memory{"type": "SumPool2d", "kernel_size": []int{2, 2}, "stride": 1, "padding": 0},
		memory{"type": "Scale", "scale": 2.0},
		memory{"type": "Flatten", "start_dim": 1, "end_dim": -1, "input_type": []int{2, 3, 2}},
		memory{"type": "Affine", "weight": filled(3, 8), "bias": filled(3)},
		memory{"type": "CubaLIF", "tau_syn": 0.01, "tau_mem": 0.02, "r": 1, "v_leak": 0,
			"v_threshold": 1, "v_reset": 0, "w_in": 1},
		memory{"type": "Conv1d", "weight": filled(2, 2, 2), "padding": "same", "stride": 1},
		memory{"type": "Delay", "delay": 1e-4},
		memory{"type": "Threshold", "threshold": 1},
		memory{"type": "IF", "r": 1, "v_threshold": 1},
		memory{"type": "LI", "tau": 0.01, "r": 1, "v_leak": 0},
	)
}

func TestManyPrimitivesAreWhole(t *testing.T) {
	require.Empty(t, read(t, manyPrimitives(), Options{}).Warnings)
}
