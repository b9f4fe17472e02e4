package dataset

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// place is a folder that data is read from: on the disk, or in a zip archive.
type place struct {
	fs.FS
	// path is the user's path, and name its last part without extension.
	path, name string
	close      func() error
}

// openPlace opens the folder or the archive at a path.
func openPlace(name string) (*place, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("data folder %s is not there: %s: %w",
			name, fetchHint(name), fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("data folder %s: %w", name, err)
	case info.IsDir():
		base := filepath.Base(filepath.Clean(name))
		return &place{FS: os.DirFS(name), path: name, name: base, close: func() error {
			return nil
		}}, nil
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is neither a file nor a folder", name)
	}
	return openArchive(name, info.Size())
}

// openArchive opens a zip file as a folder.
func openArchive(name string, size int64) (*place, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	archive, err := readArchive(file, size)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &place{FS: archive, path: name, name: stem(name), close: file.Close}, nil
}

// readArchive reads the directory of a zip file and checks the sizes that it claims.
func readArchive(r io.ReaderAt, size int64) (fs.FS, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a zip archive: %w", err)
	}
	for _, member := range archive.File {
		packed, plain := member.CompressedSize64, member.UncompressedSize64
		switch {
		case packed > uint64(size):
			return nil, fmt.Errorf("member %s claims %d bytes in an archive of %d",
				member.Name, packed, size)
		case member.Method == zip.Store && packed != plain:
			return nil, fmt.Errorf("member %s is stored in %d bytes but claims %d",
				member.Name, packed, plain)
		case plain > packed*maxDeflateRatio:
			return nil, fmt.Errorf(
				"member %s claims %d bytes, which %d compressed bytes cannot hold",
				member.Name, plain, packed)
		}
	}
	return archive, nil
}

// stem is the last part of a path without its ending.
func stem(name string) string {
	base := filepath.Base(name)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// full is the path of a file of the place, for messages.
func (p *place) full(name string) string { return filepath.Join(p.path, filepath.FromSlash(name)) }

// read returns the content of a file of at most limit bytes. Memory grows with what
// arrives, not with what an archive claims.
func (p *place) read(name string, limit int64) ([]byte, error) {
	file, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", p.full(name))
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, more than the limit of %d",
			p.full(name), info.Size(), limit)
	}
	content, err := readSized(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.full(name), err)
	}
	return content, nil
}

// readSized reads a file whose stated size may be wrong.
func readSized(r io.Reader, size int64) ([]byte, error) {
	const step = 1 << 22
	content := make([]byte, 0, min(size, step)+1)
	for {
		n, err := io.ReadFull(r, content[len(content):cap(content)])
		content = content[:len(content)+n]
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return content, nil
		case err != nil:
			return nil, err
		case int64(len(content)) > size:
			return nil, fmt.Errorf("the file grows while it is read, beyond %d bytes", size)
		}
		grown := make([]byte, len(content), min(size+1, 2*int64(cap(content))))
		copy(grown, content)
		content = grown
	}
}

// sub is a folder of the place as a place. The caller closes the whole.
func (p *place) sub(name string) (*place, error) {
	if name == "." {
		return p, nil
	}
	below, err := fs.Sub(p.FS, name)
	if err != nil {
		return nil, err
	}
	return &place{FS: below, path: p.full(name), name: path.Base(name), close: p.close}, nil
}

// list gives the names of files and folders of the place, without those that are
// hidden or that archivers add.
func (p *place) list() (files, folders []string, err error) {
	entries, err := fs.ReadDir(p.FS, ".")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.path, err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || name == "__MACOSX" {
			continue
		}
		if p.isFolder(e) {
			folders = append(folders, name)
			continue
		}
		files = append(files, name)
	}
	return files, folders, nil
}

// isFolder follows links.
func (p *place) isFolder(e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(p.FS, e.Name())
	return err == nil && info.IsDir()
}
