// Package shipped reads files that a user names: those embedded in the program by name, others by
// path. It does not interpret them.
package shipped

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Ending is the file name extension of shipped files.
const Ending = ".yaml"

// Stdin is the path of standard input.
const Stdin = "-"

// Files are the shipped files of one kind.
type Files struct {
	// What they are, for messages, such as "profile".
	What string
	// FS holds them, in the folder named.
	FS     fs.FS
	Folder string
	// MaxBytes is the largest text that is read whole.
	MaxBytes int64
}

// Names lists the shipped files without their ending, sorted.
func (f *Files) Names() []string {
	// The pattern is constant and the files are in the program.
	files, _ := fs.Glob(f.FS, f.Folder+"/*"+Ending)
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(path.Base(file), Ending)
	}
	slices.Sort(names)
	return names
}

// Read returns the shipped file of the given name, or the file at the given path: a text with a
// '/', '\' or '.' is a path, and "-" is standard input. Of a text longer than MaxBytes it returns
// one byte more than that. file is its name in messages.
func (f *Files) Read(nameOrPath string) (file string, text []byte, err error) {
	if nameOrPath == Stdin {
		text, err = f.read("standard input", os.Stdin)
		return "standard input", text, err
	}
	if strings.ContainsAny(nameOrPath, `/\.`) {
		text, err = f.open(nameOrPath)
		return nameOrPath, text, err
	}
	file = nameOrPath + Ending
	text, err = fs.ReadFile(f.FS, f.Folder+"/"+file)
	if err != nil {
		return "", nil, fmt.Errorf("%s %q is not shipped: use one of %s, or the path of a %s file",
			f.What, nameOrPath, strings.Join(f.Names(), ", "), Ending)
	}
	return file, text, nil
}

func (f *Files) open(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: give a shipped %s (%s) or an existing file", f.What, err,
			f.What, strings.Join(f.Names(), ", "))
	}
	defer file.Close()
	return f.read(name, file)
}

// read reads a text whole, up to one byte more than MaxBytes.
func (f *Files) read(name string, from io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, f.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", f.What, name, err)
	}
	return text, nil
}
