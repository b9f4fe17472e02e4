package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// file is a file of an archive.
type file struct {
	name    string
	data    []byte
	program bool // executable
}

// mode returns the permissions that the file has in an archive, independent of the builder's.
func (f file) mode() fs.FileMode {
	if f.program {
		return 0o755
	}
	return 0o644
}

// epoch is the time of every file in an archive: the first that a zip can hold.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// writeArchive writes the files into dir, in a folder called name, as name.zip or name.tar.gz,
// and returns the path of the archive. The bytes follow from names and contents alone.
func writeArchive(dir, name string, zipped bool, files []file) (string, error) {
	write, suffix := writeTar, ".tar.gz"
	if zipped {
		write, suffix = writeZip, ".zip"
	}
	var b bytes.Buffer
	if err := write(&b, name, files); err != nil {
		return "", fmt.Errorf("archive %s: %w", name, err)
	}
	path := filepath.Join(dir, name+suffix)
	return path, os.WriteFile(path, b.Bytes(), 0o644)
}

func writeTar(w io.Writer, folder string, files []file) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zw)
	for _, f := range files {
		h := &tar.Header{Name: folder + "/" + f.name, Mode: int64(f.mode()),
			Size: int64(len(f.data)), ModTime: epoch, Format: tar.FormatUSTAR}
		if err := tw.WriteHeader(h); err != nil {
			return err
		}
		if _, err := tw.Write(f.data); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return zw.Close()
}

func writeZip(w io.Writer, folder string, files []file) error {
	zw := zip.NewWriter(w)
	for _, f := range files {
		h := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: epoch}
		h.SetMode(f.mode())
		fw, err := zw.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := fw.Write(f.data); err != nil {
			return err
		}
	}
	return zw.Close()
}

// writeChecksums writes the SHA-256 of each archive to path, in the form of sha256sum.
func writeChecksums(path string, archives []string) error {
	var lines strings.Builder
	for _, a := range archives {
		data, err := os.ReadFile(a)
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(data), filepath.Base(a))
	}
	return os.WriteFile(path, []byte(lines.String()), 0o644)
}
