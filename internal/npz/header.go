package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	magic = "\x93NUMPY"

	// maxHeader bounds the header text. NumPy writes 118 bytes for ordinary
	// arrays and itself refuses to parse more than 10,000.
	maxHeader = 1 << 16

	// maxDims is the most dimensions NumPy 2 allows.
	maxDims = 64
)

// header is the header of an .npy file.
type header struct {
	layout
	record  *Record // of a structured type, which has no layout; else nil
	shape   []int
	fortran bool
	count   int   // elements
	bytes   int64 // count elements of item bytes
	length  int64 // bytes before the first element
}

// readHeader reads the header of an array of one type.
func readHeader(r io.Reader) (header, error) {
	h, err := readAnyHeader(r)
	if err == nil && h.record != nil {
		err = errors.New("npy header: structured dtypes are not supported: save each field as an " +
			"array of its own")
	}
	return h, err
}

// readAnyHeader reads the magic, the version and the header text.
func readAnyHeader(r io.Reader) (header, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return header{}, fmt.Errorf("no npy header: %w", explain(err))
	}
	if string(start[:6]) != magic {
		return header{}, errors.New("not an npy array: the magic bytes are missing")
	}
	wide := 2
	switch start[6] {
	case 1:
	case 2, 3:
		wide = 4
	default:
		return header{}, fmt.Errorf("npy version %d.%d is not supported: 1 to 3 are", start[6],
			start[7])
	}
	var size [4]byte
	if _, err := io.ReadFull(r, size[:wide]); err != nil {
		return header{}, fmt.Errorf("npy header length: %w", explain(err))
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxHeader {
		return header{}, fmt.Errorf("npy header of %d bytes: at most %d are accepted", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, fmt.Errorf("npy header text: %w", explain(err))
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, fmt.Errorf("npy header: %w", err)
	}
	h.length = int64(len(start) + wide + len(text))
	return h, nil
}

// sizes fills count and bytes, refusing what does not fit an int64.
func (h *header) sizes() error {
	count, err := elements(h.shape)
	if err != nil {
		return err
	}
	if int64(count) > math.MaxInt64/int64(h.item) {
		return fmt.Errorf("shape %s of %d-byte elements is too large", shapeText(h.shape), h.item)
	}
	h.count = count
	h.bytes = int64(count) * int64(h.item)
	return nil
}

// elements is the product of the dimensions; 1 for a 0-d array.
func elements(shape []int) (int, error) {
	if len(shape) > maxDims {
		return 0, fmt.Errorf("%d dimensions: at most %d are possible", len(shape), maxDims)
	}
	empty := false
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %s has a negative dimension", shapeText(shape))
		}
		empty = empty || d == 0
	}
	if empty {
		return 0, nil
	}
	n := 1
	for _, d := range shape {
		if n > math.MaxInt/d {
			return 0, fmt.Errorf("shape %s is too large", shapeText(shape))
		}
		n *= d
	}
	return n, nil
}

// shapeText writes a shape as Python writes a tuple.
func shapeText(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// formatHeader is the inverse of readHeader: version 1.0, padded so that the
// data starts at a multiple of 64 bytes as the format asks.
func formatHeader(descr string, shape []int) ([]byte, error) {
	text := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shapeText(shape) +
		", }"
	const before = len(magic) + 4
	total := (before + len(text) + 1 + 63) &^ 63
	if total-before > math.MaxUint16 {
		return nil, fmt.Errorf("shape of %d dimensions does not fit an npy header", len(shape))
	}
	b := make([]byte, 0, total)
	b = append(b, magic...)
	b = append(b, 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(total-before))
	b = append(b, text...)
	for len(b) < total-1 {
		b = append(b, ' ')
	}
	return append(b, '\n'), nil
}
