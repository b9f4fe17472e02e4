package trace

import (
	"bufio"

	"adder/internal/wholefile"
)

// stream is a file being written under a temporary name. The first error stays
// and is what Close and End report.
type stream struct {
	file *wholefile.File
	w    *bufio.Writer
	err  error
	// number is the present sample, base the cycle of the file at which it
	// began, and length how long it has been.
	number       uint64
	base, length int64
}

func newStream(path string) (*stream, error) {
	file, err := wholefile.Create(path)
	if err != nil {
		return nil, err
	}
	return &stream{file: file, w: bufio.NewWriterSize(file, 1<<16)}, nil
}

// begin begins a sample where the last one ended.
func (s *stream) begin(number uint64) {
	s.base, s.length = s.base+s.length, 0
	s.number = number
}

// reached notes how long the sample has been.
func (s *stream) reached(cycle int64) { s.length = max(s.length, cycle) }

func (s *stream) write(p []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(p)
	}
}

func (s *stream) writeString(text string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(text)
	}
}

// close completes the file.
func (s *stream) close() error {
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
