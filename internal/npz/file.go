package npz

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

const (
	// DefaultLimit is the most bytes that one array may take unless SetLimit
	// says otherwise.
	DefaultLimit int64 = 4 << 30

	// maxDeflateRatio is the most that deflate can expand: a 258-byte match
	// costs two bits at best (RFC 1951), hence 1032.
	maxDeflateRatio = 1032

	member = ".npy"
)

// File is an open .npz archive. Its methods may be used from several
// goroutines at once if the underlying reader may.
type File struct {
	name    string
	size    int64
	limit   int64
	members map[string]*zip.File
	names   []string
	closer  io.Closer
}

// Open opens the .npz archive at path. Close releases it.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	z, err := read(path, f, info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	z.closer = f
	return z, nil
}

// Read opens an .npz archive of size bytes; errors call it name.
func Read(name string, r io.ReaderAt, size int64) (*File, error) {
	return read(name, r, size)
}

func read(name string, r io.ReaderAt, size int64) (*File, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: not an npz archive: %w", name, err)
	}
	f := &File{name: name, size: size, limit: DefaultLimit, members: map[string]*zip.File{}}
	for _, m := range z.File {
		key, ok := strings.CutSuffix(m.Name, member)
		if !ok {
			continue
		}
		if f.members[key] != nil {
			return nil, fmt.Errorf("%s: member %q occurs twice", name, key)
		}
		f.members[key] = m
		f.names = append(f.names, key)
	}
	sort.Strings(f.names)
	return f, nil
}

// Close closes the file that Open opened; after Read it does nothing.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// SetLimit sets the most bytes that one array may take. It must not be called
// while arrays are being read.
func (f *File) SetLimit(bytes int64) { f.limit = bytes }

// Names lists the arrays in sorted order, without the .npy ending. Members
// that are not arrays are left out. The caller owns the slice.
func (f *File) Names() []string { return append([]string(nil), f.names...) }

// Has reports whether the archive has an array of that name.
func (f *File) Has(name string) bool { return f.members[name] != nil }

// Info returns the type and shape of an array without reading its elements.
func (f *File) Info(name string) (DType, []int, error) {
	m, err := f.find(name)
	if err != nil {
		return 0, nil, err
	}
	rc, err := m.Open()
	if err != nil {
		return 0, nil, f.wrap(name, err)
	}
	defer rc.Close()
	h, err := readHeader(rc)
	if err != nil {
		return 0, nil, f.wrap(name, err)
	}
	return h.dtype, h.shape, nil
}

// Array reads one array. The result is independent of the file and of other
// calls. The error names the file and the member.
func (f *File) Array(name string) (*Array, error) {
	m, err := f.find(name)
	if err != nil {
		return nil, err
	}
	a, err := f.decode(m)
	if err != nil {
		return nil, f.wrap(name, err)
	}
	a.Name = name
	return a, nil
}

func (f *File) find(name string) (*zip.File, error) {
	m := f.members[name]
	if m == nil {
		return nil, fmt.Errorf("%s: no array %q: it has %s", f.name, name, listing(f.names))
	}
	return m, nil
}

// listing names a few members, enough to see a misspelling.
func listing(names []string) string {
	const few = 12
	switch {
	case len(names) == 0:
		return "none"
	case len(names) <= few:
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

func (f *File) wrap(name string, err error) error {
	return fmt.Errorf("%s: array %q: %w", f.name, name, err)
}

func (f *File) decode(m *zip.File) (*Array, error) {
	if err := f.checkSizes(m); err != nil {
		return nil, err
	}
	rc, err := m.Open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	// The checksum is verified only once the end is seen, so the reader reads to the end even when
	// all elements are there.
	return decode(rc, int64(m.UncompressedSize64), f.limit)
}

// checkSizes refuses a member whose directory entry claims more than the
// archive can hold.
func (f *File) checkSizes(m *zip.File) error {
	packed, plain := m.CompressedSize64, m.UncompressedSize64
	if packed > uint64(f.size) {
		return fmt.Errorf("claims %d bytes in an archive of %d", packed, f.size)
	}
	if plain > uint64(f.limit)+maxHeader {
		return fmt.Errorf("takes %d bytes: the limit is %d", plain, f.limit)
	}
	switch m.Method {
	case zip.Store:
		if packed != plain {
			return fmt.Errorf("is stored in %d bytes but claims %d", packed, plain)
		}
	case zip.Deflate:
		if plain > packed*maxDeflateRatio {
			return fmt.Errorf("claims %d bytes, which %d compressed bytes cannot hold", plain,
				packed)
		}
	default:
		return fmt.Errorf("zip method %d is not supported: store or deflate it", m.Method)
	}
	return nil
}

// decode reads a whole .npy stream of size bytes.
func decode(r io.Reader, size, limit int64) (*Array, error) {
	br := bufio.NewReader(r)
	h, err := readHeader(br)
	if err != nil {
		return nil, err
	}
	if h.bytes > limit {
		return nil, fmt.Errorf("%s of shape %s takes %d bytes: the limit is %d", h.dtype,
			shapeText(h.shape), h.bytes, limit)
	}
	if have := size - h.length; h.bytes != have {
		return nil, fmt.Errorf("%s of shape %s takes %d bytes but %d follow the header: the file "+
			"is truncated or damaged",
			h.dtype, shapeText(h.shape), h.bytes, have)
	}
	data, err := readExactly(br, h.bytes)
	if err != nil {
		return nil, fmt.Errorf("reading %d bytes of elements: %w", h.bytes, err)
	}
	return h.array(data), nil
}

// readExactly reads n bytes and requires the end of the stream after them. Its memory grows with
// what really arrives, not with what was promised.
func readExactly(r io.Reader, n int64) ([]byte, error) {
	const step = 1 << 22
	buf := make([]byte, 0, min(n, step))
	for int64(len(buf)) < n {
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), min(n, 2*int64(cap(buf))))
			copy(grown, buf)
			buf = grown
		}
		got, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+got]
		if err != nil {
			return nil, explain(err)
		}
	}
	switch n, err := io.Copy(io.Discard, io.LimitReader(r, 1)); {
	case err != nil:
		return nil, explain(err)
	case n > 0:
		return nil, errors.New("more data follows the elements")
	}
	return buf, nil
}

// explain says what a low-level reading error means for the user.
func explain(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return fmt.Errorf("the file is damaged: %w", err)
	case errors.As(err, &corrupt):
		return fmt.Errorf("the compressed data is damaged: %w", err)
	}
	return noEOF(err)
}

// noEOF keeps a truncated file from looking like an orderly end of input.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// OpenNPY reads the single array of the .npy file at path.
func OpenNPY(path string) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return ReadNPY(path, f, info.Size())
}

// ReadNPY reads a .npy array of size bytes; errors call it name.
func ReadNPY(name string, r io.Reader, size int64) (*Array, error) {
	a, err := decode(r, size, DefaultLimit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}
