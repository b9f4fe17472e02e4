package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"adder/internal/wholefile"
)

// Names in a sweep's folder.
const (
	specName    = "sweep.yaml"
	pointsName  = "points.jsonl"
	resultsName = "results"
	tableName   = "table.csv"
	frontName   = "pareto.svg"
	pageName    = "report.html"
)

// Folder is a sweep on the disk. Files in it are whole or absent, and a result that is
// there does not change: any number of processes may write into it.
type Folder struct{ path string }

// openFolder creates the subfolders of a sweep.
func openFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(path, resultsName), 0o777); err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	return &Folder{path}, nil
}

func (f *Folder) result(hash string) string {
	return filepath.Join(f.path, resultsName, hash+".json")
}

// ErrUnequal is the error of two different results of one point.
var ErrUnequal = errors.New("two results of one point differ, and no result may depend on time " +
	"or machine")

// Record writes a result, once. The same again is accepted, another is ErrUnequal. It
// returns when the system has the file on its disk.
func (f *Folder) Record(r *Record) error {
	text, err := r.Text()
	if err != nil {
		return err
	}
	path := f.result(r.Hash)
	old, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(old, text):
		return nil
	case err == nil && readable(old, r.Hash):
		return fmt.Errorf("%w: %s has one, the other is:\n%s", ErrUnequal, path, text)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("sweep: %w", err)
	}
	return writeFile(path, text)
}

// Find returns the result of a point, nil where there is none that can be read: a damaged
// file costs a run, never a wrong row.
func (f *Folder) Find(hash string) (*Record, error) {
	text, err := os.ReadFile(f.result(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	r, err := ParseRecord(text, hash)
	if err != nil {
		return nil, nil
	}
	return r, nil
}

func readable(text []byte, hash string) bool {
	_, err := ParseRecord(text, hash)
	return err == nil
}

// pointLine is a line of points.jsonl.
type pointLine struct {
	Point    int       `json:"point"`
	Hash     string    `json:"hash"`
	Command  string    `json:"command"`
	Settings []Setting `json:"settings"`
}

// savePoints lists the points of the sweep, numbered from 1.
func (f *Folder) savePoints(points []Point) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	for i, p := range points {
		if err := enc.Encode(pointLine{i + 1, p.Hash, p.Command, p.Settings}); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(f.path, pointsName), text.Bytes())
}

func writeFile(path string, text []byte) error {
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// points reads points.jsonl.
func (f *Folder) points() ([]Point, error) {
	path := filepath.Join(f.path, pointsName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(
			"%s: no such file: the sweep has not been run: `adder sweep` runs it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	var out []Point
	dec := json.NewDecoder(bytes.NewReader(text))
	for dec.More() {
		var line pointLine
		if err := dec.Decode(&line); err != nil {
			return nil, fmt.Errorf("%s: %w: `adder sweep` writes it anew", path, err)
		}
		out = append(out, Point{Hash: line.Hash, Command: line.Command, Settings: line.Settings})
	}
	return out, nil
}
