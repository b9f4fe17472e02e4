// Package checkpoint stores the progress of a long run in a file, so that the same command can
// resume after a crash. The package owns the file format and the check that a file belongs to a
// run. It does not interpret the parts.
//
// A file is written whole or not at all (internal/wholefile):
//
//	8      magic 89 "RCP" 0d 0a 1a 0a
//	4      version, 1
//	4, n   length of the header, and the header: JSON with the facts of the run and the
//	       names and lengths of the parts
//	       the parts
//	32     SHA-256 of all before
//
// Numbers are little-endian.
package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"adder/internal/wholefile"
)

const (
	magic   = "\x89RCP\r\n\x1a\n"
	version = 1
	// head is the number of bytes before the header.
	head = len(magic) + 8
)

// Fact is a value that must be equal in a run and its checkpoint.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// File is the checkpoint of a run. It is safe for concurrent use.
type File struct {
	path  string
	facts []Fact

	mu    sync.Mutex
	parts map[string][]byte
}

// Open reads the checkpoint of a run with these facts, or begins one where there is no
// file. The file of another run is an error that says what differs.
func Open(path string, facts []Fact) (*File, error) {
	f := &File{path: path, facts: facts, parts: map[string][]byte{}}
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	have, parts, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	if other := differ(have, facts); other != "" {
		return nil, fmt.Errorf("checkpoint %s belongs to another run: %s. Ask for the same run, "+
			"give another file, or remove this one", path, other)
	}
	f.parts = parts
	return f, nil
}

// read refuses what is no file before it waits for it.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file, which a checkpoint must be", path)
	}
	return os.ReadFile(path)
}

// Path is the path of the file.
func (f *File) Path() string { return f.path }

// Part returns the part of a name, nil if there is none.
func (f *File) Part(name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.parts[name]
}

// Keep replaces the parts of the same names, and writes the file.
func (f *File) Keep(parts map[string][]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.Copy(f.parts, parts)
	data, err := encode(f.facts, f.parts)
	if err != nil {
		return fmt.Errorf("checkpoint %s: %w", f.path, err)
	}
	return wholefile.Write(f.path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// header is the JSON of a file.
type header struct {
	Facts []Fact `json:"facts"`
	Parts []part `json:"parts"`
}

type part struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`
}

func encode(facts []Fact, parts map[string][]byte) ([]byte, error) {
	h := header{Facts: facts}
	names, size := slices.Sorted(maps.Keys(parts)), 0
	for _, name := range names {
		h.Parts = append(h.Parts, part{name, len(parts[name])})
		size += len(parts[name])
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, head+len(text)+size+sha256.Size)
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, version)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, text...)
	for _, name := range names {
		out = append(out, parts[name]...)
	}
	return sealed(out), nil
}

// sealed is a file with its checksum.
func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

// decode reads what encode wrote.
func decode(data []byte) ([]Fact, map[string][]byte, error) {
	if len(data) < head+sha256.Size || string(data[:len(magic)]) != magic {
		return nil, nil, errors.New("this is no checkpoint of a run, or it is cut off at its start")
	}
	if v := binary.LittleEndian.Uint32(data[len(magic):]); v != version {
		return nil, nil, fmt.Errorf("version %d of the format: this program reads version %d", v,
			version)
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if have := sha256.Sum256(body); !bytes.Equal(have[:], sum) {
		return nil, nil, errors.New("the checksum does not match: the file is cut off or " +
			"damaged; remove it, and the run starts from its beginning")
	}
	n, rest := uint64(binary.LittleEndian.Uint32(body[len(magic)+4:])), body[head:]
	if n > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("its header has %d bytes, and %d are left", n, len(rest))
	}
	var h header
	if err := json.Unmarshal(rest[:n], &h); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	parts, err := split(rest[n:], h.Parts)
	return h.Facts, parts, err
}

// split cuts bytes into parts.
func split(data []byte, list []part) (map[string][]byte, error) {
	parts := map[string][]byte{}
	for _, p := range list {
		if p.Bytes < 0 || p.Bytes > len(data) {
			return nil, fmt.Errorf("part %s has %d bytes, and %d are left", p.Name, p.Bytes,
				len(data))
		}
		if _, met := parts[p.Name]; met {
			return nil, fmt.Errorf("part %s is there twice", p.Name)
		}
		parts[p.Name], data = data[:p.Bytes:p.Bytes], data[p.Bytes:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes follow its parts", len(data))
	}
	return parts, nil
}

// differ says which facts are not the same, "" where all are.
func differ(have, want []Fact) string {
	var out []string
	for _, fact := range want {
		old, ok := find(have, fact.Name)
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("%s: here %s, there nothing", fact.Name, fact.Value))
		case old != fact.Value:
			out = append(out, fmt.Sprintf("%s: here %s, there %s", fact.Name, fact.Value, old))
		}
	}
	for _, fact := range have {
		if _, ok := find(want, fact.Name); !ok {
			out = append(out, fmt.Sprintf("%s: here nothing, there %s", fact.Name, fact.Value))
		}
	}
	return strings.Join(out, "; ")
}

func find(facts []Fact, name string) (string, bool) {
	for _, f := range facts {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}
