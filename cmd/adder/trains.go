package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"adder/internal/npz"
	"adder/sample"
	"adder/spike"
)

// The arrays of an npz file of samples, [samples, ticks, ...input shape].
const (
	trainArray  = "spikes" // uint8 or bool
	gradedArray = "input"  // real numbers
)

// sampleFile is an npz file of samples that a network takes.
type sampleFile struct {
	path  string
	file  *npz.File
	array *npz.Array
	// samples of the file that are asked for, the ticks and the sources of each.
	samples, ticks, size int
}

// openSamples finds the samples in a file and checks them against the input's shape.
func openSamples(path string, shape []int32, limit int) (*sampleFile, error) {
	file, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	s := &sampleFile{path: path, file: file}
	if s.array, err = sampleArray(path, file); err == nil {
		s.size, err = sampleSize(path, s.array.Name, s.array.Shape, shape)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	s.samples, s.ticks = s.array.Shape[0], s.array.Shape[1]
	if limit > 0 {
		s.samples = min(s.samples, limit)
	}
	return s, nil
}

// readSamples reads the samples of a file, of ticks ticks, 0 for the file's own: what is
// beyond is left out, and what is missing is silent. They are spike trains, or real
// numbers where the engine takes graded ones and the file has them. An npz file has
// labels, "label" [N] of integers, or none.
func readSamples(path string, shape []int32, limit, ticks int, graded bool) (sample.Source, error) {
	if isEvents(path) {
		return readEvents(path, shape, limit, ticks)
	}
	s, err := openSamples(path, shape, limit)
	if err != nil {
		return nil, err
	}
	defer s.file.Close()
	if graded && s.array.Name == gradedArray {
		return s.graded(ticks)
	}
	return s.trains(ticks)
}

// trains reads spikes. Real numbers that are 0 and 1 throughout are spikes too.
func (s *sampleFile) trains(ticks int) (*sample.Trains, error) {
	if err := checkTrainMemory(s.path, s.samples, max(ticks, s.ticks), s.size); err != nil {
		return nil, err
	}
	bytes, err := s.bytes()
	if err != nil {
		return nil, err
	}
	out, length := &sample.Trains{Title: s.path}, s.ticks*s.size
	for i := range s.samples {
		train := spike.NewTrain(s.size, s.ticks)
		if err := train.SetBytes(bytes[i*length : (i+1)*length]); err != nil {
			return nil, fmt.Errorf("%s: sample %d of %q: %w", s.path, i, s.array.Name, err)
		}
		out.Trains = append(out.Trains, ofTicks(train, ticks))
	}
	out.Labels, err = s.labels()
	return out, err
}

// maxTrainBytes bounds what a file of a few bytes, or a slip in --ticks, may ask for.
const maxTrainBytes = 2e9

// checkTrainMemory refuses spike trains that no memory should be taken for.
func checkTrainMemory(path string, samples, ticks, size int) error {
	const train = 128 // a spike.Train without its bits, and how it is listed
	row := float64((size + 63) / 64 * 8)
	return checkMemory(path, samples, ticks, size, float64(samples)*(train+float64(ticks)*row))
}

// checkMemory refuses samples that take more than maxTrainBytes.
func checkMemory(path string, samples, ticks, size int, bytes float64) error {
	if bytes > maxTrainBytes {
		return fmt.Errorf("%s: %d samples of %d ticks and %d sources take %.0f MB, more than %.0f: run fewer samples with --limit, and count samples and ticks from 0",
			path, samples, ticks, size, bytes/1e6, maxTrainBytes/1e6)
	}
	return nil
}

// ofTicks gives a train another length, 0 for its own.
func ofTicks(train *spike.Train, ticks int) *spike.Train {
	if ticks == 0 || ticks == train.Ticks() {
		return train
	}
	out := spike.NewTrain(train.Sources(), ticks)
	for t := range min(ticks, train.Ticks()) {
		copy(out.Row(t), train.Row(t))
	}
	return out
}

// graded reads real numbers; ticks beyond the file's are 0.
func (s *sampleFile) graded(ticks int) (*sample.Graded, error) {
	if ticks == 0 {
		ticks = s.ticks
	}
	const row, number = 24, 8 // a slice, and a number in it; rows beyond the file's are one
	bytes := float64(s.samples) * (float64(ticks)*row + float64(s.ticks)*float64(s.size)*number)
	if err := checkMemory(s.path, s.samples, ticks, s.size, bytes); err != nil {
		return nil, err
	}
	values, err := s.array.Float64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%s: element %d of %q is %g: write finite numbers", s.path, i, s.array.Name, v)
		}
	}
	out, silence := &sample.Graded{Title: s.path}, make([]float64, s.size)
	for i := range s.samples {
		signal := make([][]float64, ticks)
		for t := range signal {
			if t >= s.ticks {
				signal[t] = silence
				continue
			}
			first := (i*s.ticks + t) * s.size
			signal[t] = values[first : first+s.size]
		}
		out.Signals = append(out.Signals, signal)
	}
	out.Labels, err = s.labels()
	return out, err
}

// sampleArray finds the one array of samples that a file has.
func sampleArray(path string, file *npz.File) (*npz.Array, error) {
	for _, name := range []string{trainArray, gradedArray} {
		if file.Has(name) {
			return file.Array(name)
		}
	}
	return nil, fmt.Errorf("%s: no array %q of uint8 or bool, [samples, ticks, ...input shape], and no %q of float32; it has %v", path, trainArray, gradedArray, file.Names())
}

// bytes gives the array as zeros and ones, or other values that no train takes.
func (s *sampleFile) bytes() ([]uint8, error) {
	if s.array.Name == trainArray {
		bytes, err := s.array.Uint8s()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
		return bytes, nil
	}
	values, err := s.array.Float64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	out := make([]uint8, len(values))
	for i, v := range values {
		if v != 0 && v != 1 {
			return nil, fmt.Errorf("%s: element %d of %q is %g, and a chip takes spikes, 0 or 1: the reference engine takes graded input (--engine reference)", s.path, i, s.array.Name, v)
		}
		out[i] = uint8(v)
	}
	return out, nil
}

// trainTicks is the number of ticks of the samples in a file, 0 where it has none of
// the arrays.
func trainTicks(path string) (int, error) {
	if isEvents(path) {
		_, ticks, err := eventExtent(path)
		return ticks, err
	}
	file, err := npz.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for _, name := range []string{trainArray, gradedArray} {
		if !file.Has(name) {
			continue
		}
		_, shape, err := file.Info(name)
		if err == nil {
			err = checkSamples(path, name, shape)
		}
		if err != nil {
			return 0, err
		}
		return shape[1], nil
	}
	return 0, nil // readSamples says what is wrong
}

// checkSamples refuses an array without samples or ticks.
func checkSamples(path, name string, shape []int) error {
	if len(shape) < 2 {
		return fmt.Errorf("%s: %s has shape %v; want [samples, ticks, ...input shape]", path, name, shape)
	}
	if shape[0] == 0 || shape[1] == 0 {
		return fmt.Errorf("%s: %s has shape %v, %d samples of %d ticks: there is nothing to run", path, name, shape, shape[0], shape[1])
	}
	return nil
}

// sampleSize checks [N, T, ...] against the input's shape; a flat last axis
// of the same size will do.
func sampleSize(path, name string, got []int, shape []int32) (int, error) {
	if err := checkSamples(path, name, got); err != nil {
		return 0, err
	}
	want, size := make([]int, len(shape)), inputSize(shape)
	axes := []string{"samples", "ticks"}
	for i, d := range shape {
		want[i] = int(d)
		axes = append(axes, fmt.Sprint(d))
	}
	if !slices.Equal(got[2:], want) && !slices.Equal(got[2:], []int{size}) {
		return 0, fmt.Errorf("%s: %s has shape %v; the model takes [%s]", path, name, got, strings.Join(axes, " "))
	}
	return size, nil
}

// inputSize is the number of elements of a shape.
func inputSize(shape []int32) int {
	size := 1
	for _, d := range shape {
		size *= int(d)
	}
	return size
}

// labels reads the classes of the samples, nil where the file has none.
func (s *sampleFile) labels() ([]int, error) {
	const name = "label"
	if !s.file.Has(name) {
		return nil, nil
	}
	array, err := s.file.Array(name)
	if err != nil {
		return nil, err
	}
	values, err := array.Int64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	if len(values) < s.samples {
		return nil, fmt.Errorf("%s: %q has %d classes for %d samples: write one for each, or leave the array out", s.path, name, len(values), s.samples)
	}
	out := make([]int, s.samples)
	for i := range out {
		if values[i] < 0 || values[i] > math.MaxInt32 {
			return nil, fmt.Errorf("%s: element %d of %q is %d: a class is a number from 0", s.path, i, name, values[i])
		}
		out[i] = int(values[i])
	}
	return out, nil
}
