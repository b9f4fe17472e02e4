package learned

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler/quantise"
	"adder/internal/npz"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/setting"
)

// small is a network of nine neurons as training starts from it, with labels.
func small(t testing.TB) (*Network, setting.Config) {
	t.Helper()
	preset, err := setting.Tuned(stdp.DiehlCook, stdp.PostPre, encode.KindRankOrder, 9)
	require.NoError(t, err)
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	cfg := setting.Config{Preset: preset, Neuron: stdp.DiehlCook, Rule: stdp.PostPre, Neurons: 9,
		Epochs: 1, Seed: 3, Chip: adder}
	n, err := New(&cfg, []int{28, 28})
	require.NoError(t, err)
	n.Classes, n.Images, n.Data = 10, 60, "digits"
	for j := range int32(9) {
		n.Labels, n.Proportions = append(n.Labels, j-1), append(n.Proportions, uint16(j)<<12)
		n.Theta[j] = 100 * j
	}
	return n, cfg
}

// TestSNNFile writes a network and reads it back: nothing is lost, and it
// compiles to the same image.
func TestSNNFile(t *testing.T) {
	n, cfg := small(t)
	path := filepath.Join(t.TempDir(), "n.snn")
	require.NoError(t, n.Save(path))
	back, err := Open(path)
	require.NoError(t, err)
	require.Equal(t, n, back)
	want, err := n.Compile(cfg.Chip)
	require.NoError(t, err)
	got, err := back.Compile(cfg.Chip)
	require.NoError(t, err)
	require.Equal(t, want.Image, got.Image)
	_, err = Open(filepath.Join(t.TempDir(), "none.snn"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// hostileSNN are changes that no training makes, by what a reader says of them.
func hostileSNN() map[string]func(*Network) {
	return map[string]func(*Network){
		"escape noise 1073741824: it is at most 524287": func(n *Network) {
			n.Setting.Escape = 1 << 30
		},
		"threshold 2147483647, inhibition": func(n *Network) {
			n.Setting.Threshold = 1<<31 - 1
		},
		"and 2147483647: each is at most 8388607": func(n *Network) {
			n.Setting.TestInhibition = 1<<31 - 1
		},
		"an adaptive threshold of 2147483647": func(n *Network) {
			n.Theta = slices.Repeat([]int32{1<<31 - 1}, n.Neurons)
		},
		"1 stands for 0, which has no relative error": func(n *Network) {
			n.Constants = []quantise.Constant{{Have: 1}}
		},
		`"\x1b[2J" is no text to show`: func(n *Network) {
			n.Constants = []quantise.Constant{{Name: "\x1b[2J"}}
		},
		"a decay factor of 4097": func(n *Network) {
			n.Setting.Decay = 4097
		},
		`arbiter "loudest"`: func(n *Network) {
			n.Setting.Arbiter = "loudest"
		},
	}
}

// TestSNNFileRefused reads networks with numbers that no training makes.
func TestSNNFileRefused(t *testing.T) {
	n, _ := small(t)
	path := filepath.Join(t.TempDir(), "n.snn")
	for want, change := range hostileSNN() {
		other := *n
		change(&other)
		require.NoError(t, other.Save(path))
		_, err := Open(path)
		require.ErrorContains(t, err, want)
	}
}

// FuzzSNN reads whatever comes: an error or a network that can be compiled,
// never a panic.
func FuzzSNN(f *testing.F) {
	n, cfg := small(f)
	whole, err := n.frame(n.header()).Encode()
	require.NoError(f, err)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(snnMagic))
	for _, change := range hostileSNN() {
		other := *n
		change(&other)
		data, err := other.frame(other.header()).Encode()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := decodeSNN(data)
		if err != nil {
			return
		}
		if r, err := n.Compile(cfg.Chip); err == nil {
			_, _ = chip.Load(r.Image)
		}
	})
}

func TestExports(t *testing.T) {
	n, _ := small(t)
	dir := t.TempDir()
	require.NoError(t, n.SaveFields(filepath.Join(dir, "fields.png")))
	require.NoError(t, n.SaveWeights(filepath.Join(dir, "w.npz")))
	img, err := n.Fields()
	require.NoError(t, err)
	require.Equal(t, 3*(3*28+1)+1, img.Bounds().Dx(), "nine neurons in a square")

	f, err := npz.Open(filepath.Join(dir, "w.npz"))
	require.NoError(t, err)
	defer f.Close()
	weights, err := f.Array("weights")
	require.NoError(t, err)
	require.Equal(t, []int{9, 28, 28}, weights.Shape)
	values, err := weights.Float32s()
	require.NoError(t, err)
	require.InDelta(t, float64(n.Weights[100*9+4])/65280, float64(values[4*784+100]), 1e-6)
	labels, err := f.Array("labels")
	require.NoError(t, err)
	classes, err := labels.Int64s()
	require.NoError(t, err)
	for j, class := range classes {
		require.EqualValues(t, n.Labels[j], class)
	}
}
