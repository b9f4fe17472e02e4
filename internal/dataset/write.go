package dataset

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"adder/internal/wholefile"
)

// WriteIDX writes s into dir as gzip-packed IDX files under the standard names
// of its split, making the folder where it is missing. Equal sets give equal bytes.
func WriteIDX(dir string, s *Set) error {
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
