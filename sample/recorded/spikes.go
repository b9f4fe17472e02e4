package recorded

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"adder/sample"
	"adder/spike"
	"adder/spike/event"
)

// OpenSpikes reads the samples of a file, by its ending: .npz or .npy arrays, .csv lists
// of spikes, or NIR's data in .nir, .h5 or .hdf5.
func OpenSpikes(path string, o Options) (sample.Source, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return openList(path, o)
	case ".nir", ".h5", ".hdf5":
		return openData(path, o)
	case ".npz", ".npy":
		return openSpikeArray(path, o)
	}
	return nil, unknownEnding(path)
}

// unknownEnding says which files are read.
func unknownEnding(path string) error {
	if event.Known(path) {
		return fmt.Errorf("%s: this ends as recordings of event cameras do: give it with --events",
			path)
	}
	return fmt.Errorf("%s: the ending is not known: spikes end in .npz, .npy or .csv, NIR's data "+
		"in .nir, .h5 or .hdf5; recordings of event cameras are read with --events", path)
}

// Ticks is the number of ticks of the samples in a file, which does not depend on the network.
func Ticks(path string, o Options) (int, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		_, ticks, err := listExtent(path)
		return ticks, err
	case ".nir", ".h5", ".hdf5":
		return dataTicks(path, o)
	case ".npz", ".npy":
		return arrayTicks(path, o)
	}
	return 0, unknownEnding(path)
}

// arrayTicks reads the number of ticks from a shape.
func arrayTicks(path string, o Options) (int, error) {
	a := &array{path: path, name: filepath.Base(path)}
	shape := []int(nil)
	if isNPY(path) {
		r, err := a.open()
		if err != nil {
			return 0, err
		}
		defer r.Close()
		shape = r.Shape
	} else {
		var err error
		if a.name, shape, err = npzShape(path); err != nil {
			return 0, err
		}
	}
	if len(shape) < 2 {
		return 0, fmt.Errorf("%s: %s has shape %v; want [samples, ticks, ...input shape]", path,
			a.name, shape)
	}
	if shape[0] == 0 || shape[1] == 0 {
		return 0, a.empty(shape)
	}
	if o.Layout == LayoutTB {
		return shape[0], nil
	}
	return shape[1], nil
}

// openSpikeArray reads an array once for what its elements are, and keeps it if it is
// small.
func openSpikeArray(path string, o Options) (sample.Source, error) {
	a, err := openArray(path, o)
	if err != nil {
		return nil, err
	}
	if !a.inOrder() || trainBytes(a.samples, a.ticks, a.size) <= keepBytes {
		return a.keep(o)
	}
	if err := checkMemory(path, 1, a.ticks, a.size, trainBytes(1, a.ticks, a.size)); err != nil {
		return nil, err
	}
	found, err := a.scan(nil)
	if err != nil {
		return nil, err
	}
	if graded, err := a.classify(found, o); graded || err != nil {
		if err != nil {
			return nil, err
		}
		return a.streamedSignals(o.Shape)
	}
	return a.streamedTrains(o.Shape), nil
}

// keepBytes is the memory up to which spikes of a file are kept.
const keepBytes = 64 << 20

// keep reads an array into memory.
func (a *array) keep(o Options) (sample.Source, error) {
	if err := checkMemory(a.path, a.samples, a.ticks, a.size,
		trainBytes(a.samples, a.ticks, a.size)); err != nil {
		return nil, err
	}
	trains := make([]*spike.Train, a.samples)
	for i := range trains {
		trains[i] = spike.NewTrain(a.size, a.ticks)
	}
	found, err := a.scan(func(at place, v float64) {
		if v != 0 && at.tick < a.ticks {
			trains[at.sample].Set(at.tick, at.source)
		}
	})
	if err != nil {
		return nil, err
	}
	graded, err := a.classify(found, o)
	if err != nil {
		return nil, err
	}
	if graded && a.inOrder() {
		return a.streamedSignals(o.Shape)
	}
	if graded {
		return a.keepSignals(o.Shape)
	}
	return &keptTrains{sample.Trains{Title: a.path, Form: o.Shape, Trains: trains,
		Labels: a.labels}, a.notes}, nil
}

// keptTrains are spikes in memory.
type keptTrains struct {
	sample.Trains
	notes []string
}

// Notes implements Noted.
func (t *keptTrains) Notes() []string { return t.notes }

// place is the position of an element of an array.
type place struct{ sample, tick, source int }

// place finds an element by its number in the file's order.
func (a *array) place(element int) place {
	var first, second, source int
	if a.fortran {
		first, element = element%a.shape[0], element/a.shape[0]
		second, element = element%a.shape[1], element/a.shape[1]
		source = fortranSource(element, a.shape[2:])
	} else {
		first, second, source = element/a.size/a.shape[1], element/a.size%a.shape[1], element%a.size
	}
	if a.timeFirst {
		first, second = second, first
	}
	return place{first, second, source}
}

// fortranSource returns the index in C order of the element at an index in Fortran order.
func fortranSource(element int, shape []int) int {
	stride, out := 1, 0
	for _, d := range shape {
		stride *= d
	}
	for _, d := range shape {
		stride /= d
		out += element % d * stride
		element /= d
	}
	return out
}

// elements are the elements of the samples that are not spikes: their number by kind, and the first
// of each kind.
type elements struct {
	above, broken, wrong, infinite int // counts above 1, fractions, negative ones, no numbers
	firstAbove, firstBroken        place
	firstWrong, firstInfinite      place
	valueAbove, valueBroken        float64
	valueWrong, valueInfinite      float64
	greatest                       float64
}

// scan reads the array up to the last sample that is asked for, and calls visit with
// each of their elements that is not 0.
func (a *array) scan(visit func(at place, v float64)) (*elements, error) {
	r, err := a.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	found, block := &elements{}, make([]float64, 1<<13)
	for element := 0; ; {
		n, err := r.Float64s(block)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		for k, v := range block[:n] {
			if v == 0 {
				continue
			}
			at := a.place(element + k)
			if at.sample >= a.samples {
				continue
			}
			found.add(at, v)
			if visit != nil {
				visit(at, v)
			}
		}
		element += n
		if a.inOrder() && element >= a.samples*a.fileTicks*a.size {
			return found, nil
		}
	}
}

func (e *elements) add(at place, v float64) {
	note := func(n *int, first *place, value *float64) {
		if *n == 0 {
			*first, *value = at, v
		}
		*n++
	}
	switch {
	case v == 1:
	case math.IsNaN(v) || math.IsInf(v, 0):
		note(&e.infinite, &e.firstInfinite, &e.valueInfinite)
	case v < 0 && v == math.Trunc(v):
		note(&e.wrong, &e.firstWrong, &e.valueWrong)
	case v != math.Trunc(v):
		note(&e.broken, &e.firstBroken, &e.valueBroken)
	default:
		note(&e.above, &e.firstAbove, &e.valueAbove)
	}
	e.greatest = max(e.greatest, v)
}

// classify says whether the samples are real numbers, or refuses what they are.
func (a *array) classify(found *elements, o Options) (graded bool, err error) {
	// An unnamed array, in .npy or NIR's data, may be either.
	real := o.Graded && a.name != spikesArray
	if found.infinite > 0 {
		return false, a.refuse(found.firstInfinite, found.valueInfinite, "write finite numbers")
	}
	if found.wrong > 0 && !real {
		return false, a.refuse(found.firstWrong, found.valueWrong, "a spike is 1 and silence is 0")
	}
	if found.broken > 0 && !real {
		return false, a.refuse(found.firstBroken, found.valueBroken,
			"a chip takes spikes, 0 or 1: the reference engine takes real numbers (--engine "+
				"reference, the array named input)")
	}
	if real && (a.name == gradedArray || found.broken+found.wrong > 0) {
		return true, nil
	}
	if found.above == 0 {
		return false, nil
	}
	switch {
	case o.Counts == CountsClip:
		a.notes = append(a.notes,
			fmt.Sprintf("%s: elements above 1: %d, up to %g; each became one spike", a.path,
				found.above, found.greatest))
		return false, nil
	case o.Counts == CountsKeep && o.Graded:
		a.notes = append(a.notes, fmt.Sprintf("%s: elements above 1: %d, up to %g, kept as counts",
			a.path, found.above, found.greatest))
		return true, nil
	case o.Counts == CountsKeep:
		return false, a.refuse(found.firstAbove, found.valueAbove,
			"a chip takes one spike of a source in a tick: only the reference engine takes "+
				"counts (--engine reference), or clip them (--counts clip)")
	}
	return false, a.refuse(found.firstAbove, found.valueAbove,
		fmt.Sprintf("a spike is 1 and silence is 0, and elements above 1 are %d: --counts clip "+
			"makes each one spike, --counts keep leaves them to the reference engine", found.above))
}

// refuse names an element that is none.
func (a *array) refuse(at place, v float64, why string) error {
	return fmt.Errorf("%s: sample %d of %q has %g at tick %d, source %d: %s", a.path, at.sample,
		a.name, v, at.tick, at.source, why)
}
