// Package wholefile writes files whole or not at all: under a temporary name in the same folder,
// and renamed when all is written. An interrupted write leaves the old file or none. A symbolic
// link is kept and its target written, whether it exists or not; a file keeps its permissions. A
// device or a pipe has no other name to be renamed from and is written in place. The package does
// not know the contents.
//
//	wholefile.go  a file while it is written
//	check.go      whether a file could be written
//	lock_*.go     which temporary files have no writer any more
package wholefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file being written. Its methods are those of os.File, with Commit and Abort in place of
// Close.
type File struct {
	*os.File
	path string
	// inPlace is set for what is no regular file.
	inPlace bool
	done    bool
}

// Create creates a temporary file that Commit renames to path. Abort, which does nothing after
// Commit, belongs in a defer.
func Create(path string) (*File, error) {
	path, err := follow(path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return createInPlace(path)
	}
	file, err := temporary(filepath.Dir(path))
	if err == nil && info != nil && info.Mode().IsRegular() {
		// As far as the system lets: that the file is written matters more.
		_ = file.Chmod(info.Mode().Perm())
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return &File{File: file, path: path}, nil
}

// maxLinks is the largest number of links in a chain.
const maxLinks = 40

// follow returns the final target of a link, whether it exists or not.
func follow(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		target, err := os.Readlink(path)
		if err != nil {
			return path, err
		}
		if !filepath.IsAbs(target) {
			// Not filepath.Join, which takes "a/.." away where a is a link.
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}
		path = target
	}
	return path, errors.New("links lead to each other in a circle")
}

// prefix and suffix are those of temporary names, which do not hold the file's own: it may
// be as long as names can be.
const prefix, suffix = ".adder-", ".tmp"

// temporary opens a new file in a folder.
func temporary(folder string) (*os.File, error) {
	for i := 0; ; i++ {
		// os.CreateTemp would narrow the permissions to the owner's.
		name := filepath.Join(folder, fmt.Sprintf("%s%d-%d%s", prefix, os.Getpid(), i, suffix))
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			hold(file)
			return file, nil
		}
		if !errors.Is(err, os.ErrExist) || i == 1000 {
			return nil, err
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

// Commit renames the file to its path. On an error the temporary file is removed and what was at
// path is untouched.
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
	syncFolder(filepath.Dir(f.path))
	return nil
}

// syncFolder has the system keep a new name. Not every system can, and the file is there.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// Abort removes the file.
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

// Write writes a file with one function. Errors of write are prefixed with the path.
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
