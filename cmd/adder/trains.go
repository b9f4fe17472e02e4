package main

import (
	"fmt"
	"slices"

	"adder/bench"
	"adder/internal/npz"
	"adder/spike"
)

// readTrains reads spike trains: "spikes" [N, T, ...shape] of uint8 or
// bool, zero or not, and "label" [N] of integers where it is there.
func readTrains(path string, shape []int32, limit int) (*bench.Trains, error) {
	file, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if !file.Has("spikes") {
		return nil, fmt.Errorf("%s: no array \"spikes\" of uint8 or bool, [samples, ticks, ...input shape]; it has %v", path, file.Names())
	}
	array, err := file.Array("spikes")
	if err != nil {
		return nil, err
	}
	bytes, err := array.Uint8s()
	if err != nil {
		return nil, err
	}
	size, err := sampleSize(path, array.Shape, shape)
	if err != nil {
		return nil, err
	}
	samples, ticks := array.Shape[0], array.Shape[1]
	out := &bench.Trains{Title: path}
	for i := range samples {
		if limit > 0 && i == limit {
			break
		}
		train := spike.NewTrain(size, ticks)
		for k, b := range bytes[i*ticks*size : (i+1)*ticks*size] {
			if b != 0 {
				train.Set(k/size, k%size)
			}
		}
		out.Trains = append(out.Trains, train)
	}
	out.Labels, err = readLabels(file, len(out.Trains))
	return out, err
}

// sampleSize checks [N, T, ...] against the input's shape; a flat last axis
// of the same size will do.
func sampleSize(path string, got []int, shape []int32) (int, error) {
	size := 1
	want := make([]int, len(shape))
	for i, d := range shape {
		want[i] = int(d)
		size *= int(d)
	}
	if len(got) < 2 || !slices.Equal(got[2:], want) && !slices.Equal(got[2:], []int{size}) {
		return 0, fmt.Errorf("%s: spikes have shape %v; the model takes [samples, ticks, %v]", path, got, want)
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
