package npz

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// Reader reads the elements of one array piece by piece, so that it need not be in memory whole.
// Close releases it.
type Reader struct {
	Type DType
	// Shape is the array's; with Fortran its first dimension is the fastest one in the
	// order that elements come in, else its last.
	Shape   []int
	Fortran bool

	what   string // for errors
	in     *bufio.Reader
	left   int // elements
	layout layout
	buf    []byte
	end    error // what the stream ended with, once all elements were read
	close  func() error
}

// readerBlock is the most bytes that a Reader decodes at once.
const readerBlock = 1 << 16

// Reader opens an array for reading piece by piece. The archive stays open until all
// its readers are closed.
func (f *File) Reader(name string) (*Reader, error) {
	m, err := f.find(name)
	if err != nil {
		return nil, err
	}
	// The limit is one of memory, which a reader does not take.
	unlimited := *f
	unlimited.limit = 1 << 62
	if err := unlimited.checkSizes(m); err != nil {
		return nil, f.wrap(name, err)
	}
	rc, err := m.Open()
	if err != nil {
		return nil, f.wrap(name, err)
	}
	r, err := newReader(rc, int64(m.UncompressedSize64))
	if err != nil {
		rc.Close()
		return nil, f.wrap(name, err)
	}
	r.what, r.close = fmt.Sprintf("%s: array %q", f.name, name), rc.Close
	return r, nil
}

// OpenReader opens the single array of the .npy file at path for reading piece by piece.
func OpenReader(path string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	r, err := newReader(file, info.Size())
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r.what, r.close = path, file.Close
	return r, nil
}

// newReader reads the header of an array whose file has size bytes.
func newReader(from io.Reader, size int64) (*Reader, error) {
	in := bufio.NewReaderSize(from, readerBlock)
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	if have := size - h.length; h.bytes != have {
		return nil, fmt.Errorf("%s of shape %s takes %d bytes but %d follow the header: the file "+
			"is truncated or damaged",
			h.dtype, shapeText(h.shape), h.bytes, have)
	}
	if h.dtype == String {
		return nil, errors.New("the array is str: numbers are needed")
	}
	return &Reader{Type: h.dtype, Shape: h.shape, Fortran: h.fortran, in: in, left: h.count,
		layout: h.layout}, nil
}

// Owning makes Close close other as well, such as the archive.
func (r *Reader) Owning(other io.Closer) *Reader {
	own := r.close
	r.close = func() error { return errors.Join(own(), other.Close()) }
	return r
}

// Float64s fills dst with the next elements and returns how many there were, io.EOF
// after the last. Integers are rounded where float64 cannot hold them. The checksum of
// the whole array is verified with the last element.
func (r *Reader) Float64s(dst []float64) (int, error) {
	if r.left == 0 {
		return 0, r.finish()
	}
	n := min(len(dst), r.left, readerBlock/r.layout.item)
	b, err := r.bytes(n)
	if err != nil {
		return 0, err
	}
	piece := Array{Type: r.Type, item: r.layout.item, count: n, data: b}
	piece.floats(dst[:n])
	return n, nil
}

// Skip passes over n elements.
func (r *Reader) Skip(n int) error {
	if n > r.left {
		return fmt.Errorf("%s: %d elements are left, not %d", r.what, r.left, n)
	}
	if _, err := io.CopyN(io.Discard, r.in, int64(n)*int64(r.layout.item)); err != nil {
		return fmt.Errorf("%s: %w", r.what, explain(err))
	}
	r.left -= n
	return nil
}

// bytes reads n elements, little-endian.
func (r *Reader) bytes(n int) ([]byte, error) {
	if r.buf == nil {
		r.buf = make([]byte, readerBlock)
	}
	b := r.buf[:n*r.layout.item]
	if _, err := io.ReadFull(r.in, b); err != nil {
		return nil, fmt.Errorf("%s: reading elements: %w", r.what, explain(err))
	}
	if r.layout.big && r.layout.unit > 1 {
		swapUnits(b, r.layout.unit)
	}
	r.left -= n
	return b, nil
}

// finish sees the end of the stream, where the checksum is.
func (r *Reader) finish() error {
	if r.end == nil {
		_, err := r.in.ReadByte()
		switch {
		case err == nil:
			r.end = fmt.Errorf("%s: more data follows the elements", r.what)
		case errors.Is(err, io.EOF):
			r.end = io.EOF
		default:
			r.end = fmt.Errorf("%s: %w", r.what, explain(err))
		}
	}
	return r.end
}

// Close releases the array.
func (r *Reader) Close() error { return r.close() }

// floats converts all elements, rounding integers where they do not fit.
func (a *Array) floats(dst []float64) {
	switch a.Type {
	case Bool, Uint8:
		for i, v := range a.data[:len(dst)] {
			dst[i] = float64(v)
			if a.Type == Bool && v != 0 {
				dst[i] = 1
			}
		}
	case Uint64:
		for i := range dst {
			dst[i] = float64(uint64(a.integer(i)))
		}
	case Float16, Float32, Float64:
		for i := range dst {
			dst[i] = a.float(i)
		}
	default:
		for i := range dst {
			dst[i] = float64(a.integer(i))
		}
	}
}
