package dataset

import (
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"adder/internal/wholefile"
)

// writeIDX writes s into dir as gzip-packed IDX files under the standard names
// of its split, making the folder where it is missing. Equal sets give equal bytes.
func writeIDX(dir string, s *Set) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, spec := range mnistFiles() {
		if spec.split != s.Split {
			continue
		}
		content := encodeLabels(s)
		if spec.kind == Images {
			content = encodeImages(s)
		}
		if err := writeGzip(filepath.Join(dir, spec.name+".gz"), content); err != nil {
			return fmt.Errorf("write %s %s: %w", s.Split, spec.kind, err)
		}
	}
	return nil
}

// writeGzip writes content, packed, to path.
func writeGzip(path string, content []byte) error {
	return wholefile.Write(path, func(w io.Writer) error {
		zw := gzip.NewWriter(w)
		if _, err := zw.Write(content); err != nil {
			return err
		}
		return zw.Close()
	})
}

// encodeImages returns the image file of s, a set of bytes.
func encodeImages(s *Set) []byte {
	b := []byte{0, 0, idxUint8, byte(1 + len(s.Shape))}
	for _, d := range append([]int{s.Len()}, s.Shape...) {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
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
