package layout

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
)

// version2 is the image of smallImage in the present format version. Later versions keep
// the file and must go on reading it, as this one does that of version 1.
const version2 = "testdata/version2.image"

func encodeBytes(img *Image, littleEndian bool) []byte {
	return slices.Concat(encode(img, littleEndian)...)
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	data, err := os.ReadFile(version2)
	require.NoError(t, err)
	for at := range data {
		for bit := range 8 {
			data[at] ^= 1 << bit
			_, err := decode("flipped.image", data)
			var fault *FormatError
			require.ErrorAs(t, err, &fault, "byte %d bit %d", at, bit)
			require.Equal(t, "flipped.image", fault.File)
			data[at] ^= 1 << bit
		}
	}
	_, err = decode("whole.image", data)
	require.NoError(t, err)
}

func TestEveryTruncationIsRefused(t *testing.T) {
	data, err := os.ReadFile(version2)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cut.image")
	for n := range data {
		_, err := Read(bytes.NewReader(data[:n]), "cut.image")
		var fault *FormatError
		require.ErrorAs(t, err, &fault, "%d bytes", n)
		if n%97 != 0 {
			continue // files are slow
		}
		require.NoError(t, os.WriteFile(path, data[:n], 0o644))
		_, err = Open(path)
		require.ErrorAs(t, err, &fault, "%d bytes", n)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	whole, err := os.ReadFile(version2)
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		edit func(data []byte) []byte
		want string
	}{
		{"empty", func([]byte) []byte { return nil },
			"image x.image: header at byte 0: this is not an image: give a file that `adder " +
				"compile` wrote"},
		{"another file", func([]byte) []byte { return []byte("name: adder\n") },
			"image x.image: header at byte 0: this is not an image: give a file that `adder " +
				"compile` wrote"},
		{"short header", func(data []byte) []byte { return data[:20] },
			"image x.image: header at byte 20: the file ends within the header: copy the file " +
				"again or compile the model again"},
		{"truncated", func(data []byte) []byte { return data[:1000] },
			fmt.Sprintf("image x.image: header at byte 16: the file has 1000 of %d bytes, it is "+
				"truncated: copy the file again or compile the model again", len(whole))},
		{"appended", func(data []byte) []byte { return append(data, 0) },
			fmt.Sprintf("image x.image: header at byte 16: the file has %d bytes and should have "+
				"%d, something was appended: copy the file again or compile the model again",
				len(whole)+1, len(whole))},
		{"newer", func(data []byte) []byte { data[8] = Version + 1; return data },
			fmt.Sprintf("image x.image: header at byte 8: the file has format version %d and "+
				"this program reads up to %d: use a newer adder or compile the model again",
				Version+1, Version)},
		{"version zero", func(data []byte) []byte { data[8] = 0; return data },
			"image x.image: header at byte 8: there is no format version 0: copy the file again " +
				"or compile the model again"},
		{"altered header", func(data []byte) []byte { data[12]++; return data },
			"image x.image: header at byte 28: the checksum is wrong, the file is damaged: copy " +
				"the file again or compile the model again"},
		{"altered table", func(data []byte) []byte { data[headerSize]++; return data },
			"image x.image: section table at byte 32: the checksum is wrong, the file is " +
				"damaged: copy the file again or compile the model again"},
		{"altered weights", func(data []byte) []byte { data[len(data)-1]++; return data },
			fmt.Sprintf("image x.image: section core 1 at byte %d: the checksum is wrong, the "+
				"file is damaged: copy the file again or compile the model again",
				offsets(whole)[4])},
		{"unknown section", resealed(func(data []byte) {
			copy(data[headerSize+entrySize:], "XXXX")
		}),
			"image x.image: section table at byte 56: section 1 is \"XXXX\" and should be " +
				"\"ROUT\": compile the model again"},
		{"huge count of sections", resealed(func(data []byte) {
			binary.LittleEndian.PutUint32(data[12:], 1<<31)
		}),
			"image x.image: header at byte 12: 2147483648 sections do not fit the file: copy the " +
				"file again or compile the model again"},
		{"huge text", resealed(func(data []byte) {
			binary.LittleEndian.PutUint32(data[offsets(data)[0]:], 1<<31)
		}),
			fmt.Sprintf("image x.image: section meta at byte %d: 2147483648 bytes are due and ",
				offsets(whole)[0]+4)},
		{"huge list", resealed(func(data []byte) {
			binary.LittleEndian.PutUint32(data[offsets(data)[1]+5:], 1<<31)
		}),
			fmt.Sprintf("image x.image: section routes at byte %d: a list of 2147483648 items "+
				"needs at least 34359738368 bytes and ", offsets(whole)[1]+5)},
		{"huge array", resealed(func(data []byte) {
			binary.LittleEndian.PutUint64(data[offsets(data)[2]+5:], 1<<62)
		}),
			fmt.Sprintf("image x.image: section host at byte %d: an array of 4611686018427387904 "+
				"items of 2 bytes is due and 12 bytes are left: compile the model again",
				offsets(whole)[2]+16)},
		{"flag of 2", resealed(func(data []byte) { data[offsets(data)[1]+4] = 2 }),
			fmt.Sprintf("image x.image: section routes at byte %d: a flag is 2: it is 0 or 1: "+
				"compile the model again", offsets(whole)[1]+4)},
		{"parts disagree", resealed(func(data []byte) { data[offsets(data)[4]] = 1 }),
			"image x.image: content at byte 0: core 1 stands at tile 1 after tile 1: cores are " +
				"listed by ascending tile: compile the model again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.image")
			require.NoError(t, os.WriteFile(path, c.edit(slices.Clone(whole)), 0o644))
			_, err := Open(path)
			require.Error(t, err)
			var fault *FormatError
			require.ErrorAs(t, err, &fault)
			fault.File = filepath.Base(fault.File)
			require.Contains(t, fault.Error(), c.want)
		})
	}
}

// offsets lists where the sections of a file start.
func offsets(data []byte) []uint64 {
	n := binary.LittleEndian.Uint32(data[12:])
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(data[headerSize+entrySize*i+8:])
	}
	return out
}

// resealed makes an edit whose checksums are right.
func resealed(edit func([]byte)) func([]byte) []byte {
	return func(data []byte) []byte {
		edit(data)
		reseal(data)
		return data
	}
}

// reseal corrects checksums and the file's size where the table allows it.
func reseal(data []byte) {
	if len(data) < headerSize {
		return
	}
	binary.LittleEndian.PutUint64(data[16:], uint64(len(data)))
	n := uint64(binary.LittleEndian.Uint32(data[12:]))
	if n <= uint64(len(data)-headerSize)/entrySize {
		for i := range n {
			line := data[headerSize+entrySize*i:]
			offset, length := binary.LittleEndian.Uint64(line[8:]), binary.LittleEndian.Uint64(
				line[16:])
			if offset <= uint64(len(data)) && length <= uint64(len(data))-offset {
				binary.LittleEndian.PutUint32(line[4:], checksum(data[offset:offset+length]))
			}
		}
		binary.LittleEndian.PutUint32(data[24:], checksum(data[headerSize:headerSize+entrySize*n]))
	}
	binary.LittleEndian.PutUint32(data[28:], checksum(data[:28]))
}

func TestRandomImagesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := randomImage(t)
		var out bytes.Buffer
		if err := Write(&out, img); err != nil {
			t.Fatal(err)
		}
		again, err := Read(bytes.NewReader(out.Bytes()), "random.image")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(img, again); diff != "" {
			t.Fatal(diff)
		}
		if !bytes.Equal(out.Bytes(), encodeBytes(again, isLittleEndian())) {
			t.Fatal("an image that was read is written differently")
		}
	})
}

// Machines of the other byte order and unaligned buffers take the way that
// copies; both ways give the same.
func TestArraysOfTheOtherByteOrder(t *testing.T) {
	items := []core.Synapse{{Neuron: 0x0102, Weight: 0x0304}, {Neuron: 0x0506, Weight: -2}}
	swapped := toFile(items, !isLittleEndian())
	require.Equal(t, []byte{1, 2, 3, 4, 5, 6, 0xff, 0xfe}, swapped, "each number on its own")
	require.Equal(t, items, fromFile[core.Synapse](swapped, !isLittleEndian()))
	require.EqualValues(t, 0x0102, items[0].Neuron, "the items themselves are left alone")

	unaligned := append([]byte{0}, toFile(items, isLittleEndian())...)
	require.Equal(t, items, fromFile[core.Synapse](unaligned[1:], isLittleEndian()))
	require.Equal(t, []int32{-2}, fromFile[int32]([]byte{0xff, 0xff, 0xff, 0xfe},
		!isLittleEndian()))
	require.Nil(t, fromFile[int8](nil, true))
}

// A field that someone adds to the image or to a core is in the file too.
func TestEveryFieldIsWritten(t *testing.T) {
	img := new(Image)
	next := uint64(0)
	fill(t, reflect.ValueOf(img).Elem(), &next)
	again, err := parse("filled.image", encodeBytes(img, isLittleEndian()), isLittleEndian())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(img, again))
}

// fill sets everything below v to values that differ from zero.
func fill(t *testing.T, v reflect.Value, next *uint64) {
	*next++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), next)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), next)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), next)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *next))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(1 + *next%120))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1 + *next%250)
	default:
		t.Fatalf("the format has no %s", v.Kind())
	}
}

func TestSaveReplacesAFileOrLeavesIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.image")
	require.NoError(t, Save(path, smallImage()))
	first, err := os.ReadFile(path)
	require.NoError(t, err)

	broken := smallImage()
	broken.Readout.Population = 7
	require.ErrorContains(t, Save(path, broken), "readout of population 7")
	second, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, first, second)

	other := smallImage()
	other.Model = "other"
	require.NoError(t, Save(path, other))
	img, err := Open(path)
	require.NoError(t, err)
	require.Equal(t, "other", img.Model)

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "no temporary file stays behind")
	require.ErrorIs(t, Save(filepath.Join(dir, "none", "x.image"), other), os.ErrNotExist)
}

func TestOpenMissingFile(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "none.image"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzParse looks for files with right checksums that make a reader panic, or
// that are read but written differently.
func FuzzParse(f *testing.F) {
	f.Add(encodeBytes(smallImage(), true))
	without := smallImage()
	without.Host, without.Encoder.Kind = nil, "rate"
	f.Add(encodeBytes(without, true))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = slices.Clone(data)
		reseal(data)
		img, err := decode("fuzz.image", data)
		if err != nil {
			var fault *FormatError
			require.ErrorAs(t, err, &fault)
			return
		}
		require.True(t, bytes.Equal(data, encodeBytes(img, isLittleEndian())))
		Measure(img)
	})
}
