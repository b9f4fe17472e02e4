package recorded

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"adder/internal/npz"
	"adder/sample"
)

// The arrays of an npz file of samples.
const (
	spikesArray = "spikes" // spikes or counts
	gradedArray = "input"  // real numbers
)

// array is an array of samples in a file, whose elements are read piece by piece, as
// often as needed.
type array struct {
	path, name string
	// samples are those asked for, of all that the file has; fileTicks are the
	// file's, ticks those of a sample.
	samples, all     int
	fileTicks, ticks int
	size             int
	timeFirst        bool
	fortran          bool // the first axis is the fastest in the file
	shape            []int
	labels           []int
	notes            []string
}

// isNPY goes by the ending.
func isNPY(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npy") }

// open opens the elements.
func (a *array) open() (*npz.Reader, error) {
	if isNPY(a.path) {
		return npz.OpenReader(a.path)
	}
	file, err := npz.Open(a.path)
	if err != nil {
		return nil, err
	}
	r, err := file.Reader(a.name)
	if err != nil {
		file.Close()
		return nil, err
	}
	return r.Owning(file), nil
}

// openArray finds the samples in a file and checks them against the options.
func openArray(path string, o Options) (*array, error) {
	a := &array{path: path, name: filepath.Base(path)}
	var labels *npz.Array
	if !isNPY(path) {
		file, err := npz.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if a.name, err = arrayName(path, file); err != nil {
			return nil, err
		}
		if labels, err = labelArray(file); err != nil {
			return nil, err
		}
	}
	r, err := a.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := a.measure(r, o, labels); err != nil {
		return nil, err
	}
	a.labels, err = a.readLabels(labels)
	return a, err
}

// arrayName finds the one array of samples that a file has.
func arrayName(path string, file *npz.File) (string, error) {
	for _, name := range []string{spikesArray, gradedArray} {
		if file.Has(name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: no array %q of spikes, [samples, ticks, ...input shape], and no "+
		"%q of real numbers; it has %v", path, spikesArray, gradedArray, file.Names())
}

// npzShape is the name and the shape of the array of samples in a file.
func npzShape(path string) (string, []int, error) {
	file, err := npz.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	name, err := arrayName(path, file)
	if err != nil {
		return "", nil, err
	}
	_, shape, err := file.Info(name)
	return name, shape, err
}

// inOrder says whether the file has one sample after the other.
func (a *array) inOrder() bool { return !a.timeFirst && !a.fortran }

// measure takes the number of samples, ticks and sources from the shape.
func (a *array) measure(r *npz.Reader, o Options, labels *npz.Array) error {
	if a.shape = r.Shape; len(a.shape) < 2 {
		return fmt.Errorf("%s: %s has shape %v; want [samples, ticks, ...input shape]", a.path,
			a.name, a.shape)
	}
	a.fortran = r.Fortran
	if err := a.checkLayout(o, labels); err != nil {
		return err
	}
	a.all, a.fileTicks = a.shape[0], a.shape[1]
	if a.timeFirst = o.Layout == LayoutTB; a.timeFirst {
		a.all, a.fileTicks = a.fileTicks, a.all
	}
	if a.all == 0 || a.fileTicks == 0 {
		return a.empty(a.shape)
	}
	if a.size = sample.Size(o.Shape); !slices.Equal(a.shape[2:], o.Shape) &&
		!slices.Equal(a.shape[2:], []int{a.size}) {
		return a.shapeError(o)
	}
	a.samples, a.ticks = a.all, a.fileTicks
	if o.Limit > 0 {
		a.samples = min(a.samples, o.Limit)
	}
	if o.Ticks > 0 {
		a.ticks = o.Ticks
	}
	return nil
}

// empty says that there are no samples or no ticks.
func (a *array) empty(shape []int) error {
	return fmt.Errorf("%s: %s has shape %v, %d samples of %d ticks: there is nothing to run",
		a.path, a.name, shape, shape[0], shape[1])
}

// shapeError says which shape the model takes.
func (a *array) shapeError(o Options) error {
	axes := []string{"samples", "ticks"}
	if o.Layout == LayoutTB {
		axes = []string{"ticks", "samples"}
	}
	for _, d := range o.Shape {
		axes = append(axes, fmt.Sprint(d))
	}
	help := ""
	if slices.Equal(a.shape[1:], o.Shape) || slices.Equal(a.shape[1:], []int{a.size}) {
		help = ": one sample has an axis of samples too, x[None] in NumPy"
	}
	return fmt.Errorf("%s: %s has shape %v; the model takes [%s]%s", a.path, a.name, a.shape,
		strings.Join(axes, " "), help)
}

// checkLayout refuses a file that looks time-first where nothing states its layout. A sure sign are
// as many labels as the second axis has entries; likely ones are samples of a single tick, and a
// first axis of as many entries as ticks are asked for.
func (a *array) checkLayout(o Options, labels *npz.Array) error {
	if o.Layout != LayoutGuess || a.shape[0] == a.shape[1] {
		return nil
	}
	why := ""
	switch {
	case labels != nil && len(labels.Shape) > 0 && labels.Shape[0] == a.shape[1]:
		why = fmt.Sprintf("there are %d labels", a.shape[1])
	case labels != nil && len(labels.Shape) > 0 && labels.Shape[0] == a.shape[0]:
		return nil
	case a.shape[1] == 1:
		why = "its samples would have a single tick"
	case o.Ticks > 0 && o.Ticks == a.shape[0]:
		why = fmt.Sprintf("%d ticks are asked for", o.Ticks)
	default:
		return nil
	}
	return fmt.Errorf("%s: %s of shape %v looks like [ticks, samples, ...], since %s: say with "+
		"--spike-layout tb that it is, or with bt that it is [samples, ticks, ...]",
		a.path, a.name, a.shape, why)
}
