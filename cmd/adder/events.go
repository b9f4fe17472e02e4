package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"adder/sample"
	"adder/spike"
)

// eventsEnding is that of files which list spikes: package spike has the form.
const eventsEnding = ".csv"

// isEvents goes by the ending.
func isEvents(path string) bool { return strings.EqualFold(filepath.Ext(path), eventsEnding) }

// eventExtent reads a file to its end for the numbers of samples and ticks that hold
// all of its spikes.
func eventExtent(path string) (samples, ticks int, err error) {
	err = withEvents(path, func(r *spike.EventReader) error {
		last, ends, err := r.Extent()
		if err != nil {
			return err
		}
		if last >= math.MaxInt32 || ends >= math.MaxInt32 {
			return fmt.Errorf("%s: sample %d, tick %d: both are below %d", path, last, ends, math.MaxInt32)
		}
		samples, ticks = int(last)+1, int(ends)+1
		return nil
	})
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s: it lists no spikes: there is nothing to run", path)
	}
	return samples, ticks, err
}

// withEvents opens an event file.
func withEvents(path string, read func(*spike.EventReader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r, err := spike.NewEventReader(file, path)
	if err != nil {
		return err
	}
	return read(r)
}

// readEvents is readSamples for an event file. Its samples are numbered from 0; one
// that it does not list is silent.
func readEvents(path string, shape []int32, limit, ticks int) (*sample.Trains, error) {
	samples, ends, err := eventExtent(path)
	if err != nil {
		return nil, err
	}
	if limit > 0 {
		samples = min(samples, limit)
	}
	if ticks == 0 {
		ticks = ends
	}
	size := inputSize(shape)
	if err := checkTrainMemory(path, samples, max(ticks, ends), size); err != nil {
		return nil, err
	}
	out := &sample.Trains{Title: path}
	for range samples {
		out.Trains = append(out.Trains, spike.NewTrain(size, ticks))
	}
	err = withEvents(path, func(r *spike.EventReader) error {
		for {
			train := spike.NewTrain(size, ends)
			sample, err := r.Next(train)
			if errors.Is(err, io.EOF) || err == nil && sample >= uint64(samples) {
				return nil
			}
			if err != nil {
				return err
			}
			out.Trains[sample] = ofTicks(train, ticks)
		}
	})
	return out, err
}
