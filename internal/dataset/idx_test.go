package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/internal/outside"
)

// imageFile returns an image file with the given header fields and n pixels.
func imageFile(count, rows, cols uint32, n int) []byte {
	b := binary.BigEndian.AppendUint32(nil, magicImages)
	b = binary.BigEndian.AppendUint32(b, count)
	b = binary.BigEndian.AppendUint32(b, rows)
	b = binary.BigEndian.AppendUint32(b, cols)
	for i := range n {
		b = append(b, byte(i*7))
	}
	return b
}

// labelFile returns a label file that promises count labels.
func labelFile(count uint32, labels ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magicLabels)
	b = binary.BigEndian.AppendUint32(b, count)
	return append(b, labels...)
}

func packed(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	_, err := zw.Write(content)
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	return b.Bytes()
}

func TestOpenAcceptsEveryNameAndPacking(t *testing.T) {
	images, labels := imageFile(2, 3, 4, 24), labelFile(2, 7, 0)
	for name, files := range map[string]map[string][]byte{
		"plain": {"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels},
		"gzip": {
			"train-images-idx3-ubyte.gz": packed(t, images),
			"train-labels-idx1-ubyte.gz": packed(t, labels),
		},
		"dotted": {"train-images.idx3-ubyte": images, "train-labels.idx1-ubyte": labels},
		"dotted gzip": {
			"train-images.idx3-ubyte.gz": packed(t, images),
			"train-labels.idx1-ubyte.gz": packed(t, labels),
		},
		"plain named gz": {
			"train-images-idx3-ubyte.gz": images,
			"train-labels-idx1-ubyte.gz": labels,
		},
		"gzip named plain": {
			"train-images-idx3-ubyte": packed(t, images),
			"train-labels-idx1-ubyte": packed(t, labels),
		},
		"first name counts": {
			"train-images-idx3-ubyte.gz": packed(t, images),
			"train-images-idx3-ubyte":    []byte("broken"),
			"train-labels-idx1-ubyte":    labels,
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, files)
			s, err := Open(dir, Train)
			require.NoError(t, err)
			require.Equal(t, &Set{
				Name: filepath.Base(dir), Split: Train, Shape: []int{3, 4}, Classes: 8,
				Bytes: images[headerImages:], Labels: []int32{7, 0},
			}, s)
			require.Equal(t, images[headerImages+12:], s.Image(1))

			_, err = Open(dir, Test)
			require.ErrorIs(t, err, fs.ErrNotExist)
			require.ErrorContains(t, err, "t10k-images-idx3-ubyte")
			require.ErrorContains(t, err, "--data digits")
		})
	}
}

func TestOpenRefusesBadFiles(t *testing.T) {
	goodImages, goodLabels := imageFile(2, 3, 4, 24), labelFile(2, 1, 9)
	zipped := packed(t, goodImages)
	flipped := bytes.Clone(zipped)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	bomb := packed(t, append(imageFile(60000, 4000, 4, 0), make([]byte, 5000)...))

	for _, c := range []struct {
		name           string
		images, labels []byte
		want           []string
	}{
		{"empty", nil, goodLabels, []string{"train-images-idx3-ubyte", "truncated at byte 0"}},
		{"short header", goodImages[:15], goodLabels, []string{"truncated at byte 15", "16"}},
		{"no magic", []byte("<!DOCTYPE html><html></html>"), goodLabels,
			[]string{"bytes 0..3", "0x3c21444f"}},
		{"labels for images", goodLabels, goodLabels, []string{"holds labels, not images"}},
		{"images for labels", goodImages, goodImages,
			[]string{"train-labels-idx1-ubyte", "holds images, not labels"}},
		{"truncated", goodImages[:30], goodLabels, []string{"truncated at byte 30", "40"}},
		{"trailing", append(bytes.Clone(goodImages), 0), goodLabels,
			[]string{"trailing bytes at byte 40"}},
		{"no images", imageFile(0, 3, 4, 0), goodLabels, []string{"bytes 4..7", "no items"}},
		{"no rows", imageFile(2, 0, 4, 0), goodLabels, []string{"bytes 8..11", "a side of 0"}},
		{"huge sides", imageFile(2, math.MaxUint32, math.MaxUint32, 0), goodLabels,
			[]string{"bytes 8..11"}},
		{"huge count", imageFile(math.MaxUint32, 28, 28, 24), goodLabels,
			[]string{"bytes 4..7", "limit"}},
		{"labels truncated", goodImages, labelFile(3, 1, 2), []string{"truncated at byte 10"}},
		{"labels trailing", goodImages, labelFile(1, 1, 2), []string{"trailing bytes at byte 9"}},
		{"other count", goodImages, labelFile(3, 1, 2, 3),
			[]string{"holds 2 images", "holds 3 labels"}},
		{"gzip header only", zipped[:5], goodLabels, []string{"gzip"}},
		{"gzip truncated", zipped[:len(zipped)-12], goodLabels, []string{"gzip"}},
		{"gzip checksum", flipped, goodLabels, []string{"gzip", "checksum"}},
		{"gzip of little", packed(t, []byte("hello")), goodLabels, []string{"magic 0x68656c6c"}},
		{"gzip trailing", packed(t, append(bytes.Clone(goodImages), 1, 2)), goodLabels,
			[]string{"trailing bytes at byte 40"}},
		{"gzip promises too much", bomb, goodLabels, []string{"promises", "more than"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := tree(t, map[string][]byte{
				"train-images-idx3-ubyte": c.images,
				"train-labels-idx1-ubyte": c.labels,
			})
			_, err := Open(dir, Train)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.ErrorContains(t, err, dir)
		})
	}
}

func TestOpenRefusesFolders(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "none"), Test)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "adder data fetch mnist --dir")

	_, err = Open("", Test)
	require.ErrorContains(t, err, "no data given")

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err = Open(file, Test)
	require.ErrorContains(t, err, "is a file")
	_, err = List(file)
	require.ErrorContains(t, err, "is a file")

	_, err = Open(dir, Split(7))
	require.ErrorContains(t, err, "neither")
}

func TestListTellsEachFile(t *testing.T) {
	dir := tree(t, map[string][]byte{
		"train-images-idx3-ubyte":         imageFile(2, 3, 4, 24),
		"train-labels.idx1-ubyte":         labelFile(3, 1, 2, 3),
		"t10k-labels-idx1-ubyte.gz":       []byte("junk junk junk"),
		"t10k-images-idx3-ubyte.gz.part":  make([]byte, 77),
		"something-else-entirely.gz.part": nil,
	})
	list, err := List(dir)
	require.NoError(t, err)
	require.Len(t, list, 4)

	require.True(t, list[0].Usable())
	require.Equal(t, 2, list[0].Items)
	require.Equal(t, int64(40), list[0].Bytes)
	require.False(t, list[0].MNIST)

	require.False(t, list[1].Usable())
	require.ErrorContains(t, list[1].Err, "3 labels")

	part := FileStatus{Split: Test, Kind: Images, Name: "t10k-images-idx3-ubyte", PartBytes: 77}
	require.Equal(t, part, list[2])
	require.False(t, list[2].Usable())

	require.ErrorContains(t, list[3].Err, "magic")

	empty, err := List(filepath.Join(dir, "none"))
	require.NoError(t, err)
	require.Len(t, empty, 4)
	for _, f := range empty {
		require.Empty(t, f.Path)
		require.NoError(t, f.Err)
	}
}

func TestWriteIDXReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &Set{
			Split:  rapid.SampledFrom([]Split{Train, Test}).Draw(rt, "split"),
			Shape:  rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(rt, "shape"),
			Labels: rapid.SliceOfN(rapid.Int32Range(0, 9), 1, 6).Draw(rt, "labels"),
		}
		s.Classes = int(slices.Max(s.Labels)) + 1
		n := s.Len() * s.Size()
		s.Bytes = rapid.SliceOfN(rapid.Uint8(), n, n).Draw(rt, "pixels")
		dir := t.TempDir()
		s.Name = filepath.Base(dir)
		require.NoError(rt, writeIDX(dir, s))
		got, err := Open(dir, s.Split)
		require.NoError(rt, err)
		require.Equal(rt, s, got)
	})
}

func TestSliceKeepsToTheSet(t *testing.T) {
	s, err := Digits(Test, DigitsOptions{Test: 20})
	require.NoError(t, err)
	for _, c := range []struct{ lo, hi, first, n int }{
		{0, 20, 0, 20}, {3, 5, 3, 2}, {-4, 2, 0, 2}, {18, 99, 18, 2}, {7, 3, 7, 0}, {50, 60, 20, 0},
	} {
		part := s.Slice(c.lo, c.hi)
		require.Equal(t, c.n, part.Len())
		require.Len(t, part.Bytes, c.n*s.Size())
		for i := range part.Len() {
			require.Equal(t, s.Image(c.first+i), part.Image(i))
			require.Equal(t, s.Labels[c.first+i], part.Labels[i])
		}
	}
	require.Equal(t, 20, s.Head(100).Len())
	require.Equal(t, 0, s.Head(-1).Len())
}

func TestParseSplit(t *testing.T) {
	for _, s := range []Split{Train, Test} {
		got, err := ParseSplit(s.String())
		require.NoError(t, err)
		require.Equal(t, s, got)
	}
	_, err := ParseSplit("validation")
	require.ErrorContains(t, err, "train or test")
}

// TestMNIST reads the real files, where they are at hand.
func TestMNIST(t *testing.T) {
	dir := outside.Folder(t, "mnist")
	list, err := List(dir)
	require.NoError(t, err)
	for _, f := range list {
		require.NoError(t, f.Err)
		require.True(t, f.MNIST, f.Name)
	}
	s, err := Open(dir, Test)
	require.NoError(t, err)
	require.Equal(t, "mnist", s.Name)
	require.Equal(t, 10000, s.Len())
	require.Equal(t, 784, s.Size())
	// The labels of the first test images are well known.
	require.Equal(t, []int32{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, s.Labels[:10])
}

func FuzzIDX(f *testing.F) {
	images, labels := imageFile(2, 3, 4, 24), labelFile(3, 0, 5, 9)
	for _, seed := range [][]byte{
		nil, images, labels, images[:20], labels[:9], append(bytes.Clone(labels), 1),
		packed(f, images), packed(f, labels), packed(f, images)[:30], {0x1f, 0x8b},
		imageFile(math.MaxUint32, 4096, 4096, 3), packed(f, imageFile(1<<20, 28, 28, 3)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		content, err := unpack(raw)
		if err != nil {
			return
		}
		var set Set
		if set.takeImages(content) == nil {
			require.Equal(t, set.elements(), set.Len()*set.Size())
		}
		if set.takeLabels(content) == nil {
			for _, l := range set.Labels {
				require.Less(t, int(l), set.Classes)
			}
		}
	})
}
