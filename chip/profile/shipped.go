package profile

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

//go:embed shipped/*.yaml
var shipped embed.FS

const ending = ".yaml"

// Shipped lists the names of the profiles that come with Adder, sorted.
func Shipped() []string {
	// The pattern is constant and the files are in the program.
	files, _ := fs.Glob(shipped, "shipped/*"+ending)
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(path.Base(file), ending)
	}
	slices.Sort(names)
	return names
}

// Load returns the shipped profile of the given name, or parses the file at
// the given path: whatever contains a '/', '\' or '.' is a path.
func Load(nameOrPath string) (*Profile, error) {
	if strings.ContainsAny(nameOrPath, `/\.`) {
		return loadFile(nameOrPath)
	}
	text, err := shipped.ReadFile("shipped/" + nameOrPath + ending)
	if err != nil {
		return nil, fmt.Errorf("profile %q is not shipped: use one of %s, or the path of a %s file",
			nameOrPath, strings.Join(Shipped(), ", "), ending)
	}
	return Parse(nameOrPath+ending, text)
}

func loadFile(name string) (*Profile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("profile: %w: give a shipped profile (%s) or an existing file", err, strings.Join(Shipped(), ", "))
	}
	defer file.Close()
	var text bytes.Buffer
	if _, err := io.Copy(&text, io.LimitReader(file, maxBytes+1)); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return Parse(name, text.Bytes())
}
