package dataset

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
)

// WriteIDX writes s into dir as gzip-packed IDX files under the standard names
// of its split, making the folder where it is missing. Each file is written
// under a temporary name and renamed. Equal sets give equal bytes.
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

// writeGzip writes content, packed, to path by way of a temporary name.
func writeGzip(path string, content []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	zw := gzip.NewWriter(tmp)
	if _, err = zw.Write(content); err != nil {
		return err
	}
	if err = zw.Close(); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
