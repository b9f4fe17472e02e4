package recorded

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"adder/sample"
	"adder/spike"
)

// openList reads a list of spikes, a .csv. Its samples are numbered from 0; one that it
// does not list is silent.
func openList(path string, o Options) (sample.Source, error) {
	samples, ends, err := listExtent(path)
	if err != nil {
		return nil, err
	}
	if o.Limit > 0 {
		samples = min(samples, o.Limit)
	}
	ticks := ends
	if o.Ticks > 0 {
		ticks = o.Ticks
	}
	size := sample.Size(o.Shape)
	if err := checkMemory(path, samples, max(ticks, ends), size,
		trainBytes(samples, max(ticks, ends), size)); err != nil {
		return nil, err
	}
	out := &sample.Trains{Title: path, Form: o.Shape}
	for range samples {
		out.Trains = append(out.Trains, spike.NewTrain(size, ticks))
	}
	return out, withList(path, func(r *spike.EventReader) error {
		for {
			train := spike.NewTrain(size, ends)
			i, err := r.Next(train)
			if errors.Is(err, io.EOF) || err == nil && i >= uint64(samples) {
				return nil
			}
			if err != nil {
				return err
			}
			out.Trains[i] = ofTicks(train, ticks)
		}
	})
}

// listExtent reads a list to its end for the numbers of samples and ticks that hold all
// of its spikes.
func listExtent(path string) (samples, ticks int, err error) {
	err = withList(path, func(r *spike.EventReader) error {
		last, ends, err := r.Extent()
		if err != nil {
			return err
		}
		if last >= math.MaxInt32 || ends >= math.MaxInt32 {
			return fmt.Errorf("%s: sample %d, tick %d: both are below %d", path, last, ends,
				math.MaxInt32)
		}
		samples, ticks = int(last)+1, int(ends)+1
		return nil
	})
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s: it lists no spikes: there is nothing to run", path)
	}
	return samples, ticks, err
}

// withList opens a list.
func withList(path string, read func(*spike.EventReader) error) error {
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

// ofTicks gives a train another length.
func ofTicks(train *spike.Train, ticks int) *spike.Train {
	if ticks == train.Ticks() {
		return train
	}
	out := spike.NewTrain(train.Sources(), ticks)
	for t := range min(ticks, train.Ticks()) {
		copy(out.Row(t), train.Row(t))
	}
	return out
}
