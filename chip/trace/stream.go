package trace

import (
	"bufio"
	"bytes"
	"io"

	"adder/internal/wholefile"
)

// stream is a file being written under a temporary name. Close and End return the first error.
type stream struct {
	file *wholefile.File
	w    *bufio.Writer
	err  error
	// number is the present sample, base the cycle of the file at which it
	// began, and length how long it has been.
	number       uint64
	base, length int64
	// written are the bytes of the file, whole those before the present sample, which
	// is open until its end.
	written, whole int64
	open           bool
	// held is the present sample where the file is a pipe, from which nothing can be
	// taken back; nil elsewhere.
	held *bytes.Buffer
}

func newStream(path string) (*stream, error) {
	file, err := wholefile.Create(path)
	if err != nil {
		return nil, err
	}
	s := &stream{file: file, w: bufio.NewWriterSize(file, 1<<16)}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		s.held = new(bytes.Buffer)
	}
	return s, nil
}

// begin begins a sample where the last one ended.
func (s *stream) begin(number uint64) {
	s.base, s.length = s.base+s.length, 0
	s.number = number
	s.commit()
	s.open = true
}

// end ends a sample at a cycle.
func (s *stream) end(cycle int64) {
	s.reached(cycle)
	s.commit()
}

// commit takes what is written as whole.
func (s *stream) commit() {
	s.open, s.whole = false, s.written
	if s.held != nil && s.err == nil {
		_, s.err = s.held.WriteTo(s.w)
	}
}

// cut drops a sample that has not ended.
func (s *stream) cut() {
	if !s.open {
		return
	}
	s.open, s.length = false, 0
	if s.held != nil {
		s.held.Reset()
		return
	}
	if s.err == nil {
		s.err = s.w.Flush()
	}
	if s.err == nil {
		s.err = s.file.Truncate(s.whole)
	}
	if s.err == nil {
		_, s.err = s.file.Seek(s.whole, io.SeekStart)
	}
}

// reached records the length of the sample so far.
func (s *stream) reached(cycle int64) { s.length = max(s.length, cycle) }

func (s *stream) write(p []byte) {
	s.written += int64(len(p))
	switch {
	case s.err != nil:
	case s.held != nil && s.open:
		s.held.Write(p)
	default:
		_, s.err = s.w.Write(p)
	}
}

func (s *stream) writeString(text string) {
	s.written += int64(len(text))
	switch {
	case s.err != nil:
	case s.held != nil && s.open:
		s.held.WriteString(text)
	default:
		_, s.err = s.w.WriteString(text)
	}
}

// close completes the file, which ends with the last sample that was whole.
func (s *stream) close() error {
	s.cut()
	if s.err == nil {
		s.err = s.w.Flush()
	}
	if s.err == nil {
		s.err = s.file.Commit()
	}
	s.file.Abort()
	return s.err
}

// Abort drops the file.
func (s *stream) Abort() { s.file.Abort() }
