package profile

import (
	"embed"

	"adder/internal/shipped"
)

//go:embed shipped/*.yaml
var embedded embed.FS

// files are the profiles that come with Adder.
var files = &shipped.Files{What: "profile", FS: embedded, Folder: "shipped", MaxBytes: maxBytes}

// Shipped lists the names of the profiles that come with Adder, sorted.
func Shipped() []string { return files.Names() }

// Load returns the shipped profile of the given name, or parses the file at the given path: a text
// with a '/', '\' or '.' is a path.
func Load(nameOrPath string) (*Profile, error) {
	name, text, err := files.Read(nameOrPath)
	if err != nil {
		return nil, err
	}
	return Parse(name, text)
}

// LoadEmulated is Load for a chip that is to be emulated; a FitOnly chip is a *NotEmulatedError.
func LoadEmulated(nameOrPath string) (*Profile, error) {
	p, err := Load(nameOrPath)
	if err != nil {
		return nil, err
	}
	if err := p.NotEmulated(); err != nil {
		return nil, err
	}
	return p, nil
}
