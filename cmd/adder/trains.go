package main

import (
	"fmt"
	"slices"

	"adder/bench"
	"adder/internal/npz"
	"adder/spike"
)

// The arrays of an npz file of samples, [samples, ticks, ...input shape].
const (
	trainArray  = "spikes" // uint8 or bool
	gradedArray = "input"  // real numbers
)

// readTrains reads spike trains, zero or not, and "label" [N] of integers
// where it is there. Graded samples that are 0 and 1 throughout are spikes
// too.
func readTrains(path string, shape []int32, limit int) (*bench.Trains, error) {
	file, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	array, err := sampleArray(path, file)
	if err != nil {
		return nil, err
	}
	size, err := sampleSize(path, array, shape)
	if err != nil {
		return nil, err
	}
	bytes, err := spikeBytes(path, array)
	if err != nil {
		return nil, err
	}
	samples, ticks := samplesOf(array, limit), array.Shape[1]
	out := &bench.Trains{Title: path}
	for i := range samples {
		train := spike.NewTrain(size, ticks)
		for k, b := range bytes[i*ticks*size : (i+1)*ticks*size] {
			if b != 0 {
				train.Set(k/size, k%size)
			}
		}
		out.Trains = append(out.Trains, train)
	}
	out.Labels, err = readLabels(file, samples)
	return out, err
}

// readSamples reads spike trains or graded samples.
func readSamples(path string, shape []int32, limit int) (bench.Source, error) {
	file, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	array, err := sampleArray(path, file)
	if err != nil {
		return nil, err
	}
	if array.Name == trainArray {
		return readTrains(path, shape, limit)
	}
	size, err := sampleSize(path, array, shape)
	if err != nil {
		return nil, err
	}
	values, err := array.Float64s()
	if err != nil {
		return nil, err
	}
	out := &bench.Graded{Title: path}
	for range samplesOf(array, limit) {
		signal := make([][]float64, array.Shape[1])
		for t := range signal {
			signal[t], values = values[:size], values[size:]
		}
		out.Signals = append(out.Signals, signal)
	}
	out.Labels, err = readLabels(file, len(out.Signals))
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

// spikeBytes gives an array as zeros and other values.
func spikeBytes(path string, array *npz.Array) ([]uint8, error) {
	if array.Name == trainArray {
		return array.Uint8s()
	}
	values, err := array.Float64s()
	if err != nil {
		return nil, err
	}
	out := make([]uint8, len(values))
	for i, v := range values {
		if v != 0 && v != 1 {
			return nil, fmt.Errorf("%s: element %d of %q is %g, and a chip takes spikes, 0 or 1: the reference engine takes graded input (--engine reference)", path, i, array.Name, v)
		}
		out[i] = uint8(v)
	}
	return out, nil
}

// samplesOf is the number of samples up to a limit, 0 for none.
func samplesOf(array *npz.Array, limit int) int {
	if limit > 0 {
		return min(limit, array.Shape[0])
	}
	return array.Shape[0]
}

// trainTicks is the number of ticks of the samples in a file.
func trainTicks(path string) (int, error) {
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
		if err == nil && len(shape) < 2 {
			err = fmt.Errorf("%s: %s has shape %v; want [samples, ticks, ...input shape]", path, name, shape)
		}
		if err != nil {
			return 0, err
		}
		return shape[1], nil
	}
	return 0, nil // readTrains says what is wrong
}

// sampleSize checks [N, T, ...] against the input's shape; a flat last axis
// of the same size will do.
func sampleSize(path string, array *npz.Array, shape []int32) (int, error) {
	size, got := 1, array.Shape
	want := make([]int, len(shape))
	for i, d := range shape {
		want[i] = int(d)
		size *= int(d)
	}
	if len(got) < 2 || !slices.Equal(got[2:], want) && !slices.Equal(got[2:], []int{size}) {
		return 0, fmt.Errorf("%s: %s has shape %v; the model takes [samples, ticks, %v]", path, array.Name, got, want)
	}
	return size, nil
}

func readLabels(file *npz.File, samples int) ([]int, error) {
	if !file.Has("label") {
		return nil, nil
	}
	array, err := file.Array("label")
	if err != nil {
		return nil, err
	}
	values, err := array.Int64s()
	if err != nil {
		return nil, err
	}
	if len(values) < samples {
		return nil, fmt.Errorf("%d labels for %d samples", len(values), samples)
	}
	out := make([]int, samples)
	for i := range out {
		out[i] = int(values[i])
	}
	return out, nil
}
