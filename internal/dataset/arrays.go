package dataset

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"adder/internal/npz"
)

// maxArrayBytes bounds an array of samples.
const maxArrayBytes = 1 << 32

// sampleNames and labelNames are the names of the arrays. A split's own come first, with the
// split's name before or after: x_train, train_images.
func sampleNames() []string { return []string{"x", "images", "data"} }
func labelNames() []string  { return []string{"y", "labels", "label", "targets"} }

// splitNames are the names of the parts of a data set.
func splitNames(split Split) []string {
	if split == Train {
		return []string{"train", "training"}
	}
	return []string{"test", "testing", "t10k", "val", "valid", "validation"}
}

// withSplit gives the names of a split's arrays.
func withSplit(names []string, split Split) []string {
	var out []string
	for _, part := range splitNames(split) {
		for _, name := range names {
			out = append(out, name+"_"+part, part+"_"+name)
		}
	}
	return out
}

// arrays is a collection of arrays by name, an archive or a folder.
type arrays interface {
	names() []string
	read(name string) (*npz.Array, error)
	path() string
}

// openArrayPair reads samples and labels.
func openArrayPair(a arrays, split Split) (*Set, error) {
	have := a.names()
	x, whole := pickArray(have, sampleNames(), split)
	if x == "" {
		return nil, missingArray(a, split)
	}
	y, wholeLabels := pickArray(have, labelNames(), split)
	if wholeLabels != whole {
		y = "" // labels of something else
	}
	set := &Set{Name: stem(a.path()), Whole: whole}
	samples, err := a.read(x)
	if err != nil {
		return nil, err
	}
	if err := set.takeSamples(samples); err != nil {
		return nil, fmt.Errorf("%s: array %s: %w", a.path(), x, err)
	}
	if y == "" {
		return set, nil
	}
	labels, err := a.read(y)
	if err != nil {
		return nil, err
	}
	if err := set.takeLabelArray(labels); err != nil {
		return nil, fmt.Errorf("%s: array %s: %w", a.path(), y, err)
	}
	return set, set.checkCounts(a.path()+": "+x, a.path()+": "+y)
}

// pickArray finds an array under one of its names, and reports whether it is for both
// splits.
func pickArray(have, names []string, split Split) (found string, whole bool) {
	for _, name := range withSplit(names, split) {
		if slices.Contains(have, name) {
			return name, false
		}
	}
	for _, name := range names {
		if slices.Contains(have, name) {
			return name, true
		}
	}
	return "", false
}

func missingArray(a arrays, split Split) error {
	have := a.names()
	const few = 12
	if len(have) > few {
		have = append(slices.Clone(have[:few]), "...")
	}
	if other, _ := pickArray(a.names(), sampleNames(), 1-split); other != "" {
		return fmt.Errorf("%s has samples under %s and none for the %s split: write them as "+
			"x_%s, or give the other split",
			a.path(), other, split, split)
	}
	return fmt.Errorf("%s has no array of samples: x or images, [N, ...], is due, and y or "+
		"labels for the classes; it has %s",
		a.path(), strings.Join(have, ", "))
}

// takeSamples takes an array [N, ...]: uint8 as bytes, other numbers as real ones.
func (s *Set) takeSamples(a *npz.Array) (err error) {
	if len(a.Shape) < 1 || a.Shape[0] < 1 {
		return fmt.Errorf("shape %v: samples are [N, ...], with at least one", a.Shape)
	}
	s.Shape = slices.Clone(a.Shape[1:])
	if len(s.Shape) == 0 {
		s.Shape = []int{1}
	}
	if err := checkShape(s.Shape); err != nil {
		return err
	}
	if a.Type == npz.Uint8 {
		s.Bytes, err = a.Uint8s()
		return err
	}
	if s.Reals, err = a.Reals(); err != nil {
		return err
	}
	return s.checkFinite()
}

// takeLabelArray takes labels.
func (s *Set) takeLabelArray(a *npz.Array) error {
	if a.Type == npz.String {
		return fmt.Errorf("labels are text: number the classes from 0")
	}
	if _, err := labelColumns(a.Shape); err != nil {
		return err
	}
	numbers, err := a.Float64s()
	if err != nil {
		return err
	}
	return s.label(numbers, a.Shape)
}

// archive is an .npz file.
type archive struct {
	*npz.File
	name string
}

func (a archive) names() []string                      { return a.Names() }
func (a archive) read(name string) (*npz.Array, error) { return a.Array(name) }
func (a archive) path() string                         { return a.name }

// openNPZ reads one split of an .npz file.
func openNPZ(name string, split Split) (*Set, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	file, err := npz.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	file.SetLimit(maxArrayBytes)
	return openArrayPair(archive{file, name}, split)
}

// arrayFolder is a folder of .npy files.
type arrayFolder struct {
	*place
	files []string
}

func (f arrayFolder) path() string { return f.place.path }

func (f arrayFolder) names() []string {
	var names []string
	for _, name := range f.files {
		if array, ok := strings.CutSuffix(name, ".npy"); ok {
			names = append(names, array)
		}
	}
	return names
}

func (f arrayFolder) read(name string) (*npz.Array, error) {
	file, err := f.Open(name + ".npy")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", f.full(name+".npy"))
	}
	return npz.ReadNPY(f.full(name+".npy"), file, info.Size())
}

func foundArrays(p *place, l *listing) bool {
	return slices.ContainsFunc(l.files, func(name string) bool {
		return filepath.Ext(name) == ".npz"
	}) || hasArrays(p, l)
}

// hasArrays reports whether .npy files hold samples.
func hasArrays(p *place, l *listing) bool {
	have := arrayFolder{p, l.files}.names()
	for _, split := range []Split{Train, Test} {
		if name, _ := pickArray(have, sampleNames(), split); name != "" {
			return true
		}
	}
	return false
}

// openArrays reads a folder of .npy files, or with an .npz file for each split, or
// with one for all.
func openArrays(p *place, l *listing, split Split, _ int) (*Set, error) {
	if hasArrays(p, l) {
		set, err := openArrayPair(arrayFolder{p, l.files}, split)
		if err == nil {
			set.Name = p.name
		}
		return set, err
	}
	name, err := pickNPZ(p, l, split)
	if err != nil {
		return nil, err
	}
	content, err := p.read(name, maxArrayBytes)
	if err != nil {
		return nil, err
	}
	file, err := npz.Read(p.full(name), bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	file.SetLimit(maxArrayBytes)
	set, err := openArrayPair(archive{file, p.full(name)}, split)
	if err != nil {
		return nil, err
	}
	set.Name = p.name
	set.Whole = set.Whole && !slices.Contains(splitNames(split), stem(name))
	return set, nil
}

// pickNPZ finds the .npz file of a split, or the one there is.
func pickNPZ(p *place, l *listing, split Split) (string, error) {
	var all []string
	for _, name := range l.files {
		if filepath.Ext(name) == ".npz" {
			all = append(all, name)
		}
	}
	for _, part := range splitNames(split) {
		if slices.Contains(all, part+".npz") {
			return part + ".npz", nil
		}
	}
	if len(all) == 1 && !slices.Contains(splitNames(1-split), stem(all[0])) {
		return all[0], nil
	}
	for _, name := range l.files {
		if strings.EqualFold(filepath.Ext(name), ".zip") {
			all = append(all, name)
		}
	}
	return "", fmt.Errorf("%s holds %s: name one of them, or call arrays train.npz and test.npz: %w",
		p.path, strings.Join(all, ", "), fs.ErrNotExist)
}
