package event

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Event is a change of brightness at a pixel.
type Event struct {
	// T is microseconds on the recording's own clock.
	T int64
	// X counts columns from the left and Y rows from the top.
	X, Y uint16
	// On says that the pixel became brighter.
	On bool
}

// Info is the metadata of a recording.
type Info struct {
	// Format is the name of the file's format, such as "EVT 3.0".
	Format string
	// Width and Height are the pixels of the sensor, 0 where the file does not say.
	Width, Height int
	// Notes are sentences on contents of the file that are not in the recording.
	Notes []string
}

// Recording is an open file of events. It is not safe for use by several goroutines.
type Recording struct {
	Info
	name   string
	from   decoder
	count  int64
	closer io.Closer
}

// decoder reads the events of one format.
type decoder interface {
	// read fills dst from its beginning and returns how many events there were, 0
	// with an error, io.EOF after the last. dst is not empty.
	read(dst []Event) (int, error)
}

// Open opens the recording at path. Close releases it.
func Open(path string) (*Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := openFile(path, file)
	if err != nil {
		file.Close()
		return nil, err
	}
	r.closer = file
	return r, nil
}

func openFile(path string, file *os.File) (*Recording, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file: a recording is one file", path)
	}
	return newRecording(path, file, info.Size())
}

// newRecording reads a recording of size bytes; errors call it by name, whose ending
// decides the format where the bytes do not.
func newRecording(name string, r io.Reader, size int64) (*Recording, error) {
	in := newInput(r, size)
	f, err := detect(name, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := &Recording{name: name}
	if out.from, out.Info, err = f.open(in); err != nil {
		return nil, fmt.Errorf("%s: %w", name, noEOF(err))
	}
	return out, nil
}

// Name is the name of the recording in errors.
func (r *Recording) Name() string { return r.name }

// Read fills dst with the next events, in the file's order, and returns how many
// there were. It returns io.EOF, and no events, after the last one.
func (r *Recording) Read(dst []Event) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	n, err := r.from.read(dst)
	r.count += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("%s: after %d events: %w", r.name, r.count, err)
	}
	return n, err
}

// Each calls visit with all remaining events, some thousands at a time; the slice is valid until
// visit returns.
func (r *Recording) Each(visit func([]Event) error) error {
	const batch = 4096
	events := make([]Event, batch)
	for {
		n, err := r.Read(events)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(events[:n]); err != nil {
			return err
		}
	}
}

// Close closes the file that Open opened; after newRecording it does nothing.
func (r *Recording) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}
