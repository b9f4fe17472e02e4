package npz

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// structured is the header of a structured array.
func structured(descr, shape string) []byte {
	text := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	return append(binary.LittleEndian.AppendUint16([]byte(magic+"\x01\x00"), uint16(len(text))),
		text...)
}

// TestReadRecord: fields of every integer type, in both byte orders, with padding.
func TestReadRecord(t *testing.T) {
	file := structured("[('a', '|b1'), ('', '|V2'), ('b', '>i2'), ('c', '<u4'), ('d', '>i8'), "+
		"('e', '|i1'), ('f', '<f4')]", "(3,)")
	element := []byte{1, 9, 9, 0xff, 0xfe, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xfd, 0, 0, 0, 0}
	in := bytes.NewReader(append(file, element...))
	r, err := ReadRecord(in)
	require.NoError(t, err)
	require.Equal(t, 3, r.Count)
	require.Equal(t, len(element), r.Size)
	require.Equal(t, int64(len(file)), r.Length)
	rest, err := io.ReadAll(in)
	require.NoError(t, err)
	require.Equal(t, element, rest)
	want := map[string]int64{"a": 1, "b": -2, "c": 513, "d": 256, "e": -3}
	for _, f := range r.Fields {
		require.Equal(t, f.Name != "f", f.IsInteger(), f.Name)
		if f.IsInteger() {
			got, err := f.Integer(element)
			require.NoError(t, err)
			require.Equal(t, want[f.Name], got, f.Name)
		}
	}
	big := Field{Name: "x", Type: Uint64}
	_, err = big.Integer(bytes.Repeat([]byte{0xff}, 8))
	require.ErrorContains(t, err, `field "x" is 18446744073709551615, which int64 cannot hold`)
}

func TestReadRecordRefuses(t *testing.T) {
	for _, c := range []struct{ descr, shape, want string }{
		{"'<i8'", "(2, 4)", "the array is int64 of shape (2, 4): a structured one is needed"},
		{"[('a', '<i8')]", "(2, 4)", "the array has shape (2, 4): one axis is needed"},
		{"[]", "(2,)", "the structured type has no fields"},
		{"[('a', '<i8', (3,))]", "(2,)", `field "a" has several elements`},
		{"[('a', '<i8'), ('a', '<i8')]", "(2,)", `field "a" occurs twice`},
		{"[('a', '|O')]", "(2,)", `field "a": dtype "|O" holds Python objects`},
		{"[('a', '<i8')", "(2,)", "expected '('"},
		{"[('', '|V99999')]", "(2,)", `padding "|V99999" is not understood`},
		{"[('a', '<U2000')]", "(2,)", "an element takes more than 4096 bytes"},
		{"[('a', '<i8')]", "(4611686018427387904,)", "is too large"},
	} {
		_, err := ReadRecord(bytes.NewReader(structured(c.descr, c.shape)))
		require.ErrorContains(t, err, c.want, c.descr)
	}
	_, err := ReadNPY("x.npy", bytes.NewReader(structured("[('a', '<i8')]", "(0,)")), 1000)
	require.ErrorContains(t, err, "structured dtypes are not supported")
}
