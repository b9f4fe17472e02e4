package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Schema is the version of the results' contents. A change changes all hashes.
const Schema = 1

// Point is a value for every setting.
type Point struct {
	// Hash identifies the point: it covers its settings with the contents of the files they name,
	// the schema and the program.
	Hash string
	// Command is its command, Settings its settings, fixed ones first.
	Command  string
	Settings []Setting
}

// Get is the value of a setting, "" where the point has none of the name.
func (p *Point) Get(name string) string {
	for _, s := range p.Settings {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

// with is the point with another value of a setting, and no hash.
func (p *Point) with(name, value string) Point {
	out := Point{Command: p.Command}
	found := false
	for _, s := range p.Settings {
		if s.Name == name {
			s.Value, found = value, true
		}
		out.Settings = append(out.Settings, s)
	}
	if !found {
		out.Settings = append(out.Settings, Setting{name, value})
	}
	return out
}

// hasher knows files by what is in them. It is safe for use side by side.
type hasher struct {
	// program is the hash of the executable.
	program string
	mu      sync.Mutex
	known   map[string]string
}

func newHasher(program string) *hasher {
	return &hasher{program: program, known: map[string]string{}}
}

// identity is the content of a point's hash. Its JSON is hashed.
type identity struct {
	Schema   int       `json:"schema"`
	Program  string    `json:"program"`
	Command  string    `json:"command"`
	Settings []Setting `json:"settings"`
}

// hash is that of a point of a sweep.
func (h *hasher) hash(s *Spec, p *Point) (string, error) {
	id := identity{Schema: Schema, Program: h.program, Command: p.Command}
	for _, set := range p.Settings {
		if namesFile(set.Name) {
			value, err := h.values(s, set.Value)
			if err != nil {
				return "", fmt.Errorf("%s: %w", set.Name, err)
			}
			set.Value = value
		}
		id.Settings = append(id.Settings, set)
	}
	text, err := json.Marshal(id)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// values replaces the files of a list by their contents' hashes.
func (h *hasher) values(s *Spec, value string) (string, error) {
	list := strings.Split(value, ",")
	for i, one := range list {
		if !s.file(one) {
			continue
		}
		sum, err := h.file(s, one)
		if err != nil {
			return "", err
		}
		list[i] = "sha256:" + sum
	}
	return strings.Join(list, ","), nil
}

// file is the hash of a file, or of all that a folder holds with the names it has there.
func (h *hasher) file(s *Spec, value string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if sum, ok := h.known[value]; ok {
		return sum, nil
	}
	f, err := s.fileOf(value)
	if err != nil {
		return "", err
	}
	sum, err := f.Hash()
	if err == nil {
		h.known[value] = sum
	}
	return sum, err
}

// FileHash is the SHA-256 of a file, in hex, or of a folder: of its files' names and hashes
// in order of the names.
func FileHash(path string) (string, error) {
	all := sha256.New()
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		err := copyFile(all, path)
		return hex.EncodeToString(all.Sum(nil)), err
	}
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if target, err := os.Stat(name); err != nil || !target.Mode().IsRegular() {
			return err
		}
		one := sha256.New()
		if err := copyFile(one, name); err != nil {
			return err
		}
		inside, err := filepath.Rel(path, name)
		fmt.Fprintf(all, "%q %x\n", filepath.ToSlash(inside), one.Sum(nil))
		return err
	})
	return hex.EncodeToString(all.Sum(nil)), err
}

func copyFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, f)
	return err
}
