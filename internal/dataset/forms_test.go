package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each form is read from a folder, from a folder in a zip archive, and the same.
func TestForms(t *testing.T) {
	red, blue := color.NRGBA{200, 10, 0, 255}, color.NRGBA{0, 20, 90, 128}
	pixels := func(r, g, b uint8) []uint8 {
		return slices.Concat(bytes.Repeat([]uint8{r}, 6), bytes.Repeat([]uint8{g}, 6),
			bytes.Repeat([]uint8{b}, 6))
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  Set
	}{
		"npy": {
			map[string][]byte{"x.npy": npy(t, []int{2, 2}, -1.5, 2, 3, 4),
				"y.npy": npy(t, []int{2}, int64(25), 0)},
			Set{Shape: []int{2}, Classes: 26, Reals: []float32{-1.5, 2, 3, 4},
				Labels: []int32{25, 0}, Whole: true},
		},
		"npy by other names": {
			map[string][]byte{"images.npy": npy(t, []int{1, 1, 2}, uint8(7), 8),
				"labels.npy": npy(t, []int{1, 1}, int32(1))},
			Set{Shape: []int{1, 2}, Classes: 2, Bytes: []uint8{7, 8}, Labels: []int32{1},
				Whole: true},
		},
		"npy without labels": {
			map[string][]byte{"x.npy": npy(t, []int{2, 3}, int16(1), 2, 3, -4, 5, 6)},
			Set{Shape: []int{3}, Reals: []float32{1, 2, 3, -4, 5, 6}, Whole: true},
		},
		"npy of both splits": {
			map[string][]byte{
				"x_train.npy": npy(t, []int{2}, 1.0, 2), "y_train.npy": npy(t, []int{2}, uint8(0),
					1),
				"x_test.npy": npy(t, []int{1}, 9.0), "y_test.npy": npy(t, []int{1}, uint8(0)),
			},
			Set{Shape: []int{1}, Classes: 2, Reals: []float32{1, 2}, Labels: []int32{0, 1}},
		},
		"npz by split": {
			map[string][]byte{
				"train.npz": zipped(t, map[string][]byte{"x.npy": npy(t, []int{1, 1}, uint8(3)),
					"y.npy": npy(t, []int{1}, uint8(0))}),
				"test.npz": zipped(t, map[string][]byte{"x.npy": npy(t, []int{1, 1}, uint8(4))}),
			},
			Set{Shape: []int{1}, Classes: 1, Bytes: []uint8{3}, Labels: []int32{0}},
		},
		"one-hot labels": {
			map[string][]byte{"x.npy": npy(t, []int{2, 1}, uint8(1), 2),
				"y.npy": npy(t, []int{2, 3}, 0.0, 0, 1, 1, 0, 0)},
			Set{Shape: []int{1}, Classes: 3, Bytes: []uint8{1, 2}, Labels: []int32{2, 0},
				Whole: true,
				Notes: []string{"labels are one-hot rows of 3 columns: the class is the column " +
					"of the 1"}},
		},
		"IDX of four dimensions": {
			map[string][]byte{"emnist-train-images-idx4-ubyte": idx(8, []int{2, 3, 1, 1}, 1, 2, 3,
				4, 5, 6), "emnist-train-labels-idx1-ubyte": idx(8, []int{2}, 200, 1)},
			Set{Shape: []int{3, 1, 1}, Classes: 201, Bytes: []uint8{1, 2, 3, 4, 5, 6},
				Labels: []int32{200, 1}},
		},
		"IDX of floats": {
			map[string][]byte{"train-images-idx2-float": idx(13, []int{1, 2}, floats(-0.5, 1e3)...),
				"train-labels-idx1-int": idx(12, []int{1}, 0, 0, 1, 0)},
			Set{Shape: []int{2}, Classes: 257, Reals: []float32{-0.5, 1e3}, Labels: []int32{256}},
		},
		"CIFAR-10": {
			map[string][]byte{"a/data_batch_2.bin": cifarRecord(5, 9),
				"a/data_batch_1.bin": cifarRecord(6, 3), "a/test_batch.bin": nil},
			Set{Name: "cifar10", Shape: []int{3, 32, 32}, Classes: 10, Picture: true,
				Labels: []int32{3, 9},
				Bytes: slices.Concat(bytes.Repeat([]byte{6}, cifarPixels),
					bytes.Repeat([]byte{5}, cifarPixels))},
		},
		"CIFAR-100": {
			map[string][]byte{"train.bin": cifarRecord(1, 19, 99)},
			Set{Name: "cifar100", Shape: []int{3, 32, 32}, Classes: 100, Picture: true,
				Labels: []int32{99}, Bytes: bytes.Repeat([]byte{1}, cifarPixels)},
		},
		"pictures by class, in turn": {
			map[string][]byte{
				"train/cat/1.png": dot(t, red), "train/cat/2.PNG": dot(t, blue),
				"train/cat/notes.txt": nil,
				"train/ant/7.png":     dot(t, blue), "test/cat/1.png": dot(t, red),
				"train/.hidden/1.png": nil,
			},
			Set{Shape: []int{3, 2, 3}, Classes: 2, Picture: true, Labels: []int32{0, 1, 1},
				Bytes: slices.Concat(pixels(0, 20, 90), pixels(200, 10, 0), pixels(0, 20, 90))},
		},
		"grey pictures without splits": {
			map[string][]byte{"10/a.png": dot(t, color.Gray{50}),
				"9/a.png": dot(t, color.Gray{60})},
			Set{Shape: []int{1, 2, 3}, Classes: 2, Picture: true, Whole: true,
				Labels: []int32{0, 1}, Bytes: slices.Concat(bytes.Repeat([]byte{50}, 6),
					bytes.Repeat([]byte{60}, 6)),
				Notes: []string{
					`folders are classes in the order of their names, so that "9" is class 1, ` +
						`after "10"; name them with as many digits each to have them by number`}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			nested := map[string][]byte{}
			for name, content := range c.files {
				nested["some/folder/"+name] = content
			}
			for where, path := range map[string]string{
				"folder": tree(t, c.files), "zip": inArchive(t, c.files),
				"folder in a zip": inArchive(t, nested),
			} {
				got, err := Open(path, Train)
				require.NoError(t, err, where)
				want := c.want
				if want.Name == "" {
					want.Name = got.Name
				}
				require.Equal(t, &want, got, where)
			}
		})
	}
}

func TestNPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letters.npz")
	require.NoError(t, os.WriteFile(path, zipped(t, map[string][]byte{
		"x.npy": npy(t, []int{3, 2}, float32(-1), 2, 3, 4, 5, 6),
		"y.npy": npy(t, []int{3}, uint8(2), 1, 0), "seed.npy": npy(t, []int{1}, 3.0),
	}), 0o644))
	want := &Set{Name: "letters", Split: Test, Shape: []int{2}, Classes: 3,
		Reals: []float32{-1, 2, 3, 4, 5, 6}, Labels: []int32{2, 1, 0}, Whole: true}
	got, err := Open(path, Test)
	require.NoError(t, err)
	require.Equal(t, want, got)

	head, err := OpenHead(path, Test, 2)
	require.NoError(t, err)
	require.Equal(t, []int{2, 3}, []int{head.Len(), head.Classes},
		"the classes are those of all samples")
	require.Equal(t, []float32{5, 6, -1, 2}, got.Pick([]int32{2, 0}).Reals)
	require.Equal(t, []float32{3, 4}, got.Real(1))
}

// The limit is what is decoded: damaged pictures behind it do no harm.
func TestLimitOfPictures(t *testing.T) {
	path := tree(t, map[string][]byte{
		"a/1.png": dot(t, color.Gray{1}), "a/2.png": []byte("damaged"),
		"b/1.png": dot(t, color.Gray{2}), "c/1.png": dot(t, color.Gray{3}),
	})
	got, err := OpenHead(path, Train, 3)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 1, 2}, got.Labels)
	_, err = Open(path, Train)
	require.ErrorContains(t, err, filepath.Join("a", "2.png"))
}

func TestFormsRefuse(t *testing.T) {
	x, y := npy(t, []int{2, 2}, 1.0, 2, 3, 4), npy(t, []int{2}, int64(1), 0)
	wide := dot(t, color.Gray{3})
	binary.BigEndian.PutUint32(wide[16:], 1<<12)
	binary.BigEndian.PutUint32(wide[20:], 1<<12)
	binary.BigEndian.PutUint32(wide[29:], crc32.ChecksumIEEE(wide[12:29]))
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string
	}{
		"nothing": {map[string][]byte{"readme.txt": nil},
			"folders of pictures by class, each of which may be in a .zip that is named " +
				"itself: run `adder data fetch"},
		"pickles": {map[string][]byte{"data_batch_1": nil}, "Python pickles"},
		"labels alone": {map[string][]byte{"x_test.npy": x, "y.npy": y},
			"none for the train split"},
		"too many labels": {map[string][]byte{"x.npy": npy(t, []int{1, 2}, 1.0, 2),
			"y.npy": y}, "holds 1 images"},
		"too few labels": {map[string][]byte{"x.npy": x, "y.npy": npy(t, []int{1}, uint8(1))},
			"holds 1 labels"},
		"fractional labels": {map[string][]byte{"x.npy": x, "y.npy": npy(t, []int{2}, 0.5, 1)},
			"label 0 is 0.5"},
		"negative labels": {map[string][]byte{"x.npy": x,
			"y.npy": npy(t, []int{2}, int64(0), -1)}, "label 1 is -1"},
		"no one-hot row": {map[string][]byte{"x.npy": x,
			"y.npy": npy(t, []int{2, 2}, 1.0, 0, 0, 0)}, "row 1 of the labels, 2 columns, is not " +
			"one-hot: it has no 1"},
		"two hot": {map[string][]byte{"x.npy": x,
			"y.npy": npy(t, []int{2, 2}, 1.0, 1, 0, 1)}, "row 0 of the labels"},
		"labels of three axes": {map[string][]byte{"x.npy": x,
			"y.npy": npy(t, []int{2, 1, 1}, 1.0, 1)}, "labels have shape [2 1 1]"},
		"not finite": {map[string][]byte{"x.npy": npy(t, []int{2, 2}, 1, 2, 3,
			math.Inf(1)), "y.npy": y}, "element 1 of sample 1 is +Inf"},
		"beyond float32": {map[string][]byte{"x.npy": npy(t, []int{1, 1}, 1e300)},
			"give finite numbers within 32 bits"},
		"no samples": {map[string][]byte{"x.npy": npy[float64](t, []int{0, 2})},
			"at least one"},
		"two archives": {map[string][]byte{"a.npz": nil, "b.npz": nil},
			"name one of them, or call arrays train.npz and test.npz"},
		"CIFAR of half": {map[string][]byte{"data_batch_1.bin": make([]byte, 100)},
			"no whole number of records of 3073"},
		"CIFAR of another": {map[string][]byte{"data_batch_1.bin": cifarRecord(0, 10)},
			"label 10 of record 0"},
		"CIFAR without test": {map[string][]byte{"test_batch.bin": cifarRecord(0, 1)},
			"the train batches of CIFAR"},
		"sizes differ": {map[string][]byte{"a/1.png": dot(t, color.Gray{1}),
			"b/1.png": pngOf(t, image.NewGray(image.Rect(0, 0, 2, 2)))},
			"has 2 x 2 pixels and the first picture 3 x 2"},
		"colours among grey": {map[string][]byte{"a/1.png": dot(t, color.Gray{1}),
			"b/1.png": dot(t, color.NRGBA{1, 2, 3, 255})},
			"has colours and the first picture is grey"},
		"no picture": {map[string][]byte{"a/1.png": []byte("GIF89a")},
			"PNG and JPEG can"},
		"a huge picture": {map[string][]byte{"a/1.png": wide},
			"4096 x 4096 pixels: at least 1 and at most"},
		"no train folder": {map[string][]byte{"test/a/1.png": dot(t, color.Gray{1})},
			"no folder train"},
		"several sets": {map[string][]byte{
			"emnist-train-images-idx3-ubyte": idx(8, []int{1, 1, 1}, 1),
			"kmnist-train-images-idx3-ubyte": idx(8, []int{1, 1, 1}, 1),
		}, "several sets"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{tree(t, c.files), inArchive(t, c.files)} {
				_, err := Open(path, Train)
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, path)
			}
		})
	}
}

func TestFilesThatAreNoData(t *testing.T) {
	dir := tree(t, map[string][]byte{"x.npy": nil, "cifar.tar.gz": nil, "m.onnx": nil,
		"broken.zip": []byte("PK"), "broken.npz": nil})
	for name, want := range map[string]string{
		"x.npy": "write both into an .npz", "cifar.tar.gz": "unpack it",
		"m.onnx":     "name the folder that holds it",
		"broken.zip": "not a zip archive", "broken.npz": "not an npz archive",
		"absent.npz": "no such file", "absent": "is not there",
	} {
		_, err := Open(filepath.Join(dir, name), Test)
		require.ErrorContains(t, err, want, name)
	}
	_, err := Open(filepath.Join(dir, "absent"), Test)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A folder named like the built-in set is not what the word means.
func TestFolderNamedDigits(t *testing.T) {
	t.Chdir(tree(t, map[string][]byte{"digits/x.npy": npy(t, []int{1, 1}, uint8(1))}))
	set, err := Open("digits", Test)
	require.NoError(t, err)
	require.Equal(t, DigitsTest, set.Len())
	require.Equal(t,
		[]string{
			`"digits" stands for the generated digits; the folder of that name here is "./digits"`},
		set.Notes)
	set, err = Open("./digits", Test)
	require.NoError(t, err)
	require.Equal(t, 1, set.Len())
}

// A zip archive may claim what it does not hold.
func TestArchiveThatLies(t *testing.T) {
	honest := zipped(t, map[string][]byte{"x.npy": npy(t, []int{1, 1}, uint8(1))})
	at := bytes.LastIndex(honest, []byte("PK\x01\x02"))
	for offset, want := range map[int]string{20: "in an archive of",
		24: "compressed bytes cannot hold"} {
		lie := bytes.Clone(honest)
		binary.LittleEndian.PutUint32(lie[at+offset:], 1<<30)
		path := filepath.Join(t.TempDir(), "lie.zip")
		require.NoError(t, os.WriteFile(path, lie, 0o644))
		_, err := Open(path, Train)
		require.ErrorContains(t, err, want)
	}
}

// The colours of JPEG pictures are interpolated. In the middle of a slope the filter is
// exact; a picture of one colour stays so.
func TestJPEGColours(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	for k := range img.Cb {
		img.Cb[k], img.Cr[k] = uint8(100+8*(k%img.CStride)), uint8(60+12*(k/img.CStride))
	}
	cb, cr := chromaPlanes(img)
	for y := 1; y < 15; y++ {
		for x := 1; x < 15; x++ {
			// Stored sample i is the colour at 2i + 1/2.
			require.InDelta(t, 100+8*(float64(x)-0.5)/2, float64(cb.values[16*y+x]), 0.6)
			require.InDelta(t, 60+12*(float64(y)-0.5)/2, float64(cr.values[16*y+x]), 0.6)
		}
	}
	flat := image.NewNRGBA(image.Rect(0, 0, 9, 7))
	for k := range 63 {
		flat.Set(k%9, k/9, color.NRGBA{180, 60, 20, 255})
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, flat, &jpeg.Options{Quality: 100}))
	set, err := Open(tree(t, map[string][]byte{"a/1.jpg": b.Bytes()}), Train)
	require.NoError(t, err)
	for k, v := range set.Bytes {
		require.InDelta(t, []float64{180, 60, 20}[k/63], float64(v), 2, fmt.Sprint(k))
	}
}

func TestRGBOfJFIF(t *testing.T) {
	for y := range 256 {
		for _, c := range [][2]int{{128, 128}, {0, 255}, {255, 0}, {90, 200}} {
			r, g, b := toRGB(uint8(y), uint8(c[0]), uint8(c[1]))
			cb, cr := float64(c[0]-128), float64(c[1]-128)
			for k, want := range []float64{float64(y) + 1.402*cr, float64(y) - 0.344136*cb -
				0.714136*cr, float64(y) + 1.772*cb} {
				require.InDelta(t, min(max(want, 0), 255), float64([]uint8{r, g, b}[k]), 0.51)
			}
		}
	}
}
