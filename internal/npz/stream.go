package npz

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Stream writes one array piece by piece, so that it need not be in memory whole.
type Stream[T Number] struct {
	w    *Writer
	out  io.Writer
	name string
	left int // elements still to come
	buf  []byte
}

// begin starts an array of the given final shape. Append writes its elements in C order, Close ends
// it; no other array may be written in between. A nil shape makes a 0-d array of one element.
func begin[T Number](w *Writer, name string, shape []int) (*Stream[T], error) {
	if w.err != nil {
		return nil, w.err
	}
	n, err := elements(shape)
	if err != nil {
		w.err = fmt.Errorf("npz: array %q: %w", name, err)
		return nil, w.err
	}
	out, err := w.member(name, descrOf[T](), shape)
	if err != nil {
		w.err = err
		return nil, err
	}
	w.open = true
	return &Stream[T]{w: w, out: out, name: name, left: n}, nil
}

// Append writes the next elements. More elements than the shape holds are an
// error.
func (s *Stream[T]) Append(data []T) error {
	if s.w.err != nil {
		return s.w.err
	}
	if len(data) > s.left {
		s.w.err = fmt.Errorf("npz: array %q: %d elements more than its shape holds", s.name,
			len(data)-s.left)
		return s.w.err
	}
	s.left -= len(data)
	var err error
	s.buf, err = writeElements(s.out, s.buf, data)
	if err != nil {
		s.w.err = fmt.Errorf("npz: array %q: %w", s.name, err)
	}
	return s.w.err
}

// Close ends the array. Missing elements are an error.
func (s *Stream[T]) Close() error {
	if s.w.err == nil && s.left > 0 {
		s.w.err = fmt.Errorf("npz: array %q: %d elements of its shape are missing", s.name, s.left)
	}
	s.w.open = false
	return s.w.err
}

// WriteNPY writes a bare .npy array: data in C order, one element for each
// position of shape. A nil shape makes a 0-d array of one element.
func WriteNPY[T Number](w io.Writer, shape []int, data []T) error {
	n, err := elements(shape)
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	if n != len(data) {
		return fmt.Errorf("npy: %d elements for shape %s", len(data), shapeText(shape))
	}
	h, err := formatHeader(descrOf[T](), shape)
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	if _, err := w.Write(h); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	if _, err := writeElements(w, nil, data); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

// writeElements writes data little-endian by way of buf, which it returns for
// the next call.
func writeElements[T Number](w io.Writer, buf []byte, data []T) ([]byte, error) {
	const block = 1 << 13
	for len(data) > 0 {
		n := min(block, len(data))
		var err error
		if buf, err = binary.Append(buf[:0], binary.LittleEndian, data[:n]); err != nil {
			return buf, err
		}
		if _, err = w.Write(buf); err != nil {
			return buf, err
		}
		data = data[n:]
	}
	return buf, nil
}

func descrOf[T Number]() string {
	var zero T
	switch any(zero).(type) {
	case bool:
		return "|b1"
	case int8:
		return "|i1"
	case uint8:
		return "|u1"
	case int16:
		return "<i2"
	case uint16:
		return "<u2"
	case int32:
		return "<i4"
	case uint32:
		return "<u4"
	case int64:
		return "<i8"
	case uint64:
		return "<u8"
	case float32:
		return "<f4"
	}
	return "<f8"
}
