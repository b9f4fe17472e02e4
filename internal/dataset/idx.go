package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// The IDX format, as the MNIST page documents it: two zero bytes, a type code,
// the number of dimensions, one big-endian uint32 per dimension, then the
// values, big-endian.
const (
	idxUint8   = 0x08
	idxInt8    = 0x09
	idxInt16   = 0x0b
	idxInt32   = 0x0c
	idxFloat32 = 0x0d
	idxFloat64 = 0x0e

	magicBytes = 4
	// maxRank bounds the dimensions of a file, samples included.
	maxRank = 8

	magicImages = 0x00000803
	magicLabels = 0x00000801

	headerImages = 16
	headerLabels = 8

	// maxFileBytes bounds a file and what it unpacks to; MNIST's largest
	// file has 47 MB.
	maxFileBytes = 1 << 30
	// maxSide bounds each axis of a sample, maxElements a whole sample: more
	// than any chip here takes.
	maxSide     = 1 << 16
	maxElements = 1 << 22
	// maxDeflateRatio is the most that deflate can expand: 258 bytes per
	// two bits, and a little for the block headers.
	maxDeflateRatio = 1040
)

// idxHeader is the header of an IDX file.
type idxHeader struct {
	code   byte
	shape  []int // samples first
	length int   // bytes of the header
	bytes  int64 // bytes of the whole file
}

// items is the number of samples or labels.
func (h *idxHeader) items() int { return h.shape[0] }

// wordSize is the number of bytes of a value of a type, 0 for none.
func wordSize(code byte) int64 {
	switch code {
	case idxUint8, idxInt8:
		return 1
	case idxInt16:
		return 2
	case idxInt32, idxFloat32:
		return 4
	case idxFloat64:
		return 8
	}
	return 0
}

// idxLength is the length of the header that begins with four bytes.
func idxLength(head []byte) (int, error) {
	if len(head) < magicBytes {
		return 0, fmt.Errorf("truncated at byte %d: the IDX header needs %d",
			len(head), headerLabels)
	}
	rank := int(head[3])
	if head[0] != 0 || head[1] != 0 || wordSize(head[2]) == 0 || rank < 1 || rank > maxRank {
		return 0, fmt.Errorf("bytes 0..3: magic %#08x is no IDX file: two zeros, a type from "+
			"0x08 to 0x0e and 1 to %d dimensions are due",
			binary.BigEndian.Uint32(head), maxRank)
	}
	return magicBytes + 4*rank, nil
}

// parseIDX reads the header in the first bytes of a file and checks each field.
func parseIDX(head []byte) (*idxHeader, error) {
	length, err := idxLength(head)
	if err != nil {
		return nil, err
	}
	if len(head) < length {
		return nil, fmt.Errorf("truncated at byte %d: the IDX header needs %d", len(head), length)
	}
	h := &idxHeader{code: head[2], length: length}
	elements := int64(1)
	for at := magicBytes; at < length; at += 4 {
		d := int64(binary.BigEndian.Uint32(head[at:]))
		if at > magicBytes {
			if elements *= d; d < 1 || d > maxSide || elements > maxElements {
				return nil, fmt.Errorf("bytes %d..%d: a side of %d, which makes %d elements a "+
					"sample; a side is 1 to %d, and a sample has at most %d elements",
					at, at+3, d, elements, maxSide, maxElements)
			}
		}
		h.shape = append(h.shape, int(d))
	}
	count := int64(h.items())
	if count < 1 {
		return nil, errors.New("bytes 4..7: the file holds no items")
	}
	h.bytes = int64(length) + count*elements*wordSize(h.code)
	if h.bytes > maxFileBytes {
		return nil, fmt.Errorf("bytes 4..7: %d items make %d bytes, more than the limit of %d",
			count, h.bytes, maxFileBytes)
	}
	return h, nil
}

// unpack returns raw, or what it unpacks to where its first bytes are those of
// gzip: the content decides, not the name.
func unpack(raw []byte) ([]byte, error) {
	if !isGzip(raw) {
		return raw, nil
	}
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", err)
	}
	var head [magicBytes + 4*maxRank]byte
	n, err := io.ReadFull(zr, head[:magicBytes])
	if err == nil {
		length, bad := idxLength(head[:])
		if bad != nil {
			return nil, bad
		}
		var more int
		more, err = io.ReadFull(zr, head[magicBytes:length])
		n += more
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("gzip: truncated after %d unpacked bytes, inside the IDX header", n)
	}
	if err != nil {
		return nil, fmt.Errorf("gzip: damaged in the first %d unpacked bytes: %w", len(head), err)
	}
	h, err := parseIDX(head[:n])
	if err != nil {
		return nil, err
	}
	if h.bytes > int64(len(raw))*maxDeflateRatio {
		return nil, fmt.Errorf(
			"the IDX header promises %d bytes, more than %d bytes of gzip can hold",
			h.bytes, len(raw))
	}
	return inflate(zr, head[:n], h.bytes)
}

// inflate appends the rest of zr to the bytes already read of it. It reads one
// byte more than the want bytes that the header promises, so that the caller
// sees trailing bytes without unpacking all of them.
func inflate(zr io.Reader, head []byte, want int64) ([]byte, error) {
	content := make([]byte, max(want, int64(len(head)))+1)
	have := copy(content, head)
	for have < len(content) {
		n, err := zr.Read(content[have:])
		have += n
		switch {
		case err == io.EOF:
			return content[:have], nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("gzip: truncated after %d of %d unpacked bytes", have, want)
		case err != nil:
			return nil, fmt.Errorf("gzip: damaged after %d of %d unpacked bytes: %w",
				have, want, err)
		}
	}
	return content, nil
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// checkIDX reads the header of a file of a kind, which must have exactly the size that
// it promises.
func checkIDX(content []byte, kind Kind) (*idxHeader, error) {
	h, err := parseIDX(content)
	if err != nil {
		return nil, err
	}
	if got := kindOf(h); got != kind {
		return nil, fmt.Errorf("bytes 0..3: the file holds %s, not %s", got, kind)
	}
	switch have := int64(len(content)); {
	case have < h.bytes:
		return nil, fmt.Errorf("truncated at byte %d: the header promises %d", have, h.bytes)
	case have > h.bytes:
		return nil, fmt.Errorf("trailing bytes at byte %d: the header promises no more", h.bytes)
	}
	return h, nil
}

// kindOf goes by the dimensions: labels have one.
func kindOf(h *idxHeader) Kind {
	if len(h.shape) == 1 {
		return Labels
	}
	return Images
}

// takeImages decodes an unpacked file of samples. Bytes are a view of it.
func (s *Set) takeImages(content []byte) error {
	h, err := checkIDX(content, Images)
	if err != nil {
		return err
	}
	s.Shape = h.shape[1:]
	if h.code == idxUint8 {
		s.Bytes = content[h.length:]
		return nil
	}
	n := (len(content) - h.length) / int(wordSize(h.code))
	s.Reals = make([]float32, n)
	for i := range s.Reals {
		s.Reals[i] = float32(idxNumber(h.code, content[h.length:], i))
	}
	return s.checkFinite()
}

// idxNumber is value i.
func idxNumber(code byte, b []byte, i int) float64 {
	switch code {
	case idxInt8:
		return float64(int8(b[i]))
	case idxInt16:
		return float64(int16(binary.BigEndian.Uint16(b[2*i:])))
	case idxInt32:
		return float64(int32(binary.BigEndian.Uint32(b[4*i:])))
	case idxFloat32:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b[4*i:])))
	case idxFloat64:
		return math.Float64frombits(binary.BigEndian.Uint64(b[8*i:]))
	}
	return float64(b[i])
}

// takeLabels decodes an unpacked label file.
func (s *Set) takeLabels(content []byte) error {
	h, err := checkIDX(content, Labels)
	if err != nil {
		return err
	}
	numbers := make([]float64, h.items())
	for i := range numbers {
		numbers[i] = idxNumber(h.code, content[h.length:], i)
	}
	return s.label(numbers, []int{len(numbers)})
}
