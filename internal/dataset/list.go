package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// FileStatus is the state of one of the four files.
type FileStatus struct {
	// Split and Kind say which file it is.
	Split Split
	Kind  Kind
	// Name is the standard name, without .gz.
	Name string
	// Path is the file found, "" where it is missing.
	Path string
	// Bytes is the size of the file on disk, packed or not.
	Bytes int64
	// Items is the number of images or labels, 0 where Err is set.
	Items int
	// MNIST reports that the unpacked content is MNIST's own (SHA-256).
	MNIST bool
	// PartBytes is the size of an unfinished download, 0 where there is none.
	PartBytes int64
	// Err says why the file cannot be used; nil for a missing file.
	Err error
}

// Usable reports whether the file is there and valid.
func (f FileStatus) Usable() bool { return f.Path != "" && f.Err == nil }

// List returns the state of the four files in dir, in the order train images,
// train labels, test images, test labels. A folder that is not there counts as
// empty. Damaged files are reported in their Err; the returned error says that
// the folder itself cannot be read.
func List(dir string) ([]FileStatus, error) {
	if err := checkFolder(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	specs := mnistFiles()
	list := make([]FileStatus, 0, len(specs))
	for _, spec := range specs {
		st, err := spec.status(dir)
		if err != nil {
			return nil, err
		}
		list = append(list, st)
	}
	for i := 0; i+1 < len(list); i += 2 {
		img, lab := &list[i], &list[i+1]
		if img.Usable() && lab.Usable() && img.Items != lab.Items {
			lab.Err = fmt.Errorf("%s holds %d labels, but %s holds %d images", lab.Path, lab.Items,
				img.Path, img.Items)
		}
	}
	return list, nil
}

// status looks for the file in dir and checks it.
func (f fileSpec) status(dir string) (FileStatus, error) {
	st := FileStatus{Split: f.split, Kind: f.kind, Name: f.name}
	if info, err := os.Stat(f.partPath(dir)); err == nil {
		st.PartBytes = info.Size()
	}
	path, err := f.find(dir)
	if err != nil || path == "" {
		return st, err
	}
	st.Path = path
	if info, err := os.Stat(path); err == nil {
		st.Bytes = info.Size()
	}
	content, err := readFile(path)
	if err != nil {
		st.Err = err
		return st, nil
	}
	var set Set
	if err := set.take(f.kind, content); err != nil {
		st.Err = fmt.Errorf("%s: %w", path, err)
		return st, nil
	}
	st.Items = set.Len()
	if f.kind == Images {
		st.Items = set.elements() / set.Size()
	}
	st.MNIST = f.matches(content)
	return st, nil
}
