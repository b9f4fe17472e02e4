package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"adder/bench"
	"adder/chip"
	"adder/internal/npz"
	"adder/layout"
	"adder/spike/encode"
)

// record is a file that a run fills.
type record interface {
	// close writes the file if the run went well, else it returns what failed.
	close(failed error) error
	// kept is the part for a checkpoint, empty where nothing is recorded.
	kept() []bench.Kept
}

// recorder writes outputs and probes of a run to an npz file: "out"
// [N, T, n], "spikes.LAYER" and "v.LAYER", latency-compensated. Arrays are
// kept in memory until the end, since a zip holds one after the other.
type recorder struct {
	path    string
	samples int
	ticks   int
	chip    *chip.Chip
	out     int // population that is read
	spikes  []int
	v       []int
	// coded is set where a code has its output read once, at its end: sums are that.
	coded bool
	sums  []float32
	bytes map[int][]uint8
	reals map[int][]float32
}

// newRecorder adds the probes of the flags to a run.
func newRecorder(c *chip.Chip, f *runFlags, ticks int, r *bench.Run) (record, error) {
	if f.out == "" {
		return &recorder{}, nil
	}
	if isEvents(f.out) {
		return newEventRecorder(c, f, r)
	}
	rec := &recorder{path: f.out, ticks: ticks, chip: c, bytes: map[int][]uint8{},
		reals: map[int][]float32{}, out: int(c.Image().Readout.Population)}
	var err error
	if rec.spikes, err = populations(c, f.probe); err != nil {
		return nil, err
	}
	if rec.v, err = populations(c, f.probeV); err != nil {
		return nil, err
	}
	r.Options.Spikes, r.Options.Potentials = append([]int(nil), rec.spikes...), append([]int(nil),
		rec.v...)
	switch {
	case encode.IsCode(c.Image().Encoder.Kind):
		rec.coded = true // what is read is the sum at its end
	case c.Image().Populations[rec.out].Spikes:
		r.Options.Spikes = append(r.Options.Spikes, rec.out)
	default:
		r.Options.Potentials = append(r.Options.Potentials, rec.out)
	}
	asked := r.Options
	r.Each = func(_ int, o *chip.Outcome) error { rec.samples++; rec.add(o, &asked); return nil }
	return rec, nil
}

func populations(c *chip.Chip, names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		p, err := c.Population(name)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (r *recorder) add(o *chip.Outcome, opts *chip.Options) {
	if r.coded {
		r.sums = appendModel(r.sums, &r.chip.Image().Populations[r.out], o.Output, len(o.Output))
	}
	seen := map[int]bool{}
	for k, p := range opts.Spikes {
		if !seen[p] {
			r.bytes[p] = o.Spikes[k].AppendBytes(r.bytes[p])
		}
		seen[p] = true
	}
	seen = map[int]bool{}
	for k, p := range opts.Potentials {
		if !seen[p] {
			r.reals[p] = appendModel(r.reals[p], &r.chip.Image().Populations[p], o.Potentials[k],
				r.chip.Size(p))
		}
		seen[p] = true
	}
}

func appendModel(dst []float32, pop *layout.Population, v []int32, size int) []float32 {
	for i, x := range v {
		dst = append(dst, float32(chip.ModelUnits(pop, i%size, x)))
	}
	return dst
}

// close implements record.
func (r *recorder) close(failed error) error {
	if failed != nil || r.path == "" {
		return failed
	}
	return writeArrays(r.path, r.write)
}

// writeArrays writes an npz file, whole or not at all.
func writeArrays(path string, write func(*npz.Writer) error) error {
	w, err := npz.Create(path)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := write(w); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return w.Close()
}

// savedRecord is a recorder's state after the samples so far. Numbers of 4 bytes are little-endian.
type savedRecord struct {
	Samples int
	Sums    []byte
	Bytes   map[int][]byte
	Reals   map[int][]byte
}

func (r *recorder) kept() []bench.Kept {
	if r.path == "" {
		return nil
	}
	return []bench.Kept{r}
}

// SaveState implements bench.Kept.
func (r *recorder) SaveState() ([]byte, error) {
	s := savedRecord{Samples: r.samples, Sums: packed(r.sums), Bytes: r.bytes,
		Reals: map[int][]byte{}}
	for p, x := range r.reals {
		s.Reals[p] = packed(x)
	}
	return json.Marshal(s)
}

// RestoreState implements bench.Kept.
func (r *recorder) RestoreState(state []byte) error {
	var s savedRecord
	if err := json.Unmarshal(state, &s); err != nil {
		return err
	}
	r.samples, r.sums = s.Samples, unpacked[float32](s.Sums)
	for p, x := range s.Bytes {
		r.bytes[p] = x
	}
	for p, x := range s.Reals {
		r.reals[p] = unpacked[float32](x)
	}
	return nil
}

// packed are numbers as bytes.
func packed[T float32 | float64](x []T) []byte {
	out, err := binary.Append(nil, binary.LittleEndian, x)
	must(err) // numbers of a fixed size
	return out
}

// unpacked are bytes as numbers; what is left of a number at their end is dropped.
func unpacked[T float32 | float64](data []byte) []T {
	var zero T
	out := make([]T, len(data)/binary.Size(zero))
	_, err := binary.Decode(data, binary.LittleEndian, out)
	must(err)
	return out
}

// span is the number of ticks that are recorded of a population: with a code, those of its
// window.
func (r *recorder) span(p int) int {
	if values := max(len(r.bytes[p]), len(r.reals[p])); r.coded && r.samples > 0 {
		return values / (r.samples * r.chip.Size(p))
	}
	return r.ticks
}

func (r *recorder) write(w *npz.Writer) error {
	shape := func(p int) []int { return []int{r.samples, r.span(p), r.chip.Size(p)} }
	pops := r.chip.Image().Populations
	if r.coded {
		if err := npz.Write(w, "out", []int{r.samples, 1, r.chip.Size(r.out)}, r.sums); err != nil {
			return err
		}
	} else if pops[r.out].Spikes {
		if err := npz.Write(w, "out", shape(r.out), r.bytes[r.out]); err != nil {
			return err
		}
	} else if err := npz.Write(w, "out", shape(r.out), r.reals[r.out]); err != nil {
		return err
	}
	for _, p := range r.spikes {
		if err := npz.Write(w, "spikes."+pops[p].Name, shape(p), r.bytes[p]); err != nil {
			return err
		}
	}
	for _, p := range r.v {
		if err := npz.Write(w, "v."+pops[p].Name, shape(p), r.reals[p]); err != nil {
			return err
		}
	}
	return nil
}
