package event

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errFlat = errors.New("a FlatBuffer refers to bytes beyond its end: the file is damaged")

// flatTable is a table of a FlatBuffer (google.github.io/flatbuffers, "Internals"):
// a place in a buffer, and the list of where its fields are. Every access is checked
// against the buffer's end.
type flatTable struct {
	buf    []byte
	at     int    // the table
	fields []byte // offsets of the fields from at, two bytes each
}

// flatRoot opens the root table of a buffer with a file identifier.
func flatRoot(buf []byte, identifier string) (flatTable, error) {
	if len(buf) < 8 || string(buf[4:8]) != identifier {
		return flatTable{}, fmt.Errorf("no FlatBuffer of the kind %s: the file is damaged",
			identifier)
	}
	at := int64(binary.LittleEndian.Uint32(buf))
	if at+4 > int64(len(buf)) {
		return flatTable{}, errFlat
	}
	list := at - int64(int32(binary.LittleEndian.Uint32(buf[at:])))
	if list < 0 || list+4 > int64(len(buf)) {
		return flatTable{}, errFlat
	}
	size := int64(binary.LittleEndian.Uint16(buf[list:]))
	if size < 4 || list+size > int64(len(buf)) {
		return flatTable{}, errFlat
	}
	return flatTable{buf, int(at), buf[list+4 : list+size]}, nil
}

// field gives the n bytes of a field, nil where the table does not have it or has it
// beyond the end.
func (t *flatTable) field(i, n int) []byte {
	if 2*i+2 > len(t.fields) {
		return nil
	}
	offset := int(binary.LittleEndian.Uint16(t.fields[2*i:]))
	if offset == 0 || t.at+offset+n > len(t.buf) {
		return nil
	}
	return t.buf[t.at+offset:][:n]
}

func (t *flatTable) int32(i int, missing int32) int32 {
	if b := t.field(i, 4); b != nil {
		return int32(binary.LittleEndian.Uint32(b))
	}
	return missing
}

func (t *flatTable) int64(i int, missing int64) int64 {
	if b := t.field(i, 8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return missing
}

// structs gives a field that is a vector of structs of size bytes, nil where the table
// does not have it.
func (t *flatTable) structs(i, size int) ([]byte, error) {
	b := t.field(i, 4)
	if b == nil {
		return nil, nil
	}
	at := int64(t.position(i)) + int64(binary.LittleEndian.Uint32(b))
	if at+4 > int64(len(t.buf)) {
		return nil, errFlat
	}
	count := int64(binary.LittleEndian.Uint32(t.buf[at:]))
	if count > (int64(len(t.buf))-at-4)/int64(size) {
		return nil, errFlat
	}
	return t.buf[at+4:][:count*int64(size)], nil
}

// position is the offset of a field that exists.
func (t *flatTable) position(i int) int {
	return t.at + int(binary.LittleEndian.Uint16(t.fields[2*i:]))
}

// text gives a field that is a string.
func (t *flatTable) text(i int) (string, error) {
	b, err := t.structs(i, 1)
	return string(b), err
}
