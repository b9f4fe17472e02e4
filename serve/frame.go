package serve

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Version is the version of the protocol. It changes with any incompatible change.
const Version = 1

// The bounds of a frame.
const (
	// MaxFrame is the length of the longest frame in bytes, its first four not counted.
	MaxFrame = 1 << 30
	// maxHeader and maxArrays bound the header of a frame and its list of arrays.
	maxHeader = 1 << 20
	maxArrays = 64
	// fixed is the length of the fields before the header.
	fixed = 12
	// step is the size of one read: a wrong length takes no more memory than twice the bytes
	// received, and a step.
	step = 1 << 16
)

// Op is the operation of a request, or the kind of an answer.
type Op uint8

// The operations of requests, and the two kinds of answers.
const (
	OpHello Op = iota + 1
	OpOpen
	OpClose
	OpRun
	OpEncode
	OpStart
	OpStep
	OpRead
	OpFinish
	OpSave
	OpRestore
	OpCommand
	OpCancel
	OpDigits

	OpResult Op = 0x80
	OpError  Op = 0x81
)

// Frame is one message.
type Frame struct {
	Op     Op
	ID     uint32
	Header json.RawMessage
	Arrays []Array
}

// faultyFrame is the error of a frame that was read to its end and is not one: the stream continues
// after it.
type faultyFrame struct {
	id  uint32
	err error
}

func (e *faultyFrame) Error() string { return e.err.Error() }

func (e *faultyFrame) Unwrap() error { return e.err }

// readFrame reads a frame. io.EOF is the end between two frames.
func readFrame(r io.Reader, most int64) (*Frame, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(head[:]))
	if length > most {
		return nil, skip(r, length, fmt.Errorf("a frame of %d bytes: the most is %d", length, most))
	}
	if length < fixed {
		return nil, skip(r, length, fmt.Errorf("a frame of %d bytes: the least is %d", length,
			fixed))
	}
	body, err := take(r, int(length))
	if err != nil {
		return nil, err
	}
	f := &Frame{Op: Op(body[0]), ID: binary.LittleEndian.Uint32(body[4:])}
	if err := f.parse(body); err != nil {
		return nil, &faultyFrame{id: f.ID, err: err}
	}
	return f, nil
}

// skip passes over a frame that is not taken.
func skip(r io.Reader, length int64, why error) error {
	var id [8]byte
	n, err := io.ReadFull(r, id[:min(length, int64(len(id)))])
	if err == nil {
		_, err = io.CopyN(io.Discard, r, length-int64(n))
	}
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	return &faultyFrame{id: binary.LittleEndian.Uint32(id[4:]), err: why}
}

// take reads so many bytes, and allocates as they come.
func take(r io.Reader, length int) ([]byte, error) {
	body := make([]byte, min(length, step))
	for have := 0; ; {
		n, err := io.ReadFull(r, body[have:])
		have += n
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if have == length {
			return body, nil
		}
		grown := make([]byte, min(length, 2*have))
		copy(grown, body)
		body = grown
	}
}

// parse reads header and arrays of a frame.
func (f *Frame) parse(body []byte) error {
	if body[1] != 0 || body[2] != 0 || body[3] != 0 {
		return errors.New("bytes 1 to 3 of a frame are 0")
	}
	n := binary.LittleEndian.Uint32(body[8:])
	rest := body[fixed:]
	if n > maxHeader || int64(n) > int64(len(rest)) {
		return fmt.Errorf("a header of %d bytes in a frame of %d: the most is %d", n, len(body),
			maxHeader)
	}
	f.Header = rest[:n]
	var list struct {
		Arrays []arrayHeader `json:"arrays"`
	}
	if err := json.Unmarshal(f.Header, &list); err != nil {
		return fmt.Errorf("the header is no JSON object: %w", err)
	}
	var err error
	f.Arrays, err = readArrays(list.Arrays, rest[n:])
	return err
}

// write writes a frame whose header is v, with the list of its arrays put in.
func write(w io.Writer, op Op, id uint32, v map[string]any, arrays []Array) error {
	list := make([]arrayHeader, len(arrays))
	length := int64(fixed)
	for i := range arrays {
		list[i] = arrays[i].header()
		length += int64(len(arrays[i].Data))
	}
	if len(list) > 0 {
		v["arrays"] = list
	}
	header, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if length += int64(len(header)); length > MaxFrame {
		return fmt.Errorf("an answer of %d bytes: the most is %d; ask for fewer samples, ticks "+
			"or layers at once", length, MaxFrame)
	}
	head := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+fixed+len(header)), uint32(length))
	head = append(head, byte(op), 0, 0, 0)
	head = binary.LittleEndian.AppendUint32(head, id)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(header)))
	head = append(head, header...)
	if length <= step { // one write, so that the other side wakes once
		for _, a := range arrays {
			head = append(head, a.Data...)
		}
		arrays = nil
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, a := range arrays {
		if _, err := w.Write(a.Data); err != nil {
			return err
		}
	}
	return nil
}
