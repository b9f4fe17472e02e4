package event

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// input is a file that is read from its beginning, and knows how much of it is left.
type input struct {
	*bufio.Reader
	left int64 // bytes that were not consumed
}

// inputBuffer is the read-ahead of input, and the most that peek can return.
const inputBuffer = 1 << 16

func newInput(r io.Reader, size int64) *input {
	return &input{bufio.NewReaderSize(io.LimitReader(r, size), inputBuffer), size}
}

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	n, err := in.Reader.Read(p)
	in.left -= int64(n)
	return n, err
}

// records gives the next whole records of size bytes, at least one and at most most,
// which take consumes. It returns io.EOF at the end of the file, and an error where
// the end cuts a record.
func (in *input) records(size, most int) ([]byte, error) {
	if _, err := in.Peek(size); err != nil {
		if n := in.Buffered(); n > 0 && errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%d bytes are left, and %d are one record: the file is cut "+
				"off or damaged", n, size)
		}
		return nil, err
	}
	whole := in.Buffered() / size
	return in.Peek(min(whole, most) * size)
}

// take consumes n bytes that were peeked at.
func (in *input) take(n int) {
	_, _ = in.Discard(n) // they are in the buffer
	in.left -= int64(n)
}

// skip passes over n bytes.
func (in *input) skip(n int64) error {
	if n > in.left {
		return fmt.Errorf("%d bytes are announced, and %d are left: the file is cut off or damaged",
			n, in.left)
	}
	done, err := io.CopyN(io.Discard, in.Reader, n)
	in.left -= done
	return noEOF(err)
}

// bytes reads n bytes into a slice of their own, which is taken only where the file
// has them.
func (in *input) bytes(n int64, most int64) ([]byte, error) {
	if n > most {
		return nil, fmt.Errorf("a block of %d bytes: at most %d are read", n, most)
	}
	if n > in.left {
		return nil, fmt.Errorf(
			"a block of %d bytes, and %d are left: the file is cut off or damaged", n, in.left)
	}
	out := make([]byte, n)
	_, err := io.ReadFull(in, out)
	return out, noEOF(err)
}

// line reads a line of a text header without its end.
func (in *input) line() (string, error) {
	const most = 4096
	text, err := in.ReadSlice('\n')
	in.left -= int64(len(text))
	if errors.Is(err, bufio.ErrBufferFull) || len(text) > most {
		return "", fmt.Errorf("a line of the header has more than %d bytes", most)
	}
	if err != nil {
		return "", noEOF(err)
	}
	text = text[:len(text)-1]
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	return string(text), nil
}

// noEOF keeps a file that is cut off from looking like an orderly end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
