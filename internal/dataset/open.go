package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Open returns one split of the data at a path, as [OpenHead] does.
func Open(name string, split Split) (*Set, error) { return OpenHead(name, split, 0) }

// OpenHead returns the first limit samples of one split of the data at a path, or all
// where limit is 0:
//
//   - [DigitsName]: the generated digits, with the zero [DigitsOptions];
//   - an .npz file, or a folder of .npy files, with the arrays x or images and y or
//     labels;
//   - a folder of IDX files of any number of dimensions;
//   - a folder of CIFAR-10 or CIFAR-100 in the binary form;
//   - a folder of pictures by class, PNG or JPEG;
//   - any of them in a .zip file.
//
// Data without parts for training and test is both (Set.Whole). The error names the
// file and the place in it, or says what was looked for.
func OpenHead(name string, split Split, limit int) (*Set, error) {
	if split != Train && split != Test {
		return nil, fmt.Errorf("open %s: %v is neither the train nor the test split", name, split)
	}
	set, err := open(name, split, limit)
	if err != nil {
		return nil, err
	}
	set.Split = split
	if set.Len() == 0 {
		return nil, fmt.Errorf("%s: the %s samples are none", name, split)
	}
	if limit > 0 {
		set = set.Head(limit)
	}
	return set, nil
}

func open(name string, split Split, limit int) (*Set, error) {
	if name == DigitsName {
		return openDigits(split, limit)
	}
	if name == "" {
		return nil, fmt.Errorf(
			"no data given: name a file or a folder, or %q for the generated digits",
			DigitsName)
	}
	if strings.EqualFold(filepath.Ext(name), ".npz") {
		return openNPZ(name, split)
	}
	if err := checkEnding(name); err != nil {
		return nil, err
	}
	p, err := openPlace(name)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.open(split, limit)
}

// openDigits makes the generated digits, and says where a folder of that name is not
// what is meant.
// Only the first limit images are drawn, all where limit is 0.
func openDigits(split Split, limit int) (*Set, error) {
	var o DigitsOptions
	if limit > 0 {
		o = DigitsOptions{Train: min(limit, DigitsTrain), Test: min(limit, DigitsTest)}
	}
	set, err := Digits(split, o)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(DigitsName); err == nil {
		set.note("%q stands for the generated digits; the folder of that name here is %q",
			DigitsName, "."+string(filepath.Separator)+DigitsName)
	}
	return set, nil
}

// checkEnding refuses files that are data in a form that is not read.
func checkEnding(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() || !info.Mode().IsRegular() ||
		strings.EqualFold(filepath.Ext(name), ".zip") {
		return nil // openPlace says what is wrong
	}
	lower := strings.ToLower(name)
	advice := "name the folder that holds it"
	switch {
	case strings.HasSuffix(lower, ".npy"):
		advice = "name the folder that holds x.npy and y.npy, or write both into an .npz"
	case strings.HasSuffix(lower, ".tar.gz") || strings.HasSuffix(lower, ".tgz") ||
		strings.HasSuffix(lower, ".tar"):
		advice = "unpack it and name the folder"
	}
	return fmt.Errorf("%s is a file: %s; files that are read themselves are .npz and .zip",
		name, advice)
}

// form is a kind of data that a folder may hold.
type form struct {
	name  string
	found func(*place, *listing) bool
	open  func(*place, *listing, Split, int) (*Set, error)
}

// forms in the order in which they are looked for.
func forms() []form {
	return []form{
		{"IDX files", foundIDX, openIDX},
		{"CIFAR in the binary form", foundCIFAR, openCIFAR},
		{"arrays x and y (.npz or .npy)", foundArrays, openArrays},
		{"folders of pictures by class", foundPictures, openPictures},
	}
}

// listing is the content of a folder.
type listing struct{ files, folders []string }

// depth is how many nested folders that hold only a folder are entered.
const depth = 4

// open finds out what form the data has.
func (p *place) open(split Split, limit int) (*Set, error) {
	at := p
	for range depth + 1 {
		files, folders, err := at.list()
		if err != nil {
			return nil, err
		}
		l := &listing{files, folders}
		for _, f := range forms() {
			if f.found(at, l) {
				return f.open(at, l, split, limit)
			}
		}
		if len(folders) != 1 {
			break
		}
		if at, err = at.sub(folders[0]); err != nil {
			return nil, err
		}
	}
	return nil, p.nothing(split)
}

// nothing says what was looked for in vain.
func (p *place) nothing(split Split) error {
	var names []string
	for _, f := range forms() {
		names = append(names, f.name)
	}
	if files, _, err := p.list(); err == nil && slices.ContainsFunc(files, isPickle) {
		return fmt.Errorf("%s holds Python pickles, which are programs and are not run: take the "+
			"binary form of CIFAR, or write arrays x and y into an .npz",
			p.path)
	}
	spec := mnistFiles()[2*int(split)]
	return fmt.Errorf("%s: no data that is known: %s and the like of IDX are missing, and so are "+
		"%s, each of which may be in a .zip that is named itself%s: %s: %w",
		p.path, spec.name, strings.Join(names[1:], ", "), p.archives(), fetchHint(p.path),
		fs.ErrNotExist)
}

// archives names the archives in a folder, which are not looked into.
func (p *place) archives() string {
	files, _, err := p.list()
	if err != nil {
		return ""
	}
	files = slices.DeleteFunc(slices.Clone(files), func(name string) bool {
		return !strings.EqualFold(path.Ext(name), ".zip")
	})
	if len(files) == 0 {
		return ""
	}
	return ", such as " + strings.Join(files[:min(len(files), 3)], ", ") + " here"
}

// isPickle goes by the names of CIFAR's Python form.
func isPickle(name string) bool {
	return name == "data_batch_1" || name == "test_batch" || strings.HasSuffix(name, ".pkl") ||
		strings.HasSuffix(name, ".pickle")
}
