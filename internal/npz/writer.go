package npz

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"adder/internal/wholefile"
)

// Number is an element type that the writer accepts.
type Number interface {
	bool | int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64
}

// Writer writes an .npz archive. After any error the archive is invalid: every further call returns
// the error, and Close removes the file.
type Writer struct {
	zip   *zip.Writer
	names map[string]bool
	open  bool // a stream is unfinished
	err   error

	// file is that of a Writer made by Create, else nil.
	file *wholefile.File
}

// Create starts an archive that Close will rename to path. The data goes to a temporary file in the
// same folder. Abort, which does nothing after Close, belongs in a defer.
func Create(path string) (*Writer, error) {
	f, err := wholefile.Create(path)
	if err != nil {
		return nil, err
	}
	w := newWriter(f)
	w.file = f
	return w, nil
}

// newWriter writes an archive to w. Close finishes the archive and leaves w
// open.
func newWriter(w io.Writer) *Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, newCompressor)
	return &Writer{zip: z, names: map[string]bool{}}
}

// Close finishes the archive and, after Create, renames it into place. On an
// error the temporary file is removed and path is untouched.
func (w *Writer) Close() error {
	if w.err == nil && w.open {
		w.err = errors.New("npz: an array stream is still open")
	}
	if w.err == nil {
		w.err = w.zip.Close()
	}
	if w.file == nil {
		return w.spoil(errClosed)
	}
	if w.err == nil {
		w.err = w.file.Commit()
	}
	w.file.Abort()
	w.file = nil
	return w.spoil(errClosed)
}

var errClosed = errors.New("npz: the writer is closed")

// spoil returns the error so far and makes later calls fail.
func (w *Writer) spoil(next error) error {
	err := w.err
	if w.err == nil {
		w.err = next
	}
	return err
}

// Abort gives the archive up and removes the temporary file. After Close it
// does nothing.
func (w *Writer) Abort() {
	if w.err == nil {
		w.err = errors.New("npz: the writer was aborted")
	}
	if w.file == nil {
		return
	}
	w.file.Abort()
	w.file = nil
}

// member starts a new .npy member and writes its header.
func (w *Writer) member(name, descr string, shape []int) (io.Writer, error) {
	switch {
	case w.err != nil:
		return nil, w.err
	case w.open:
		return nil, fmt.Errorf("npz: array %q starts before the stream before it was closed", name)
	case name == "" || !utf8.ValidString(name):
		return nil, fmt.Errorf("npz: %q is not an array name", name)
	case w.names[name]:
		return nil, fmt.Errorf("npz: array %q is written twice", name)
	}
	h, err := formatHeader(descr, shape)
	if err != nil {
		return nil, fmt.Errorf("npz: array %q: %w", name, err)
	}
	out, err := w.zip.CreateHeader(&zip.FileHeader{
		Name:     name + member,
		Method:   zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // the zip format's own beginning
	})
	if err == nil {
		_, err = out.Write(h)
	}
	if err != nil {
		return nil, fmt.Errorf("npz: array %q: %w", name, err)
	}
	w.names[name] = true
	return out, nil
}

// Write adds an array: data in C order, one element for each position of
// shape. A nil shape makes a 0-d array of one element.
func Write[T Number](w *Writer, name string, shape []int, data []T) error {
	s, err := begin[T](w, name, shape)
	if err != nil {
		return err
	}
	if err := s.Append(data); err != nil {
		return err
	}
	return s.Close()
}
