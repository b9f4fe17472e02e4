package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Kind says whether a file holds images or labels.
type Kind uint8

const (
	// Images is a file of images (IDX with three dimensions).
	Images Kind = iota
	// Labels is a file of labels (IDX with one dimension).
	Labels
)

// String returns "images" or "labels".
func (k Kind) String() string {
	if k == Images {
		return "images"
	}
	return "labels"
}

// fileSpec is one of the four files of a data set and what its unpacked
// content must be to be MNIST's.
type fileSpec struct {
	split  Split
	kind   Kind
	name   string // standard name, without .gz
	size   int64  // bytes of the unpacked content
	sha256 string // of the unpacked content, hexadecimal
}

// mnistFiles returns the four files of MNIST (LeCun, Cortes, Burges, "The
// MNIST database of handwritten digits"). The hashes are of the unpacked
// content, since copies packed by different programs differ; the MD5 of the
// same contents are 6bbc9ace898e44ae57da46a324031adb,
// a25bea736e30d166cdddb491f175f624, 2646ac647ad5339dbf082846283269ea and
// 27ae3e4e09519cfbb04c329615203637.
func mnistFiles() []fileSpec {
	return []fileSpec{
		{Train, Images, "train-images-idx3-ubyte", 47040016,
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{Train, Labels, "train-labels-idx1-ubyte", 60008,
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{Test, Images, "t10k-images-idx3-ubyte", 7840016,
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{Test, Labels, "t10k-labels-idx1-ubyte", 10008,
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	}
}

// matches reports whether content is exactly what the spec says.
func (f fileSpec) matches(content []byte) bool {
	if int64(len(content)) != f.size {
		return false
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]) == f.sha256
}

// candidates returns the names under which the file is looked for, in order.
// The name that Fetch writes comes first, so that what it downloads is what is
// opened. The dotted names are those that some archives unpack to.
func (f fileSpec) candidates() []string {
	dotted := strings.Replace(f.name, "-idx", ".idx", 1)
	return []string{f.name + ".gz", f.name, dotted + ".gz", dotted}
}

// find returns the path of the file in dir, or "" where none of its names is there.
func (f fileSpec) find(dir string) (string, error) {
	for _, name := range f.candidates() {
		path := filepath.Join(dir, name)
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", nil
}

// checkFolder returns an error unless dir is a folder that can be looked into.
func checkFolder(dir string) error {
	if dir == "" {
		return fmt.Errorf("no data folder given: name the folder with the IDX files, or %q for "+
			"the generated digits", DigitsName)
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("data folder %s is not there: %s: %w", dir, fetchHint(dir),
			fs.ErrNotExist)
	}
	if err != nil {
		return fmt.Errorf("data folder %s: %w", dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is a file: name the folder that holds the four IDX files", dir)
	}
	return nil
}

// fetchHint says how to get data without or into dir.
func fetchHint(dir string) string {
	return fmt.Sprintf("run `adder data fetch mnist --dir %s`, or use `--data %s`, which needs "+
		"no download", dir, DigitsName)
}

// readFile returns the content of the IDX file at name after unpacking.
func readFile(name string) ([]byte, error) {
	dir, base := filepath.Split(name)
	p := &place{FS: os.DirFS(filepath.Clean(dir)), path: dir}
	raw, err := p.read(base, maxFileBytes)
	if err != nil {
		return nil, err
	}
	content, err := unpack(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}
