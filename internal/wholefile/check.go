package wholefile

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Check reports whether Create and Commit would succeed, as far as can be known before long work:
// the folder is writable, and an existing file has no second hard link, which would keep the old
// content. It removes temporary files of writers that were killed.
func Check(path string) error {
	path, err := follow(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil // opening a pipe would wait for its reader
	}
	folder := filepath.Dir(path)
	switch {
	case err == nil && info.IsDir():
		folder = path // files are written into it, and it has a name more per folder below
	case err == nil && names(info) > 1:
		return fmt.Errorf("write %s: it has %d names (hard links), and the others would keep "+
			"what is in it now: give another name, or remove this one",
			path, names(info))
	}
	sweep(folder, time.Now().Add(-time.Minute))
	file, err := temporary(folder)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	// A full disk fails at the first byte.
	_, err = file.Write([]byte{0})
	file.Close()
	os.Remove(file.Name())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// sweep removes the temporary files of a folder that have no writer any more and were last written
// before a time.
func sweep(folder string, before time.Time) {
	paths, _ := filepath.Glob(filepath.Join(folder, prefix+"*"+suffix))
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(before) {
			continue
		}
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if free(file) {
			os.Remove(path)
		}
		file.Close()
	}
}
