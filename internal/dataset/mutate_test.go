package dataset

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"flag"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// mutations is the number of damaged files of each form. 10,000 were tried by hand:
// go test ./internal/dataset -run Mutated -mutations 10000.
var mutations = flag.Int("mutations", 150, "damaged files of each form")

// specimen is a small data set of one form, of which one file is damaged.
type specimen struct {
	name  string
	files map[string][]byte
	// damage names the file.
	damage string
	// declared is what a damaged file says that it decodes to, in bytes.
	declared func(content []byte) int64
}

// plain is what a file without compression can hold.
func plain(content []byte) int64 { return int64(len(content)) }

func specimens(t testing.TB) []specimen {
	slope := image.NewNRGBA(image.Rect(0, 0, 24, 20))
	for k := range 480 {
		slope.Set(k%24, k/24, color.NRGBA{uint8(10 * (k % 24)), uint8(12 * (k / 24)), uint8(k),
			255})
	}
	var jpg bytes.Buffer
	require.NoError(t, jpeg.Encode(&jpg, slope, nil))
	images := idx(8, []int{5, 3, 2, 2}, make([]byte, 60)...)
	labels := idx(8, []int{5}, 0, 1, 2, 3, 4)
	x := npy(t, []int{3, 4}, 1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	y := npy(t, []int{3}, uint8(0), 1, 2)
	pixel := map[string][]byte{"train/a/1.png": dot(t, color.NRGBA{1, 2, 3, 255}),
		"train/b/1.png": dot(t, color.NRGBA{3, 2, 1, 255})}
	return []specimen{
		{"npy", map[string][]byte{"x.npy": x, "y.npy": y}, "x.npy", plain},
		{"npy labels",
			map[string][]byte{"x.npy": x, "y.npy": npy(t, []int{3, 2}, 0.0, 1, 1, 0, 1, 0)},
			"y.npy", plain},
		{"npz", map[string][]byte{"a.npz": zipped(t, map[string][]byte{"x.npy": x, "y.npy": y})},
			"a.npz", declaredZip},
		{"IDX", map[string][]byte{"train-images-idx4-ubyte": images,
			"train-labels-idx1-ubyte": labels}, "train-images-idx4-ubyte", plain},
		{"IDX of floats",
			map[string][]byte{"train-images-idx2-float": idx(13, []int{5, 2},
				floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)...), "train-labels-idx1-ubyte": labels},
			"train-images-idx2-float", plain},
		{"IDX labels", map[string][]byte{"train-images-idx4-ubyte": images,
			"train-labels-idx1-ubyte": labels}, "train-labels-idx1-ubyte", plain},
		{"IDX packed", map[string][]byte{"train-images-idx4-ubyte.gz": packed(t, images),
			"train-labels-idx1-ubyte": labels}, "train-images-idx4-ubyte.gz", declaredGzip},
		{"CIFAR-10", map[string][]byte{"data_batch_1.bin": cifarRecord(1, 2)}, "data_batch_1.bin",
			plain},
		{"CIFAR-100", map[string][]byte{"train.bin": cifarRecord(1, 2, 3)}, "train.bin", plain},
		{"PNG", map[string][]byte{"a/1.png": pngOf(t, slope)}, "a/1.png", declaredPicture},
		{"JPEG", map[string][]byte{"a/1.jpg": jpg.Bytes()}, "a/1.jpg", declaredPicture},
		{"zip", map[string][]byte{"whole.zip": zipped(t, pixel)}, "whole.zip", declaredZip},
	}
}

func declaredZip(content []byte) int64 {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return int64(len(content))
	}
	total := int64(len(content))
	for _, m := range z.File {
		total += min(int64(m.UncompressedSize64), int64(m.CompressedSize64)*maxDeflateRatio)
	}
	return total
}

func declaredGzip(content []byte) int64 {
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return int64(len(content))
	}
	head, _ := io.ReadAll(io.LimitReader(z, magicBytes+4*maxRank))
	h, err := parseIDX(head)
	if err != nil {
		return int64(len(content))
	}
	return h.bytes
}

func declaredPicture(content []byte) int64 {
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return int64(len(content))
	}
	return int64(c.Width)*int64(c.Height)*8 + int64(len(content))
}

// mutate damages a file: bytes that change, go, come or are copied from elsewhere.
func mutate(content []byte, draw *rand.Rand) []byte {
	out := bytes.Clone(content)
	for range 1 + draw.IntN(4) {
		if len(out) == 0 {
			return out
		}
		at := draw.IntN(len(out))
		switch draw.IntN(6) {
		case 0:
			out[at] ^= 1 << draw.IntN(8)
		case 1:
			out[at] = byte(draw.Uint32())
		case 2:
			copy(out[at:], []byte{0xff, 0xff, 0xff, 0x7f}[:draw.IntN(5)])
		case 3:
			out = out[:at]
		case 4:
			out = slices.Insert(out, at, out[draw.IntN(at+1):at]...)
		case 5:
			out = slices.Delete(out, at, min(at+draw.IntN(9), len(out)))
		}
	}
	return out
}

// load opens the damaged data set as it would be from a disk.
func load(s *specimen, content []byte) (*Set, error) {
	if s.name == "zip" {
		archive, err := readArchive(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil, err
		}
		return (&place{FS: archive, path: "mutated", name: "mutated"}).open(Train, 0)
	}
	files := fstest.MapFS{}
	for name := range maps.Keys(s.files) {
		files[name] = &fstest.MapFile{Data: s.files[name]}
	}
	files[s.damage] = &fstest.MapFile{Data: content}
	return (&place{FS: files, path: "mutated", name: "mutated"}).open(Train, 0)
}

// slack is what opening takes apart from the samples: decoders, names, errors.
const slack = 1 << 20

// A damaged file is refused or read: no panic, no wait, and no more memory than twice
// what it says that it holds.
func TestMutatedFiles(t *testing.T) {
	for _, s := range specimens(t) {
		t.Run(s.name, func(t *testing.T) {
			whole, err := load(&s, s.files[s.damage])
			require.NoError(t, err)
			require.Positive(t, whole.Len())
			draw := rand.New(rand.NewPCG(1, 2))
			for i := range *mutations {
				hold(t, &s, mutate(s.files[s.damage], draw), i)
			}
		})
	}
}

// hold loads a damaged file and holds it to time, memory and the rules of a set.
func hold(t *testing.T, s *specimen, content []byte, number int) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	set, err := load(s, content)
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	require.Less(t, elapsed, 20*time.Second, "a hang: files take milliseconds; mutation %d", number)
	require.LessOrEqual(t, int64(after.TotalAlloc-before.TotalAlloc), 2*s.declared(content)+slack,
		"mutation %d", number)
	if err == nil {
		requireSound(t, set)
	}
}

// requireSound holds a set to what its fields promise.
func requireSound(t testing.TB, s *Set) {
	require.Equal(t, s.elements(), s.Len()*s.Size())
	require.NoError(t, checkShape(s.Shape))
	require.True(t, s.Bytes == nil || s.Reals == nil)
	for _, label := range s.Labels {
		require.True(t, label >= 0 && int(label) < s.Classes)
	}
	require.NoError(t, s.checkFinite())
}

// FuzzForms opens a data set of which one file is what the fuzzer makes.
func FuzzForms(f *testing.F) {
	all := specimens(f)
	for i, s := range all {
		f.Add(uint8(i), s.files[s.damage])
	}
	f.Fuzz(func(t *testing.T, form uint8, content []byte) {
		s := all[int(form)%len(all)]
		if set, err := load(&s, content); err == nil {
			requireSound(t, set)
		}
	})
}
