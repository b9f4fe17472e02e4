package event

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Set is a file of a recording, or a folder of them: one sample each.
type Set struct {
	// Name is the path.
	Name string
	// Files are the samples in their order.
	Files []string
	// Labels has the class of each, or is nil.
	Labels []int
	// Classes are the names of the classes, in the order of their numbers.
	Classes []string
}

// OpenSet lists the recordings of a path. A folder has them in a folder per class,
// FOLDER/CLASS/FILE, or side by side without classes; above these there may be one folder per
// split, whose names begin with "train" and "test", and split is the one to take. Classes are
// numbered in the order of their names, and samples in turn: the first of each class, then the
// second of each.
func OpenSet(path, split string) (*Set, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: path}
	if !info.IsDir() {
		s.Files = []string{path}
		return s, nil
	}
	folders, files, err := splitEntries(path, split)
	if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		s.Files = files
	} else if err := s.addClasses(folders); err != nil {
		return nil, err
	}
	if len(s.Files) == 0 {
		return nil, fmt.Errorf("%s: no recordings (%s) in it or in its folders: want "+
			"FOLDER/CLASS/FILE, or FOLDER/FILE without classes",
			path, strings.Join(endings(), ", "))
	}
	return s, nil
}

// splitEntries lists a folder, or the one of a split in it.
func splitEntries(path, split string) (folders, files []string, err error) {
	folders, files, err = entries(path)
	if err != nil {
		return nil, nil, err
	}
	inner, err := splitFolder(path, folders, split)
	if inner == "" || err != nil {
		return folders, files, err
	}
	return entries(inner)
}

// addClasses takes the recordings of folders in turn.
func (s *Set) addClasses(folders []string) error {
	var classes [][]string
	for _, folder := range folders {
		_, files, err := entries(folder)
		if err != nil {
			return err
		}
		classes = append(classes, files)
		s.Classes = append(s.Classes, filepath.Base(folder))
	}
	for k, found := 0, true; found; k++ {
		found = false
		for class, files := range classes {
			if k < len(files) {
				s.Files, s.Labels, found = append(s.Files, files[k]), append(s.Labels, class), true
			}
		}
	}
	return nil
}

// entries lists the folders and the recordings in a folder, sorted. Hidden ones and
// other files are left out.
func entries(path string) (folders, files []string, err error) {
	all, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range all {
		full := filepath.Join(path, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		info, err := os.Stat(full) // follows a link
		switch {
		case err != nil:
			return nil, nil, err
		case info.IsDir():
			folders = append(folders, full)
		case Known(full):
			files = append(files, full)
		}
	}
	return folders, files, nil
}

// splitFolder finds the folder of a split, "" where the folders are not splits.
func splitFolder(path string, folders []string, split string) (string, error) {
	splits := slices.ContainsFunc(folders, func(f string) bool {
		return isSplit(f, "train") || isSplit(f, "test")
	})
	if !splits {
		return "", nil
	}
	for _, folder := range folders {
		if isSplit(folder, split) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("%s: it has folders of splits, but none of the split %s", path, split)
}

func isSplit(folder, split string) bool {
	return strings.HasPrefix(strings.ToLower(filepath.Base(folder)), split)
}

// Head returns the first n samples, or all if there are fewer.
func (s *Set) Head(n int) *Set {
	out := *s
	out.Files = s.Files[:min(n, len(s.Files))]
	if s.Labels != nil {
		out.Labels = s.Labels[:len(out.Files)]
	}
	return &out
}
