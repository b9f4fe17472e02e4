package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// The IDX format, as the MNIST page documents it: two zero bytes, a type
// code (8 = unsigned byte), the number of dimensions, one big-endian uint32
// per dimension, then the values.
const (
	magicImages = 0x00000803
	magicLabels = 0x00000801

	headerImages = 16
	headerLabels = 8

	// maxFileBytes bounds a file and what it unpacks to; MNIST's largest
	// file has 47 MB.
	maxFileBytes = 1 << 30
	// maxSide bounds the height and width of an image in pixels.
	maxSide = 1 << 12
	// maxDeflateRatio is the most that deflate can expand: 258 bytes per
	// two bits, and a little for the block headers.
	maxDeflateRatio = 1040

	classes = 10
)

// idxImages is the decoded content of an image file.
type idxImages struct {
	count, rows, cols int
	pixels            []uint8 // [count, rows, cols]
}

// readFile returns the content of the file at path after unpacking.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%s has %d bytes, more than the limit of %d", path, info.Size(), maxFileBytes)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	content, err := unpack(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
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
	var head [headerImages]byte
	n, err := io.ReadFull(zr, head[:])
	if err == io.EOF || err == io.ErrUnexpectedEOF && n < headerLabels {
		return nil, fmt.Errorf("gzip: truncated after %d unpacked bytes, inside the IDX header", n)
	}
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("gzip: damaged in the first %d unpacked bytes: %w", headerImages, err)
	}
	want, err := contentSize(head[:n])
	if err != nil {
		return nil, err
	}
	if want > int64(len(raw))*maxDeflateRatio {
		return nil, fmt.Errorf("the IDX header promises %d bytes, more than %d bytes of gzip can hold", want, len(raw))
	}
	return inflate(zr, head[:n], want)
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
			return nil, fmt.Errorf("gzip: damaged after %d of %d unpacked bytes: %w", have, want, err)
		}
	}
	return content, nil
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// contentSize returns the size in bytes of the IDX file whose first bytes head
// holds, after checking each field.
func contentSize(head []byte) (int64, error) {
	if len(head) < headerLabels {
		return 0, fmt.Errorf("truncated at byte %d: the IDX header needs %d", len(head), headerLabels)
	}
	count := int64(binary.BigEndian.Uint32(head[4:]))
	var size int64
	switch magic := binary.BigEndian.Uint32(head); magic {
	case magicLabels:
		size = headerLabels + count
	case magicImages:
		if len(head) < headerImages {
			return 0, fmt.Errorf("truncated at byte %d: the IDX header of images needs %d", len(head), headerImages)
		}
		rows := int64(binary.BigEndian.Uint32(head[8:]))
		cols := int64(binary.BigEndian.Uint32(head[12:]))
		if rows < 1 || rows > maxSide || cols < 1 || cols > maxSide {
			return 0, fmt.Errorf("bytes 8..15: images of %d x %d pixels; each side must be 1 to %d", rows, cols, maxSide)
		}
		size = headerImages + count*rows*cols
	default:
		return 0, fmt.Errorf("bytes 0..3: magic %#08x is neither IDX images (%#08x) nor IDX labels (%#08x)", magic, magicImages, magicLabels)
	}
	if count < 1 {
		return 0, errors.New("bytes 4..7: the file holds no items")
	}
	if size > maxFileBytes {
		return 0, fmt.Errorf("bytes 4..7: %d items make %d bytes, more than the limit of %d", count, size, maxFileBytes)
	}
	return size, nil
}

// checkContent returns an error unless content is an IDX file of the given
// magic number, of exactly the size that its header promises.
func checkContent(content []byte, magic uint32) error {
	want, err := contentSize(content)
	if err != nil {
		return err
	}
	if got := binary.BigEndian.Uint32(content); got != magic {
		return fmt.Errorf("bytes 0..3: the file holds %s, not %s", magicName(got), magicName(magic))
	}
	switch have := int64(len(content)); {
	case have < want:
		return fmt.Errorf("truncated at byte %d: the header promises %d", have, want)
	case have > want:
		return fmt.Errorf("trailing bytes at byte %d: the header promises no more", want)
	}
	return nil
}

func magicName(magic uint32) string {
	if magic == magicImages {
		return "images"
	}
	return "labels"
}

// decodeImages decodes an unpacked image file; pixels is a view of content.
func decodeImages(content []byte) (idxImages, error) {
	if err := checkContent(content, magicImages); err != nil {
		return idxImages{}, err
	}
	return idxImages{
		count:  int(binary.BigEndian.Uint32(content[4:])),
		rows:   int(binary.BigEndian.Uint32(content[8:])),
		cols:   int(binary.BigEndian.Uint32(content[12:])),
		pixels: content[headerImages:],
	}, nil
}

// decodeLabels decodes an unpacked label file; the result is a view of content.
func decodeLabels(content []byte) ([]uint8, error) {
	if err := checkContent(content, magicLabels); err != nil {
		return nil, err
	}
	labels := content[headerLabels:]
	for i, l := range labels {
		if l >= classes {
			return nil, fmt.Errorf("byte %d: label %d of item %d is not in 0..%d", headerLabels+i, l, i, classes-1)
		}
	}
	return labels, nil
}

// encodeImages returns the image file of s.
func encodeImages(s *Set) []byte {
	b := make([]byte, headerImages, headerImages+len(s.Bytes))
	binary.BigEndian.PutUint32(b, magicImages)
	binary.BigEndian.PutUint32(b[4:], uint32(s.Len()))
	binary.BigEndian.PutUint32(b[8:], uint32(s.Shape[0]))
	binary.BigEndian.PutUint32(b[12:], uint32(s.Shape[1]))
	return append(b, s.Bytes...)
}

// encodeLabels returns the label file of s.
func encodeLabels(s *Set) []byte {
	b := make([]byte, headerLabels, headerLabels+len(s.Labels))
	binary.BigEndian.PutUint32(b, magicLabels)
	binary.BigEndian.PutUint32(b[4:], uint32(s.Len()))
	for _, label := range s.Labels {
		b = append(b, uint8(label))
	}
	return b
}
