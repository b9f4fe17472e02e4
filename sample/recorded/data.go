package recorded

import (
	"fmt"

	"adder/sample"
	"adder/spike"
	"adder/spike/event"
)

// defaultDT is the tick of lists of times where the network does not say: that of NIR's
// tools.
const defaultDT = 1e-4

// dataDT is the tick that a file is read with.
func dataDT(o Options) float64 {
	if o.DT > 0 {
		return o.DT
	}
	return defaultDT
}

func dataTicks(path string, o Options) (int, error) {
	d, err := event.OpenData(path, "")
	if err != nil {
		return 0, err
	}
	ticks, err := d.Ticks(dataDT(o))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return ticks, nil
}

// openData reads a file of NIR's data: spikes, or counts and real numbers of a grid, by
// the same rules as arrays.
func openData(path string, o Options) (sample.Source, error) {
	d, err := event.OpenData(path, "")
	if err != nil {
		return nil, err
	}
	ticks, err := d.Ticks(dataDT(o))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	a := &array{path: path, name: d.Node + "." + d.Observable, all: d.Samples, samples: d.Samples,
		fileTicks: ticks, ticks: ticks, size: sample.Size(o.Shape)}
	switch {
	case d.Neurons != a.size:
		return nil, fmt.Errorf("%s: node %s has %d neurons; the model takes %d, of shape %v", path,
			d.Node, d.Neurons, a.size, o.Shape)
	case d.Samples == 0 || ticks == 0:
		return nil, fmt.Errorf("%s: %d samples of %d ticks: there is nothing to run", path,
			d.Samples, ticks)
	}
	if o.Limit > 0 {
		a.samples = min(a.samples, o.Limit)
	}
	if o.Ticks > 0 {
		a.ticks = o.Ticks
	}
	return a.fromData(d, o)
}

// fromData takes the elements into memory, where the file's are too.
func (a *array) fromData(d *event.Data, o Options) (sample.Source, error) {
	if err := checkMemory(a.path, a.samples, a.ticks, a.size, a.dataBytes(o)); err != nil {
		return nil, err
	}
	if d.DT > 0 && o.DT > 0 && (d.DT < o.DT*0.999 || d.DT > o.DT*1.001) {
		a.notes = append(a.notes,
			fmt.Sprintf("%s: a tick of the file is %g s, and one of the model %g s: ticks are "+
				"taken as they are", a.path, d.DT, o.DT))
	}
	found, late := &elements{}, int64(0)
	var trains []*spike.Train
	signals := &keptSignals{form: o.Shape}
	for i := range a.samples {
		values := make([]float64, a.fileTicks*a.size)
		n, err := d.Fill(i, dataDT(o), func(tick, neuron int, v float64) {
			values[tick*a.size+neuron] += v
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.path, err)
		}
		late += n
		train := spike.NewTrain(a.size, a.ticks)
		for element, v := range values {
			if v == 0 {
				continue
			}
			at := place{i, element / a.size, element % a.size}
			found.add(at, v)
			if at.tick < a.ticks {
				train.Set(at.tick, at.source)
			}
		}
		trains = append(trains, train)
		if o.Graded {
			signals.Signals = append(signals.Signals, a.signal(values))
		}
	}
	if late > 0 {
		a.notes = append(a.notes,
			fmt.Sprintf("%s: events later than the end that the file declares: %d, left out",
				a.path, late))
	}
	graded, err := a.classify(found, o)
	if err != nil {
		return nil, err
	}
	if signals.notes, signals.Title = a.notes, a.path; graded {
		return signals, nil
	}
	return &keptTrains{sample.Trains{Title: a.path, Form: o.Shape, Trains: trains}, a.notes}, nil
}

// dataBytes is the memory of all samples, with their real numbers where the engine may
// take those.
func (a *array) dataBytes(o Options) float64 {
	const number, row = 8, 24
	bytes := trainBytes(a.samples, a.ticks, a.size)
	if o.Graded {
		bytes += float64(a.samples) * (float64(a.fileTicks)*float64(a.size)*number +
			float64(a.ticks)*row)
	}
	return bytes
}
