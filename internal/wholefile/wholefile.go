// Package wholefile writes files whole or not at all: under a temporary name beside
// their own, which a rename gives them when all is written. An interrupted write
// leaves the old file or none. A link stays one, and what it points to is written. A
// device or a pipe has no other name to be renamed from and is written in place. The
// package knows nothing of what is in the files.
package wholefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File is a file being written. Its methods are those of os.File but Close, for
// which Commit and Abort stand.
type File struct {
	*os.File
	path string
	// inPlace is set for what is no regular file.
	inPlace bool
	done    bool
}

// Create begins a file that Commit will give the name path. Abort, which does nothing
// after Commit, belongs in a defer.
func Create(path string) (*File, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return createInPlace(path)
	}
	dir, base := filepath.Split(path)
	for i := 0; ; i++ {
		// os.CreateTemp would narrow the permissions to the owner's.
		name := filepath.Join(dir, fmt.Sprintf(".%s.%d-%d.tmp", base, os.Getpid(), i))
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			return &File{File: file, path: path}, nil
		}
		if !errors.Is(err, os.ErrExist) || i == 1000 {
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
	}
}

func createInPlace(path string) (*File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return &File{File: file, path: path, inPlace: true}, nil
}

// Commit gives the file its name. On an error the temporary file is removed and what
// was at path is untouched.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("write %s: %w", f.path, os.ErrClosed)
	}
	f.done = true
	if f.inPlace {
		return f.Close()
	}
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", f.path, err), os.Remove(f.Name()))
	}
	return nil
}

// Abort drops the file.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.Close()
	if !f.inPlace {
		os.Remove(f.Name())
	}
}

// Write writes a file at once. Errors of write come back with the path before them.
func Write(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Commit()
}
