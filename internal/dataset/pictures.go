package dataset

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// isPicture goes by the ending.
func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg":
		return true
	}
	return false
}

// class is a folder of pictures of one class.
type class struct {
	name     string
	pictures []string // paths in the place, sorted by name
}

// foundPictures looks for a folder of pictures, below one of a split or not.
func foundPictures(p *place, l *listing) bool {
	for _, folder := range l.folders {
		if isSplitFolder(folder) && slices.ContainsFunc(subfolders(p, folder),
			func(name string) bool {
				return holdsPictures(p, name)
			}) {
			return true
		}
		if holdsPictures(p, folder) {
			return true
		}
	}
	return false
}

func isSplitFolder(name string) bool {
	return slices.Contains(append(splitNames(Train), splitNames(Test)...), strings.ToLower(name))
}

// subfolders lists the folders in a folder, with its path.
func subfolders(p *place, folder string) []string {
	below, err := p.sub(folder)
	if err != nil {
		return nil
	}
	_, folders, err := below.list()
	if err != nil {
		return nil
	}
	for i := range folders {
		folders[i] = path.Join(folder, folders[i])
	}
	return folders
}

// holdsPictures reports whether a folder has a picture in it.
func holdsPictures(p *place, folder string) bool {
	entries, err := fs.ReadDir(p.FS, folder)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return isPicture(e.Name())
	})
}

// openPictures reads one split of folders of pictures by class. The classes are
// numbered in the order of their names, and the pictures are taken in turn: the first
// of each class, then the second of each.
func openPictures(p *place, l *listing, split Split, limit int) (*Set, error) {
	root, whole, err := splitFolder(p, l, split)
	if err != nil {
		return nil, err
	}
	found, err := listClasses(p, root)
	if err != nil {
		return nil, err
	}
	set := &Set{Name: p.name, Classes: len(found), Picture: true, Whole: whole}
	noteOrder(set, found)
	names := inTurn(set, found, limit)
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no pictures (.png, .jpg)", p.full(root))
	}
	return set, set.readPictures(p, names)
}

// splitFolder is the folder of a split. Folders of classes without one are both splits.
func splitFolder(p *place, l *listing, split Split) (root string, whole bool, err error) {
	for _, part := range splitNames(split) {
		for _, folder := range l.folders {
			if strings.EqualFold(folder, part) {
				return folder, false, nil
			}
		}
	}
	if i := slices.IndexFunc(l.folders, isSplitFolder); i >= 0 {
		return "", false, fmt.Errorf("%s has pictures in %s and no folder %s: %w",
			p.path, l.folders[i], split, fs.ErrNotExist)
	}
	return ".", true, nil
}

// listClasses lists the classes with pictures, by name.
func listClasses(p *place, root string) ([]class, error) {
	below, err := p.sub(root)
	if err != nil {
		return nil, err
	}
	_, folders, err := below.list()
	if err != nil {
		return nil, err
	}
	slices.Sort(folders)
	var out []class
	for _, name := range folders {
		c := class{name: name}
		entries, err := fs.ReadDir(p.FS, path.Join(root, name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.full(path.Join(root, name)), err)
		}
		for _, e := range entries {
			if isPicture(e.Name()) && !strings.HasPrefix(e.Name(), ".") {
				c.pictures = append(c.pictures, path.Join(root, name, e.Name()))
			}
		}
		slices.Sort(c.pictures)
		out = append(out, c)
	}
	return out, nil
}

// noteOrder warns where the order of names is not that of the numbers they are.
func noteOrder(s *Set, classes []class) {
	last := -1
	for i, c := range classes {
		number, err := strconv.Atoi(c.name)
		if err != nil {
			return
		}
		if number < last {
			s.note("folders are classes in the order of their names, so that %q is class %d, "+
				"after %q; name them with as many digits each to have them by number",
				c.name, i, classes[i-1].name)
			return
		}
		last = number
	}
}

// inTurn gives the first picture of each class, then the second of each, and labels
// the set so; limit bounds them where it is not 0.
func inTurn(s *Set, classes []class, limit int) []string {
	var names []string
	for round, more := 0, true; more; round++ {
		more = false
		for label, c := range classes {
			if round >= len(c.pictures) {
				continue
			}
			if limit > 0 && len(names) == limit {
				return names
			}
			more = true
			names = append(names, c.pictures[round])
			s.Labels = append(s.Labels, int32(label))
		}
	}
	return names
}

// readPictures decodes the pictures side by side. The first says how large they are
// and whether they are grey.
func (s *Set) readPictures(p *place, names []string) error {
	first, err := readPicture(p, names[0])
	if err != nil {
		return err
	}
	s.Shape = first.shape()
	if total := int64(len(names)) * int64(s.Size()); total > maxFileBytes {
		return fmt.Errorf("%s: %d pictures of %s take %d bytes, more than the limit of %d: take "+
			"fewer with --limit",
			p.path, len(names), shapeText(s.Shape), total, maxFileBytes)
	}
	s.Bytes = make([]uint8, len(names)*s.Size())
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	failed := make([]error, len(names))
	for i, name := range names {
		group.Go(func() error {
			failed[i] = s.readInto(p, name, s.view(i))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
