package recorded

import (
	"fmt"

	"adder/chip"
	"adder/internal/npz"
	"adder/sample"
	"adder/spike"
	"adder/spike/encode"
)

// base is the common part of the samples of an array.
type base struct {
	array *array
	form  []int
}

// Name implements sample.Samples.
func (b *base) Name() string { return b.array.path }

// Len implements sample.Samples.
func (b *base) Len() int { return b.array.samples }

// Shape implements sample.Samples.
func (b *base) Shape() []int { return b.form }

// Classes implements sample.Samples.
func (b *base) Classes() int {
	classes := 0
	for _, label := range b.array.labels {
		classes = max(classes, label+1)
	}
	return classes
}

// Label implements sample.Samples.
func (b *base) Label(i int) int {
	if b.array.labels == nil {
		return -1
	}
	return b.array.labels[i]
}

// Ticks implements sample.Source.
func (b *base) Ticks() int { return b.array.ticks }

// Size implements sample.Source.
func (b *base) Size() int { return b.array.size }

// Notes implements Noted.
func (b *base) Notes() []string { return b.array.notes }

// streamedTrains are spikes that are read from a file when they are asked for.
type streamedTrains struct {
	base
	stream *stream[*spike.Train]
}

func (a *array) streamedTrains(form []int) *streamedTrains {
	return &streamedTrains{base{a, form}, newStream(a, trainBytes(1, a.ticks, a.size), readTrain)}
}

// readTrain reads the next sample as spikes: any nonzero value is one.
func readTrain(a *array, r *npz.Reader) (*spike.Train, error) {
	train := spike.NewTrain(a.size, a.ticks)
	err := a.readSample(r, func(element int, _ float64) {
		if tick := element / a.size; tick < a.ticks {
			train.Set(tick, element%a.size)
		}
	})
	return train, err
}

// readSample calls visit with each element of the next sample that is not 0.
func (a *array) readSample(r *npz.Reader, visit func(element int, v float64)) error {
	total := a.fileTicks * a.size
	block := make([]float64, min(1<<13, total))
	for element := 0; element < total; {
		n, err := r.Float64s(block[:min(len(block), total-element)])
		if err != nil {
			return fmt.Errorf("%s changed while it was read: %w", a.path, err)
		}
		for k, v := range block[:n] {
			if v != 0 {
				visit(element+k, v)
			}
		}
		element += n
	}
	return nil
}

// Analog implements sample.Samples.
func (t *streamedTrains) Analog(i int, x []float64) ([]float64, error) {
	train, err := t.stream.get(i)
	if err != nil {
		return nil, err
	}
	return sample.Rates(train, x), nil
}

// Feed implements sample.Source.
func (t *streamedTrains) Feed(i int, s *chip.Sample) (encode.Work, error) {
	train, err := t.stream.get(i)
	s.Number, s.Spikes = uint64(i), train
	return encode.Work{}, err
}

// streamedSignals are real numbers that are read from a file when they are asked for.
type streamedSignals struct {
	base
	stream *stream[[][]float64]
}

func (a *array) streamedSignals(form []int) (*streamedSignals, error) {
	const number, row = 8, 24
	bytes := float64(a.fileTicks)*float64(a.size)*number + float64(a.ticks)*row
	if err := checkMemory(a.path, 1, a.ticks, a.size, bytes); err != nil {
		return nil, err
	}
	return &streamedSignals{base{a, form}, newStream(a, bytes, readSignal)}, nil
}

// readSignal reads the next sample as real numbers; ticks beyond the file's are 0.
func readSignal(a *array, r *npz.Reader) ([][]float64, error) {
	values := make([]float64, a.fileTicks*a.size)
	if err := a.readSample(r, func(element int, v float64) { values[element] = v }); err != nil {
		return nil, err
	}
	return a.signal(values), nil
}

// signal cuts the elements of a sample into ticks.
func (a *array) signal(values []float64) [][]float64 {
	out, silence := make([][]float64, a.ticks), make([]float64, a.size)
	for t := range out {
		out[t] = silence
		if t < a.fileTicks {
			out[t] = values[t*a.size:][:a.size]
		}
	}
	return out
}

// keepSignals reads real numbers into memory, from a file that does not have one sample after the
// other.
func (a *array) keepSignals(form []int) (sample.Source, error) {
	const number, row = 8, 24
	bytes := float64(a.samples) * (float64(a.fileTicks)*float64(a.size)*number +
		float64(a.ticks)*row)
	if err := checkMemory(a.path, a.samples, a.ticks, a.size, bytes); err != nil {
		return nil, err
	}
	values := make([][]float64, a.samples)
	for i := range values {
		values[i] = make([]float64, a.fileTicks*a.size)
	}
	if _, err := a.scan(func(at place, v float64) {
		values[at.sample][at.tick*a.size+at.source] = v
	}); err != nil {
		return nil, err
	}
	out := &keptSignals{sample.Graded{Title: a.path, Labels: a.labels}, form, a.notes}
	for _, v := range values {
		out.Signals = append(out.Signals, a.signal(v))
	}
	return out, nil
}

// keptSignals are real numbers in memory.
type keptSignals struct {
	sample.Graded
	form  []int
	notes []string
}

// Shape implements sample.Samples.
func (s *keptSignals) Shape() []int { return s.form }

// Notes implements Noted.
func (s *keptSignals) Notes() []string { return s.notes }

// Analog implements sample.Samples: the means over the ticks.
func (s *streamedSignals) Analog(i int, x []float64) ([]float64, error) {
	signal, err := s.stream.get(i)
	if err != nil {
		return nil, err
	}
	one := sample.Graded{Signals: [][][]float64{signal}}
	return one.Analog(0, x)
}

// Signal implements sample.Signals.
func (s *streamedSignals) Signal(i int) ([][]float64, error) { return s.stream.get(i) }

// Feed implements sample.Source: no chip takes such a sample.
func (s *streamedSignals) Feed(i int, _ *chip.Sample) (encode.Work, error) {
	return encode.Work{}, fmt.Errorf("sample %d of %s has real numbers, and what travels on a "+
		"chip are spikes: use the engine reference", i, s.array.path)
}
